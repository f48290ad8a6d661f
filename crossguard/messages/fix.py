"""How a fix is told: where the statements go, as JSON to paste as far as there is room, and the exemption that has ended."""

import re
from collections.abc import Callable

from bucketpolicy.repair import CannotRepair, Repaired
from crossguard.judging.finding import Lapsed, Subject
from crossguard.messages.layout import MOST_LINES, LayOut, Reason, fit, lay_out_all
from crossguard.messages.quoting import quote

_MADE_UP = re.compile(r"-[0-9a-f]{7}$")


def label_fix(subject: Subject) -> str:
    """Where the statements go; a name that Pulumi made up gets another ending in the next preview."""
    made_up = subject.bucket is not None and _MADE_UP.search(subject.bucket)
    return f"add {{}} to the document{', its ARN built from `bucket.bucket`' if made_up else ''}"


def fit_fix(
    head: Callable[[int, Reason], list[str]],
    fix: Repaired | CannotRepair | None,
    lapsed: Lapsed | None,
    label: str,
    notes: Callable[[int], list[str]] = lambda _: [],
) -> str:
    """A message of a mandatory policy: what is wrong, the fix, what is to be known of it, and the exemption that has ended."""

    def write(lay_out: LayOut, limit: int, reason: Reason) -> list[str]:
        return [
            *head(limit, reason),
            *_render_fix(fix, lay_out, label),
            *notes(limit),
            *describe_lapse(lapsed, limit),
        ]

    return fit(write, MOST_LINES["mandatory"])


def _render_fix(fix: Repaired | CannotRepair | None, lay_out: LayOut, label: str) -> list[str]:
    match fix:
        case Repaired(_, (_, *_) as added):
            return [f"Fix: {label.format(_count(added))}:", *lay_out_all(added, lay_out)]
        case CannotRepair(reason, ()):
            return [f"There is no ready-made fix: {reason}."]
        case CannotRepair(reason, missing):
            return [f"Fix: {label.format(_count(missing))} ({reason}):", *lay_out_all(missing, lay_out)]
        case _:
            return []


def _count(statements: tuple[str, ...]) -> str:
    return "this statement" if len(statements) == 1 else f"these {len(statements)} statements"


def describe_lapse(lapsed: Lapsed | None, limit: int) -> list[str]:
    """The exemption that no longer applies, and why."""
    if lapsed is None:
        return []
    (target, reason, _, expires, _), why = lapsed
    ended = f"expired on {expires}" if why == "expired" else "is for another document, and this one is judged anew"
    return [f"The exemption of {quote(target, limit)} {ended} ({quote(reason, limit)[1:-1]})."]
