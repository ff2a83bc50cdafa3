"""A stand-in for a plugin, without the SDK: it says what its script tells it to say.

Runs as ``main.py`` beside ``script.json``, a list of ``["say", base64]``, ``["hear", lines]`` and
``["exit"]``. The script begins when the first request has come; the session's id takes the place
of the one that stands in it, which is as long.
"""

import base64
import json
import sys
from pathlib import Path

SESSION = b"11111111-2222-4333-8444-555555555555"


def say(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def message(session: bytes, data: object) -> bytes:
    text = json.dumps({"event": "session", "session_id": session.decode(), "data": data})
    return text.encode() + b"\n\n"


def hear() -> bytes:
    line = sys.stdin.buffer.readline()
    if not line:
        sys.exit()
    return line


def main() -> None:
    script = json.loads(Path("script.json").read_text())
    say(b'{"event":"heartbeat","session_id":null,"data":{}}\n\n')
    session = str(json.loads(hear())["session_id"]).encode()
    for verb, *rest in script:
        if verb == "say":
            say(base64.b64decode(rest[0]).replace(SESSION, session))
        elif verb == "hear":
            for _ in range(rest[0]):
                text = {"text": hear().decode()}
                said = {"type": "stream", "data": {"type": "text", "message": text, "meta": {}}}
                say(message(session, said))
        else:
            sys.exit()
    while True:  # as the SDK does with what it does not know: nothing but an end
        other = json.loads(hear())
        if other["event"] == "request":
            say(message(other["session_id"].encode(), {"type": "end", "data": {}}))


if __name__ == "__main__":
    main()
