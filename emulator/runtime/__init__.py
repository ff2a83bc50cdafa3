"""A running plugin: its process, and what can go wrong with one."""
