from collections.abc import Mapping
from typing import Any

from dify_plugin.entities.trigger import Variables
from dify_plugin.errors.trigger import EventIgnoreError
from dify_plugin.interfaces.trigger import Event
from werkzeug import Request


class MessageReceived(Event):
    def _on_event(
        self, request: Request, parameters: Mapping[str, Any], payload: Mapping[str, Any]
    ) -> Variables:
        text = str(payload.get("text", ""))
        # Not an error: the workflow is just not started.
        if (wanted := parameters.get("contains")) and wanted not in text:
            raise EventIgnoreError
        return Variables(variables={"sender": str(payload.get("sender", "")), "text": text})
