"""The parameters that the code reads, against those that are declared."""

from collections.abc import Iterator

from emulator.check.checked_plugin import CheckedPlugin
from emulator.check.code.reads.against import (
    Against,
    DeclaredField,
    Form,
    never_read,
    taken_for_granted,
    undeclared,
)
from emulator.check.code.reads.callees import Code
from emulator.check.code.reads.follow import reads_of_argument
from emulator.check.code.sources import DeclaredSource
from emulator.check.findings import BY_SDK, Finding
from emulator.check.names import did_you_mean

_GIVEN_TO = {
    "Tool": ("_invoke", 0),
    "AgentStrategy": ("_invoke", 0),
    "WebsiteCrawlDatasource": ("_get_website_crawl", 0),
    "OnlineDocumentDatasource": ("_get_pages", 0),
    "Event": ("_on_event", 1),
}
"""Which method of which class gets them, and as which of its arguments (S interfaces/)."""


def parameters_read(plugin: CheckedPlugin) -> Iterator[Finding]:
    """Parameters that are read and not declared, or declared and not read, or optional and read
    as if they were always there."""
    pairs = {each: pair for each in plugin.sources if (pair := _pair(plugin.code, each))}
    for form, read in undeclared([*pairs.values()]):
        name = read.key.value
        message = f"`{name}` is read, and {form.document.name} declares no parameter of that name"
        advice = did_you_mean(name, form.fields) or f"Declare `{name}` there, or do not read it."
        yield Finding(read.key.place, "DE720", message, advice, (BY_SDK,))
    for _, field in never_read([*pairs.values()]):
        message = f"the parameter `{field.name}` is declared, and the code never reads it"
        yield Finding(field.place, "DE721", message, "Read it, or take it out.", (BY_SDK,))
    tools = [pair for each, pair in pairs.items() if each.source.base == "Tool"]
    for _, read in taken_for_granted(tools, _may_be_left_out):
        name = read.key.value
        message = f"the model may leave out `{name}`, and then this is a KeyError"
        advice = f"Write `.get({name!r})`, or declare it with `required: true`."
        yield Finding(read.key.place, "DE722", message, advice, (BY_SDK,))


def _may_be_left_out(parameter: DeclaredField) -> bool:
    """Dify fills in what a form leaves out, not what a model does: there a default does not help
    (P core/tools/tool_engine.py)."""
    return parameter.says("form") == "llm" and not parameter.is_required


def _pair(code: Code, each: DeclaredSource) -> Against | None:
    if each.cls is None or each.source.base not in _GIVEN_TO or _asks_at_run_time(code, each):
        return None
    document = each.declared.document
    form = Form.of(document, document.find("parameters"))
    reads = reads_of_argument(code, each.cls, *_GIVEN_TO[each.source.base])
    return Against(form, reads) if form and reads else None


def _asks_at_run_time(code: Code, each: DeclaredSource) -> bool:
    """Whether a tool says only when it runs which parameters it has."""
    flag = each.declared.document.text("has_runtime_parameters")
    methods = code.classes.methods(each.cls) if each.cls else {}
    return flag is not None or "_get_runtime_parameters" in methods
