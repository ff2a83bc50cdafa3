"""Values on their way to the plugin: through Go's ``map[string]any`` and back into JSON.

Compared as Python reads them, so that ``5`` and ``5.0`` differ, and by the order of their keys.
"""

import json
from dataclasses import dataclass
from typing import Any

from tests.conformance.case import Case, each, rows
from tests.conformance.system import Call, ToolRequestSystem

NUMBERS = "encoding/json: every number is a float64, written with the shortest digits"
TEXTS = "encoding/json: half a surrogate pair is U+FFFD"
SHAPES = "encoding/json: a map is written by its keys, sorted as bytes"


@dataclass(frozen=True, slots=True)
class Value(Case):
    """What an app gives, and what the plugin gets; both as JSON."""

    given: str
    arrives: str


def _number(given: str, arrives: str) -> Value:
    return Value(f"{given} arrives as {arrives}", NUMBERS, given, arrives)


AS_NUMBERS = [
    _number("0", "0"),
    _number("-1", "-1"),
    _number("5.0", "5"),
    _number("-5.0", "-5"),
    _number("0.0", "0"),
    _number("-0.0", "-0"),
    _number("5.5", "5.5"),
    _number("1e0", "1"),
    _number("1E5", "100000"),
    _number("9007199254740992", "9007199254740992"),
    _number("9007199254740993", "9007199254740992"),
    _number("9007199254740995", "9007199254740996"),
    _number("-9007199254740993", "-9007199254740992"),
    _number("9223372036854775807", "9223372036854776000"),
    _number("18446744073709551615", "18446744073709552000"),
    _number("123456789012345678", "123456789012345680"),
    _number("12345678901234567890", "12345678901234567000"),
    _number("99999999999999990000", "99999999999999980000"),
    _number("999999999999999900000", "999999999999999900000"),
    _number("999999999999999999999", "1e+21"),
    _number("1234567890123456789012", "1.2345678901234568e+21"),
    _number("1e20", "100000000000000000000"),
    _number("-1e20", "-100000000000000000000"),
    _number("1e21", "1e+21"),
    _number("1.5e20", "150000000000000000000"),
    _number("1.5e300", "1.5e+300"),
    _number("1.7976931348623157e308", "1.7976931348623157e+308"),
    _number("5e-324", "5e-324"),
    _number("1e-400", "0"),
    _number("1e400", "null"),
    _number("-1e400", "null"),
    _number("0.1", "0.1"),
    _number("0.30000000000000004", "0.30000000000000004"),
    _number("0.10000000000000001", "0.1"),
    _number("3.14159265358979323846", "3.141592653589793"),
    _number("1e-6", "0.000001"),
    _number("1e-7", "1e-7"),
]

AS_TEXTS = {
    "an empty text": ('""', '""'),
    "a number in quotes stays a text": ('"5.0"', '"5.0"'),
    "signs of HTML": ('"<script>a && b</script>"', '"<script>a && b</script>"'),
    "line separators": (r'"\u2028\u2029"', r'"\u2028\u2029"'),
    "control characters": (r'"\u0000\t\n\u001b\u007f"', r'"\u0000\t\n\u001b\u007f"'),
    "letters and emoji": ('"é中😀"', '"é中😀"'),
    "composed and decomposed letters": (r'"é é"', r'"é é"'),
    "a surrogate pair": (r'"\ud83d\ude00"', '"😀"'),
    "the first half of a pair": (r'"\ud83dx"', r'"\ufffdx"'),
    "the second half of a pair": (r'"x\ude00"', r'"x\ufffd"'),
    "both halves in the wrong order": (r'"\ude00\ud83d"', r'"\ufffd\ufffd"'),
    "half a pair before a pair": (r'"\ud83d\ud83d\ude00"', r'"\ufffd😀"'),
    "half a pair as a key": (r'{"\ud800":1}', r'{"\ufffd":1}'),
    "two keys that become one: the last counts": (r'{"\ud800":1,"\udbff":2}', r'{"\ufffd":2}'),
}  # fmt: skip

AS_SHAPES = {
    "true": ("true", "true"),
    "null": ("null", "null"),
    "an empty list": ("[]", "[]"),
    "an empty object": ("{}", "{}"),
    "nulls inside": ('{"a":[null],"b":null}', '{"a":[null],"b":null}'),
    "whole floats deep inside": (
        '{"k":5.0,"l":[5.0,1e21,{"m":-0.0}]}',
        '{"k":5,"l":[5,1e+21,{"m":-0}]}',
    ),
    "what is beyond a float64 deep inside": ('{"a":[1e400,2]}', '{"a":[null,2]}'),
    "keys are sorted, at every depth": (
        '{"b":1,"a":2,"c":{"z":1,"y":2,"x":[{"q":1,"p":2}]}}',
        '{"a":2,"b":1,"c":{"x":[{"p":2,"q":1}],"y":2,"z":1}}',
    ),
    "lists are not sorted": ("[3,1,2]", "[3,1,2]"),
    "capitals come first": ('{"B":1,"a":2,"b":3,"A":4}', '{"A":4,"B":1,"a":2,"b":3}'),
    "keys that are numbers are texts": ('{"10":1,"9":2,"1":3}', '{"1":3,"10":1,"9":2}'),
    "signs are sorted by their bytes": (
        '{"a-b":1,"a_b":2,"a.b":3,"a b":4,"aB":5,"ab":6}',
        '{"a b":4,"a-b":1,"a.b":3,"aB":5,"a_b":2,"ab":6}',
    ),
    "letters are sorted by their UTF-8": (
        r'{"é":1,"z":2,"e":3,"中":4,"😀":5,"\uffff":6,"\ue000":7}',
        r'{"e":3,"z":2,"é":1,"中":4,"\ue000":7,"\uffff":6,"😀":5}',
    ),
    "an empty key": ('{"":1," ":2}', '{"":1," ":2}'),
    "of equal keys the last counts": ('{"a":{"x":1},"a":{"y":2}}', '{"a":{"y":2}}'),
}


def _exactly(text: str) -> str:
    """A value with its types and the order of its keys in plain sight."""
    return repr(json.loads(text, object_pairs_hook=lambda pairs: ("object", pairs)))


def _through(system: ToolRequestSystem, given: str) -> str:
    line = system.line(Call(given={"v": json.loads(given)}))
    arrived: Any = json.loads(line, object_pairs_hook=dict)["data"]["tool_parameters"]["v"]
    return json.dumps(arrived)


@each([*AS_NUMBERS, *rows(Value, TEXTS, AS_TEXTS), *rows(Value, SHAPES, AS_SHAPES)])
def test_a_value(case: Value, tool_requests: ToolRequestSystem) -> None:
    assert _exactly(_through(tool_requests, case.given)) == _exactly(case.arrives)
