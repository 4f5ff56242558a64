"""Pictures of the real app, taken by a script: `python -m screenshots`."""
