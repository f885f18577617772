"""Executes one run: its runner process, its steps, and who starts and stops runners."""
