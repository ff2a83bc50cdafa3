from typing import Any

from dify_plugin import ToolProvider


class Provider(ToolProvider):
    def _validate_credentials(self, credentials: dict[str, Any]) -> None:
        """There are none. With `credentials_for_provider` in the yaml, they are tried out here."""
