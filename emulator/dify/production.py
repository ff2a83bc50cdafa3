"""Production's limits and words, in one place, so that fidelity can be read in one place.

D is github langgenius/dify-plugin-daemon, P github langgenius/dify (the platform's api).
"""

# -- rounds

ROUND_SECONDS = 600
"""PLUGIN_MAX_EXECUTION_TIMEOUT (D internal/types/app/default.go)."""

KILLED_BY_TIMEOUT = "killed by timeout"
HEARTBEAT_SECONDS = 120
"""How long a plugin may take to load (D local_runtime/subprocess.go)."""

# -- storage (D core/persistence/persistence.go, backwards_invocation/task.go)

STORAGE_MAXIMUM = 104_857_600
"""PERSISTENCE_STORAGE_MAX_SIZE: what the daemon grants at most, whatever the manifest asks for."""

PATH_BYTES = 4096
"""Linux's PATH_MAX, its closing NUL included."""

FOLDER_SIZE = 4096
"""What stat tells of a directory on ext4; deleting one gives this back to the quota."""

STORAGE_ROOT = "storage/persistence"
"""PLUGIN_STORAGE_LOCAL_ROOT/PERSISTENCE_STORAGE_PATH, as the daemon's own texts show it."""

LOAD_FAILED = "load data failed, please check if the key is correct or you have not set it"
OVER_QUOTA = "allocated size is greater than max storage size"
NO_SUCH_OBJECT = (
    "operation error S3: HeadObject, https response error StatusCode: 404, NotFound: Not Found"
)

# -- tool messages (P core/plugin/utils/chunk_merger.py, core/tools)

FILE_BYTES = 30 * 1024 * 1024
FILE_TOO_LARGE = "File is too large which reached the limit of 30.0MB"
CHUNK_BYTES = 8192
CHUNK_TOO_LARGE = "File chunk is too large which reached the limit of 8.0KB"
NOT_STREAMABLE = "When 'stream' is True, 'variable_value' must be a string."
RESERVED_VARIABLES = ("json", "text", "files")

# -- endpoints (D service/endpoint.go)

METHODS = ("HEAD", "POST", "GET", "PUT", "DELETE", "OPTIONS")
"""What Dify routes to endpoints (D internal/server/http_server.go:136-145): no PATCH."""

BODY_BYTES = 10 * 1024 * 1024
SETTINGS_FIELDS = 64
"""D plugin_entities/config.go."""
