"""Measurements, side by side with other tools: ``python -m bench``."""
