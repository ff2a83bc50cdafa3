"""``dev``: the command, what it shows, and the keys that it obeys."""
