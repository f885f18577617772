"""Where jobs and runs are kept: SQLite, behind a contract of domain objects."""
