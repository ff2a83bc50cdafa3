"""How crashes look to people, and what came after them."""

from collections.abc import Sequence

from emulator.cli.crash_trials import Trial
from emulator.cli.output import Output
from emulator.cli.reporting import visible_line

_HEAD = "killed after"
_SHOWN_KEYS = 5


def show_trials(trials: Sequence[Trial], output: Output) -> None:
    """A line for each crash, and then which of them break the plugin."""
    if not trials:
        output.line("The call makes no storage operation, so there is none to crash after.")
        return
    died = [f"{trial.crash_after:>3}  {_operation(trial)}" for trial in trials]
    width = max(map(len, (_HEAD, *died)))
    output.line(f"{_HEAD:<{width}}  the next call")
    for operation, trial in zip(died, trials, strict=True):
        output.line(f"{operation:<{width}}  {_afterwards(trial)}")
    breaking = [trial for trial in trials if trial.breaks]
    if not breaking:
        output.line("No crash breaks the plugin.")
        return
    output.line(f"{len(breaking)} of {len(trials)} crashes left a memory that breaks the plugin:")
    for trial in breaking:
        where = f"`storage rewind {trial.round}` goes back there"
        output.line(f"{trial.crash_after:>3}  {_operation(trial)}; {where}")


def _operation(trial: Trial) -> str:
    if trial.operation is None:
        return "not reached"
    op, key, place = (trial.operation[name] for name in ("op", "key", "place"))
    return f"{op} {visible_line(key)}" + (f" ({place})" if place else "")


def _afterwards(trial: Trial) -> str:
    if trial.outcome == "not reached":
        return f"not made (round {trial.round})"
    rounds = f"(rounds {trial.round} and {trial.next_round})"
    if trial.error is not None:
        where = f", at {trial.error['place']}" if trial.error["place"] else ""
        said = visible_line(f"{trial.error['type']}: {trial.error['message']}{where}")
        return f"{said} {rounds}"
    others = ", ".join(map(visible_line, trial.other_keys[:_SHOWN_KEYS]))
    if (more := len(trial.other_keys) - _SHOWN_KEYS) > 0:
        others += f" and {more} more"
    differences = [
        *([] if trial.same_result else ["another result"]),
        *([f"other memory in {others}"] if others else []),
    ]
    return f"ok, {' and '.join(differences) or 'as undisturbed'} {rounds}"
