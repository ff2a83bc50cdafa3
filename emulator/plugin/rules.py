"""Rules of the manifest that more than one reader of it needs (D plugin_declaration.go)."""

AUTHOR = r"^[a-z0-9_-]{1,64}$"
NAME = r"^[a-z0-9_-]{1,128}$"

STORAGE_SMALLEST, STORAGE_LARGEST = 1024, 1_073_741_824
"""Bytes that storage.size can be."""
