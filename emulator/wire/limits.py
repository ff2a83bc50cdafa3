"""The limits of the daemon's line protocol."""

SCANNER_BUFFER = 5_242_880
"""Bytes. The daemon reads stdout with a bufio.Scanner of this buffer (PLUGIN_RUNTIME_MAX_BUFFER_SIZE,
internal/types/app/config.go); a line of this length or more, its newline not counted, fails with
``bufio.Scanner: token too long`` and the daemon kills the process (local_runtime/instance.go)."""

NOISE_QUOTED = 1024
"""Bytes of a line that is not JSON which the daemon quotes in its log (plugin_entities/event.go)."""

ERROR_ARGS = 10
"""Entries. An error with more ``args`` fails validation and is ignored (event.go, ErrorResponse)."""
