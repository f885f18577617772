"""From a project to an immutable snapshot."""
