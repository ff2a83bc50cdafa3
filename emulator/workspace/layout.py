"""Numbers that the state file's readers and its schema share."""

APPLICATION_ID = 0x44466D45  # "DFmE": says in the file's header that it is ours
SCHEMA_VERSION = 2

FOLDER = 0
"""The blob that stands for a folder. A key that is missing has no blob: null."""
