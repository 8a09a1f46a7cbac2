"""The log: one Merkle tree over all records, in a folder of tiles with signed checkpoints."""
