"""The HTTP contract, held against a running service."""
