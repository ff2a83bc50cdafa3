from dify_plugin.interfaces.agent import AgentProvider


class Provider(AgentProvider):
    """Nothing to do: models and tools bring their own credentials."""
