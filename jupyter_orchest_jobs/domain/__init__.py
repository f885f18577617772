"""What jobs, runs and pipelines are: models and pure functions; no I/O and no clock."""
