"""What the service costs, as ratios of two sides that are measured in turn in one run."""
