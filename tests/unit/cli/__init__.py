"""The parts of the command that reach nothing."""
