"""The tables of the state file, and how older files become newer ones.

Nothing is overwritten in history: ``changes`` says for each operation what stood under a key before
and after it, as numbers of ``blobs``, which hold every value once. Winding back means reading
``changes`` from the end; nothing else has to be kept for it.

``sqlite-utils`` is imported here only, and this module only when a file is made or migrated: its
import takes longer than a whole storage command may.
"""

import sqlite3

from sqlite_utils import Database, Migrations

from emulator.workspace.layout import FOLDER, SCHEMA_VERSION

migrations = Migrations("dify-emulator")


@migrations()
def m001_values_history_rounds(db: Database) -> None:
    """Scopes, values, operations with their changes, and rounds."""
    # One workspace's storage of one plugin. `allocated` is Dify's own count (TenantStorage.size),
    # which is neither the sum of the sizes nor always positive; null until Dify makes the row.
    db.table("scopes").create(
        {"id": int, "workspace": str, "plugin": str, "allocated": int},
        pk="id",
        not_null={"workspace", "plugin"},
        strict=True,
    )
    db.table("scopes").create_index(["workspace", "plugin"], unique=True)

    db.table("blobs").create(
        {"id": int, "digest": bytes, "size": int, "data": bytes},
        pk="id",
        not_null={"digest", "size", "data"},
        strict=True,
    )
    db.table("blobs").create_index(["digest"], unique=True)
    db.table("blobs").insert({"id": FOLDER, "digest": b"folder", "size": 0, "data": b""})

    # What is there now. WITHOUT ROWID, so that a key is found in one tree instead of two.
    db.execute(
        """
        CREATE TABLE entries (
            scope INTEGER NOT NULL REFERENCES scopes(id),
            key TEXT NOT NULL,
            blob INTEGER NOT NULL REFERENCES blobs(id),
            operation INTEGER NOT NULL,
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID
        """
    )

    db.table("operations").create(
        {
            "id": int,
            "scope": int,
            "round": int,  # null: made from the command line
            "op": str,
            "key": str,
            "outcome": str,
            "message": str,
            "size_before": int,
            "size_after": int,
            "seen": int,  # the operation that had written what this one found
            "allocated": int,
            "at": int,  # microseconds since 1970, UTC
        },
        pk="id",
        not_null={"scope", "op", "key", "outcome", "at"},
        strict=True,
    )
    db.table("operations").create_index(["round"])

    db.table("changes").create(
        {"id": int, "operation": int, "scope": int, "key": str, "before": int, "after": int},
        pk="id",
        not_null={"operation", "scope", "key"},
        strict=True,
    )
    db.table("changes").create_index(["operation"])
    db.table("changes").create_index(["scope", "key"])

    db.table("rounds").create(
        {
            "id": int,
            "scope": int,
            "kind": str,
            "target": str,
            "user_id": str,
            "conversation_id": str,
            "inputs": str,
            "status": str,  # null while it runs
            "messages": str,
            "error": str,
            "notes": str,
            "logs": str,
            "started_at": int,
            "duration_us": int,
            "generation": int,
        },
        pk="id",
        not_null={"scope", "kind", "target", "inputs", "started_at", "generation"},
        strict=True,
    )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file, empty or older, to the present version, all in steps that can be repeated."""
    migrations.apply(Database(connection, execute_plugins=False))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
