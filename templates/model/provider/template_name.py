from typing import Any

from dify_plugin import ModelProvider
from dify_plugin.errors.model import CredentialsValidateFailedError

LONGEST_PREFIX = 100


class Provider(ModelProvider):
    def validate_provider_credentials(self, credentials: dict[str, Any]) -> None:
        """Called before they are saved; with an API key, this would make a cheap call."""
        if len(credentials.get("prefix") or "") > LONGEST_PREFIX:
            raise CredentialsValidateFailedError(
                f"The prefix has more than {LONGEST_PREFIX} characters."
            )
