"""Dify's refusals, as they pass through this layer."""


class DifyError(Exception):
    """Dify refuses; the text is Dify's own. Who shows it decides what else to say."""

    @property
    def recorded(self) -> str:
        """As history has it, which may know more than Dify tells the plugin."""
        return str(self)
