"""The law itself: pure rules and values, no input or output, no clock, no randomness."""
