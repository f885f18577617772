"""What users can do, and what the conductor does for them."""
