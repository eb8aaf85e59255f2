"""The verbs of change. A case's state changes here and nowhere else."""
