"""Tests against real servers, from single rules to killed processes."""
