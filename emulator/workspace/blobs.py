"""Values, each kept under a number."""

import hashlib
import sqlite3

_SHARED_BYTES = 16 * 1024
"""Values from this size on are kept once, whoever stored them and how often."""


def keep_blob(db: sqlite3.Connection, value: bytes) -> int:
    """Keep a value, inside a transaction; gives its number."""
    digest = None
    if len(value) >= _SHARED_BYTES:
        digest = hashlib.blake2b(value, digest_size=16).digest()
        row = db.execute("SELECT id FROM blobs WHERE digest = ?", (digest,)).fetchone()
        if row:
            return int(row[0])
    number = db.execute(
        "INSERT INTO blobs (digest, size, data) VALUES (?, ?, ?)", (digest, len(value), value)
    ).lastrowid
    assert number is not None
    return number


def read_blob(db: sqlite3.Connection, number: int) -> bytes:
    """The value of a number."""
    row = db.execute("SELECT data FROM blobs WHERE id = ?", (number,)).fetchone()
    return bytes(row[0])
