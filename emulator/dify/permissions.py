"""What a plugin may ask of Dify."""

from emulator.plugin.grants import ENDPOINTS, NEEDS, Need
from emulator.plugin.manifest import Permission


def refusal(kind: str, permission: Permission) -> str | None:
    """Dify's words if the manifest does not allow this kind of invocation, else None."""
    if kind not in NEEDS:
        return f"unsupported invoke type: {kind}"
    return _refusal(NEEDS[kind], permission)


def endpoint_refusal(permission: Permission) -> str | None:
    """The same for setting up the plugin's endpoints."""
    return _refusal(ENDPOINTS, permission)


def _refusal(need: Need, permission: Permission) -> str | None:
    return None if all(map(permission.allows, need.fields)) else need.refusal
