"""What holds for every trail, searched for counterexamples by Hypothesis."""
