"""Fields that are missing, unknown, misspelled or at the wrong level."""

from collections.abc import Iterator, Mapping

from emulator.check.declared.document import Entry, child, is_null
from emulator.check.declared.shapes import Field, Level, Shape, Spot
from emulator.check.findings import AT_DEBUGGING, AT_LOAD, AT_PACKAGING, By, Finding
from emulator.check.names import nearest


def claim(level: Level) -> list[Entry]:
    """Unknown fields that a level above needs and has not: told there."""
    return [each for each in level.unknown if _claimed(level.parent, each)]


def _claimed(above: Level | None, entry: Entry) -> bool:
    while above is not None:
        field = above.fields.get(entry.name)
        if field is not None and field.needed:
            if entry.name not in above.present:
                above.claimed.setdefault(entry.name, entry)
            return entry.name not in above.present
        above = above.parent
    return False


def missing(spot: Spot, level: Level, aliases: Mapping[str, str]) -> Iterator[Finding]:
    """What is needed and not there. `aliases` are names that the SDK alone takes for a field."""
    written = {right: name for name, right in aliases.items() if name in level.present}
    for name, field in level.fields.items():
        by = _minded(spot, field, level.present.get(name), name in written)
        if not by:
            continue
        path = f"{spot.path}.{name}" if spot.path else name
        stand_in = _stand_in(level, name)
        if name in level.claimed:
            key = level.claimed[name].key
            message = f"`{name}` stands at the wrong level: `{path}` is missing"
            yield spot.finding("DE607", key, message, _move(name, level.path), by)
        elif stand_in is not None:
            message = f"`{stand_in.name}` is no field here, and `{path}` is missing"
            yield spot.finding("DE606", stand_in.key, message, f"Write `{name}`.", by)
        elif name in level.present:
            message = f"`{path}` is empty"
            yield spot.finding("DE605", level.present[name].key, message, "Give it a value.", by)
        else:
            message = f"`{path}` is missing"
            yield spot.finding("DE605", level.node, message, f"Add `{name}: ...`.", by)


def _minded(spot: Spot, field: Field, entry: Entry | None, aliased: bool) -> By:
    """Who misses a field."""
    if not field.needed or (entry is not None and not is_null(entry.value)):
        return ()
    by = spot.read_by(field.readers).minded(field.needed)
    if entry is None:
        return tuple(each for each in by if each == AT_PACKAGING) if aliased else by
    # what registers for debugging is what the SDK made of it
    content = (AT_LOAD, AT_DEBUGGING) if field.nullable else ()
    return tuple(each for each in by if each not in content)


def _stand_in(level: Level, name: str) -> Entry | None:
    """An unknown field that is probably meant for one that is not there."""
    if name in level.present:
        return None
    return next((each for each in level.unknown if nearest(each.name, level.fields) == name), None)


def without_effect(spot: Spot, level: Level, entry: Entry, aliases: Mapping[str, str]) -> Finding:
    """What is wrong with an unknown field, and nothing else is."""
    name = entry.name
    by = spot.refused(by_go=True, by_sdk=name not in aliases)
    near = nearest(name, level.fields)
    if near is not None and near not in level.present:
        message = f"`{name}` is no field, and has no effect"
        return spot.finding("DE608", entry.key, message, f"Did you mean `{near}`?", by)
    if (home := _home(level, name)) is not None:
        message = f"`{name}` stands at the wrong level, and has no effect"
        return spot.finding("DE609", entry.key, message, _move(name, home), by)
    message = f"`{name}` is read by nobody"
    return spot.finding("DE610", entry.key, message, "Leave it out.", by)


def _home(level: Level, name: str) -> str | None:
    """The path of a mapping above or directly below that knows this field and has it not."""
    above = level.parent
    while above is not None:
        if name in above.fields and name not in above.present:
            return above.path
        above = above.parent
    for entry in level.present.values():
        field = level.fields.get(entry.name)
        if field and name in _fields(field.shape) and child(entry.value, name) is None:
            return f"{level.path}.{entry.name}" if level.path else entry.name
    return None


def _move(name: str, path: str) -> str:
    return f"Move it under `{path}`." if path else f"Move `{name}` to the left margin."


def _fields(shape: Shape) -> Mapping[str, Field]:
    """Those that a mapping knows; none of any other shape."""
    fields: Mapping[str, Field] = getattr(shape, "fields", {})
    return fields
