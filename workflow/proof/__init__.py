"""What anybody can check with a public key alone: the log's tree, its notes, proofs and trails."""
