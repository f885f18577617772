"""Hints for browsers over Jupyter's own event stream: something changed; REST says what."""
