"""``rounds``: looking at what was called, and calling it again."""
