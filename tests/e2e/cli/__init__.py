"""The `clearance` command against a running service."""
