"""One module a resource: its routes and nothing else."""
