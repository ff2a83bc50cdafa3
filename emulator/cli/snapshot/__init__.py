"""``snapshot``: names for points of history."""
