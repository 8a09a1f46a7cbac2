"""Webhooks as they are sent and shown."""
