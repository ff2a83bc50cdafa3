"""Notes: diagnoses with a stable code. What Dify does that would surprise a developer.

Codes are never reused; each is told in docs/notes.md with its source.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

_MOST_OF_A_CODE = 3


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence of what happened, one of what to do."""

    code: str
    happened: str
    advice: str

    def as_document(self) -> dict[str, str]:
        return {"code": self.code, "message": f"{self.happened} {self.advice}"}


def note(code: str, happened: str) -> Note:
    """The note with this code, and its standing advice."""
    return Note(code, happened, ADVICE[code])


def few_of_each(notes: Sequence[Note]) -> list[Note]:
    """At most three notes of a code, the third saying how many more there were."""
    count = Counter(each.code for each in notes)
    kept: Counter[str] = Counter()
    few = []
    for each in notes:
        kept[each.code] += 1
        more = count[each.code] - _MOST_OF_A_CODE
        if kept[each.code] < _MOST_OF_A_CODE or more <= 0:
            few.append(each)
        elif kept[each.code] == _MOST_OF_A_CODE:
            few.append(replace(each, happened=f"{each.happened} And {more} more like this."))
    return few


ADVICE = {
    # the line protocol
    "DE101": "Store or send it in pieces; remote debugging has no such limit and hides this.",
    "DE102": "End what you print with a newline, or use the logging module.",
    "DE103": "Finish storage calls before the handler returns; Dify drops later ones unexecuted, "
    "and the plugin waits 250 s for an answer.",
    "DE104": "Yield or return a message if the caller should get one.",
    "DE105": "Send what the SDK's own message classes make.",
    "DE106": "Find out why it died: the error and the end of its stderr are with the round.",
    "DE107": "Look for sys.exit() or a closed stdout in a handler (Dify waits then as well), for "
    "deadlocks, and for calls without a timeout.",
    "DE108": "Take it out before you install the plugin: on Dify the debugger would read and write "
    "the protocol.",
    "DE109": "Store or send it in pieces before it grows further; remote debugging has no such "
    "limit and hides this.",
    # storage
    "DE201": "Use one spelling of a key: Dify caches by spelling, so that for five minutes one "
    "spelling can show what was overwritten or deleted under another.",
    "DE202": "Ask storage.exist first, or look for 'load data failed' in what you catch and raise "
    "the rest; Dify's documentation says None.",
    "DE203": "Delete or shrink something before the next set; on Dify the same set, repeated, "
    "succeeds.",
    "DE204": "Delete keys by their full names if the others were to stay.",
    "DE205": "Keep '..' and '\\' out of keys, also inside names: quote or hash what users choose.",
    "DE206": "Keep each part of a key between slashes below 256 bytes, and the whole below 257.",
    "DE207": "Choose keys so that none is a folder of another, such as 'a' and 'a/b'.",
    "DE208": "Ask storage.exist first if the key may be missing.",
    "DE209": "Set resource.permission.storage.enabled and .size in manifest.yaml, then reinstall.",
    "DE210": "Delete or shrink something in time: a set over the quota is refused, and has stored "
    "its value.",
    "DE211": "Keep it bounded, or give each item a key of its own that can be deleted.",
    "DE212": "Store JSON or text: a pickle can be read only as long as its classes keep their "
    "names and modules, and reading it runs what is in it.",
    "DE213": "Hold one lock from the look to the write, or give each writer a key of its own.",
    "DE214": "Put the user's id into the key, quoted or hashed: Dify's storage belongs to the "
    "workspace. If the value is meant for all users, silence DE214.",
    "DE215": "Leave it out if nothing needs it: it counts for the quota.",
    "DE216": "Delete what is no longer needed: the quota is for all keys together, and Dify's "
    "storage outlives updates and even the plugin's removal.",
    "DE217": "Read what older versions wrote, or put a version into the key or the value: Dify's "
    "storage outlives updates.",
    # tools
    "DE301": "Compare with == or convert with float(); Dify's daemon is written in Go and sends "
    "whole numbers without a decimal point.",
    "DE302": "Read it with .get(name, default): Dify fills defaults only for `form: form`.",
    "DE303": "Split it into files below 30 MB.",
    # endpoints
    "DE401": "Compare method and path with the yaml files: slashes count, and a wrong method is a "
    "404 too.",
    "DE402": "Keep requests below 10 MiB, or take the content by URL.",
    "DE403": "Treat this body as empty: it is what is left of Go's chunked encoding.",
    "DE404": "Read it with settings.get(name): Dify does not fill in defaults of settings.",
    "DE405": "Answer with a Response whose headers and pieces the SDK can send.",
    "DE406": "Send fewer, larger pieces.",
    # the plugin as a whole
    "DE501": "Answers for it can be configured in a later version of the emulator; try this part "
    "on Dify itself.",
}
