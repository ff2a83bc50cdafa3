"""A plugin on disk: its declarations, its configuration for us, and its Python environment."""
