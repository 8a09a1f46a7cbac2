"""Draws from pools, across subjects, on a real server."""
