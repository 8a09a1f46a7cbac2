"""Rules of one noun at a time, without a server."""
