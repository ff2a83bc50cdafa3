import json
from collections.abc import Generator
from hashlib import sha256
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage


class ProfileTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        user = sha256((self.runtime.user_id or "").encode()).hexdigest()
        key = f"profiles/{user}.json"
        data = self.session.storage.get(key)
        if data is None:
            data = b'{"display_name": "New user"}'
        profile = json.loads(data)
        if display_name := tool_parameters.get("display_name"):
            profile["display_name"] = display_name
            self.session.storage.set(key, json.dumps(profile).encode())
        yield self.create_text_message(f"Your display name is {profile['display_name']}.")
        yield self.create_json_message(profile)
