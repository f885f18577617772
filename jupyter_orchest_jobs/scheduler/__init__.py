"""Waking the conductor when a firing is due. What a firing means is decided elsewhere."""
