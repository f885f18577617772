"""Holds what steps import as ``orchest``; it is copied from here, and never imported."""
