"""The typed client against a running service."""
