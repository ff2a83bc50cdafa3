"""What code reads of a mapping, held against the form that Dify fills it from."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import yaml

from emulator.check.code.reads.reading import Read, Reads
from emulator.check.declared.document import Document, Node, child, entries, is_null, items
from emulator.check.findings import Place


class DeclaredField(NamedTuple):
    """A parameter, a credential or a setting."""

    name: str
    place: Place
    """Where its name stands."""
    node: Node

    def says(self, field: str) -> str | None:
        """What is written under one of its fields."""
        node = child(self.node, field)
        return None if node is None or is_null(node) else str(node.value)

    @property
    def is_required(self) -> bool:
        return (self.says("required") or "").casefold() in ("true", "yes", "on", "1")


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The fields that a declaration has somebody fill in."""

    document: Document
    fields: dict[str, DeclaredField]

    @staticmethod
    def of(document: Document, *lists: Node | None, key: str = "name") -> "Form | None":
        """Those of lists, or of mappings by name; None if one of the names cannot be read."""
        fields = {}
        for node in lists:
            for name, field in _named(node, key):
                if not isinstance(name, yaml.ScalarNode) or is_null(name):
                    return None
                found = DeclaredField(name.value, document.place(name), field)
                if name.value not in fields or found.is_required:
                    fields[name.value] = found
        return Form(document, fields)


def _named(node: Node | None, key: str) -> Iterator[tuple[Node | None, Node]]:
    yield from ((child(each, key), each) for each in items(node))
    yield from ((each.key, each.value) for each in entries(node))


@dataclass(frozen=True, slots=True, eq=False)
class Against:
    """What some code reads, and the form it should be in."""

    form: Form
    reads: Reads


def undeclared(pairs: Sequence[Against]) -> Iterator[tuple[Form, Read]]:
    """What is read and in no form, once for each form, where it is first read. A line that serves
    several forms is told of only if none of them has it."""
    known = {
        (each.key.place, each.key.value)
        for pair in pairs
        for each in pair.reads.reads
        if not each.certain
        or pair.reads.filled
        or each.key.value in pair.form.fields
        or each.key.value in pair.reads.written
    }
    told: set[tuple[object, str]] = set()
    for pair in pairs:
        for each in sorted(pair.reads.reads, key=lambda read: read.key.place):
            name = each.key.value
            signs = {(each.key.place, name), (pair.form, name)}
            if (each.key.place, name) not in known:
                if not signs & told:
                    yield pair.form, each
                told |= signs


def never_read(pairs: Sequence[Against]) -> Iterator[tuple[Form, DeclaredField]]:
    """What is in a form, and nothing reads."""
    for form in dict.fromkeys(pair.form for pair in pairs):
        reads = [pair.reads for pair in pairs if pair.form is form]
        if not any(each.whole for each in reads):
            read = {key for each in reads for key in each.keys}
            yield from ((form, each) for name, each in form.fields.items() if name not in read)


def taken_for_granted(
    pairs: Sequence[Against], may_be_missing: Callable[[DeclaredField], bool]
) -> Iterator[tuple[Form, Read]]:
    """What is read as if it had to be there. Code that looks for it first, anywhere, knows."""
    told = set()
    for pair in pairs:
        reads = pair.reads
        for each in reads.reads:
            key = each.key.value
            field = pair.form.fields.get(key)
            if (
                each.must_be_there
                and each.certain
                and field is not None
                and may_be_missing(field)
                and not reads.whole
                and key not in reads.written | reads.expected
                and each.key.place not in told
            ):
                told.add(each.key.place)
                yield pair.form, each
