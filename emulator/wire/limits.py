"""The limits of the daemon's line protocol."""

SCANNER_BUFFER = 5_242_880
"""Bytes. The daemon reads stdout with a bufio.Scanner of this buffer
(PLUGIN_RUNTIME_MAX_BUFFER_SIZE, D internal/types/app/config.go). A line of this length or more,
its newline not counted, fails with ``bufio.Scanner: token too long``, and the daemon kills the
process (D local_runtime/instance.go)."""

NEAR_LIMIT = 4 * 1024 * 1024
"""Bytes of a line that is on its way to the limit. Remote debugging has none (D codec.go)."""

STORABLE_BYTES = (SCANNER_BUFFER - 880) // 2
"""Of a value, about, for which the line that stores it stays below the limit: it is sent in hex,
and the rest of the line takes some 300 bytes and the key."""

ERROR_ARGS = 10
"""Entries. An error with more ``args`` fails validation and is ignored (D event.go)."""
