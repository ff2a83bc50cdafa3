"""A plugin's storage request as it comes over the wire: decoded, performed, answered.

Texts of D pkg/utils/parser (mapstructure and its validator).
"""

from typing import Any

from emulator.dify.dify_error import DifyError
from emulator.dify.go_text import as_v, go_type, unhex
from emulator.dify.storage import Outcome, Storage

_UNREADABLE = "unmarshal backwards invoke request failed: "
_OPS = ("get", "set", "del", "exist")
# In the order in which mapstructure tells of them.
_FIELDS = {"key": "string", "opt": "dify_invocation.StorageOpt", "value": "string"}


def answer(
    storage: Storage,
    request: dict[str, Any],
    round: int | None,
    place: str | None = None,
) -> tuple[dict[str, Any], Outcome]:
    """Perform a request; gives the answer's data and what became of the operation.

    Raises DifyError if the request is not even an operation; a refused operation is an outcome
    with an error.
    """
    op, key, value = _decode(request)
    if op == "get":
        outcome = storage.get(key, round, place)
        return {"data": outcome.value.hex()}, outcome
    if op == "exist":
        outcome = storage.exist(key, round, place)
        return {"data": outcome.found, "exist_num": int(outcome.found)}, outcome
    if op == "del":
        outcome = storage.delete(key, round, place)
        # Dify counts here what its cache had of the key, not what was deleted. There is no cache.
        return {"data": "ok", "deleted_num": 0}, outcome
    try:
        data = unhex(value)
    except ValueError as error:
        raise DifyError(f"decode data failed: {error}") from None
    return {"data": "ok"}, storage.set(key, data, round, place)


def _decode(request: dict[str, Any]) -> tuple[str, str, str]:
    # Go matches the names of fields without regard to case, if there is none with the right one.
    given = {name.lower(): value for name, value in request.items()} | request
    wrong = [
        f"* '{name}' expected type '{expected}', got unconvertible type "
        f"'{go_type(given[name])}', value: '{as_v(given[name])}'"
        for name, expected in _FIELDS.items()
        if not isinstance(given.get(name), str | None)
    ]
    if wrong:
        listed = "\n".join(wrong)
        raise DifyError(
            f"{_UNREADABLE}error decoding map: {len(wrong)} error(s) decoding:\n\n{listed}"
        )
    key, op, value = (given.get(name) or "" for name in _FIELDS)
    failed = []
    if op not in _OPS:
        failed.append(_validation_error("Opt", "storage_opt" if op else "required"))
    if not key:
        failed.append(_validation_error("Key", "required"))
    if failed:
        raise DifyError(f"{_UNREADABLE}error validating struct: " + "\n".join(failed))
    return op, key, value


def _validation_error(field: str, rule: str) -> str:
    return (
        f"Key: 'InvokeStorageRequest.{field}' "
        f"Error:Field validation for '{field}' failed on the '{rule}' tag"
    )
