from typing import Any

from dify_plugin import ToolProvider


class LeakyProvider(ToolProvider):
    def _validate_credentials(self, credentials: dict[str, Any]) -> None:
        """There are no credentials, so there is nothing that could be wrong with them."""
