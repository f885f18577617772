"""The HTTP face of the service: a route table, thin handlers, one place for errors."""
