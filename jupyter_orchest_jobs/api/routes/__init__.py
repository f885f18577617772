"""What can be asked, by subject; :mod:`..operations` puts the subjects together."""
