"""Dify's refusals, as they pass through this layer."""


class DifyError(Exception):
    """Dify refuses; the text is Dify's own. Who shows it decides what else to say."""
