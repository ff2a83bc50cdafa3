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
    _make_scopes(db)
    _make_values(db)
    _make_history(db)
    _make_rounds(db)


@migrations()
def m002_memory_explained(db: Database) -> None:
    """Snapshots, where calls stand in a plugin's code, what was ever read, the limit of history."""
    _make_snapshots(db)
    # Where in the plugin's code an operation was called; the same few places over and over.
    db.table("places").create({"id": int, "text": str}, pk="id", not_null={"text"}, strict=True)
    db.table("places").create_index(["text"], unique=True)
    db.table("operations").add_column("place", int)
    # A digest of the code that a round ran on: it stays the same where generations begin anew.
    db.table("rounds").add_column("code", str)
    db.execute(
        """
        CREATE TABLE reads (
            scope INTEGER NOT NULL REFERENCES scopes(id),
            key TEXT NOT NULL,
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID
        """
    )
    # The contents of files that were given to rounds.
    db.table("round_files").create(
        {"round": int, "blob": int}, pk=("round", "blob"), not_null={"round", "blob"}, strict=True
    )
    # One row: the last operation and the last round that the limit of history has dropped; how
    # often there was cause to clear away what that left behind, and how many of these times have
    # been seen to; and how many bytes of the file were not history when it was last weighed.
    numbers = dict.fromkeys(("operation", "round", "causes", "cleared", "needed"), 0)
    db.table("dropped").create(
        {"id": int, **dict.fromkeys(numbers, int)}, pk="id", not_null=set(numbers), strict=True
    )
    db.table("dropped").insert({"id": 1, **numbers})


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a file, empty or older, to the present version, all in steps that can be repeated."""
    migrations.apply(Database(connection, execute_plugins=False))
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _make_scopes(db: Database) -> None:
    # One workspace's storage of one plugin. `allocated` is Dify's own count (TenantStorage.size),
    # which is neither the sum of the sizes nor always positive; null until Dify makes the row.
    db.table("scopes").create(
        {"id": int, "workspace": str, "plugin": str, "allocated": int},
        pk="id",
        not_null={"workspace", "plugin"},
        strict=True,
    )
    db.table("scopes").create_index(["workspace", "plugin"], unique=True)


def _make_values(db: Database) -> None:
    db.table("blobs").create(
        {"id": int, "digest": bytes, "size": int, "data": bytes},
        pk="id",
        not_null={"size", "data"},
        strict=True,
    )
    # Only large values have a digest: an entry here costs as much as a small value does.
    db.execute("CREATE UNIQUE INDEX blobs_digest ON blobs (digest) WHERE digest IS NOT NULL")
    db.table("blobs").insert({"id": FOLDER, "size": 0, "data": b""})

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
    # The last operation on keys that are not there now.
    db.execute(
        """
        CREATE TABLE removed (
            scope INTEGER NOT NULL REFERENCES scopes(id),
            key TEXT NOT NULL,
            operation INTEGER NOT NULL,
            PRIMARY KEY (scope, key)
        ) STRICT, WITHOUT ROWID
        """
    )


def _make_history(db: Database) -> None:
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

    # What each operation changed: blobs, null where there was or is nothing under the key.
    # `previous` is the change before this one of the same key: the history of a key is a chain
    # that begins in entries or removed. An index on keys would cost every operation a page.
    db.execute(
        """
        CREATE TABLE changes (
            operation INTEGER NOT NULL REFERENCES operations(id),
            key TEXT NOT NULL,
            before INTEGER REFERENCES blobs(id),
            after INTEGER REFERENCES blobs(id),
            previous INTEGER,
            PRIMARY KEY (operation, key)
        ) STRICT, WITHOUT ROWID
        """
    )


def _make_snapshots(db: Database) -> None:
    db.table("snapshots").create(
        {
            "id": int,
            "scope": int,
            "name": str,
            "point": int,
            "round": int,  # the last that had begun
            "allocated": int,
            "at": int,
        },
        pk="id",
        not_null={"scope", "name", "point", "at"},
        strict=True,
    )
    db.table("snapshots").create_index(["scope", "name"], unique=True)
    db.table("snapshots").create_index(["scope", "point"])


def _make_rounds(db: Database) -> None:
    db.table("rounds").create(
        {
            "id": int,
            "scope": int,
            "first_operation": int,
            "last_operation": int,
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
        # An index on operations.round would cost every operation a page; the range is as good.
        not_null={
            "scope",
            "first_operation",
            "kind",
            "target",
            "inputs",
            "started_at",
            "generation",
        },
        strict=True,
    )
