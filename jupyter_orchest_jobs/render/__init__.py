"""Notebooks as HTML pages, made in processes of their own."""
