"""What users of the API and of `--json` get: shapes, and how the service's results fill them."""
