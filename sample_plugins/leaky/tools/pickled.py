import pickle
from collections.abc import Generator
from hashlib import sha256
from typing import Any

from dify_plugin import Tool
from dify_plugin.entities.tool import ToolInvokeMessage
from visits import Visits


class PickledTool(Tool):
    def _invoke(self, tool_parameters: dict[str, Any]) -> Generator[ToolInvokeMessage]:
        storage = self.session.storage
        user = sha256((self.runtime.user_id or "").encode()).hexdigest()
        key = f"visits/{user}.pickle"
        visits = pickle.loads(storage.get(key)) if storage.exist(key) else Visits()
        visits.record()
        storage.set(key, pickle.dumps(visits))
        yield self.create_text_message(f"This is visit {visits.count}.")
        yield self.create_json_message({"count": visits.count, "last": visits.last})
