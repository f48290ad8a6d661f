"""
How a message is made to fit: in lines of a terminal, with JSON that can be pasted.

Long texts are shortened before JSON is crowded, JSON is crowded before it is left out, and only then is the reason shortened and left out.
The request that gets through is always whole.
"""

import json
from collections.abc import Callable, Iterable
from itertools import chain
from typing import Literal, get_args

from crossguard.messages.quoting import SHORTEST_LIMIT, quote

#: A terminal has 120 columns, of which the CLI takes ten for its indentation.
COLUMNS = 108
#: Twelve lines with the description that is printed first.
MOST_LINES = {"mandatory": 11, "advisory": 3}
#: How many characters one quoted text may have: as many as fit.
LIMITS = (120, 72, 48, SHORTEST_LIMIT)

LayOut = Callable[[str], list[str]]
#: How much is said of the reason: all, the obstacle alone, nothing.
Reason = Literal["whole", "brief", "none"]
REASONS: tuple[Reason, ...] = get_args(Reason)


def count_lines(lines: Iterable[str]) -> int:
    """How many lines of a terminal these are."""
    return sum(max(1, -(-len(line) // COLUMNS)) for line in lines)


def fit(write: Callable[[LayOut, int, Reason], list[str]], most: int) -> str:
    """The first of its versions that takes `most` lines or fewer, or the shortest."""
    whole = (write(lay_out, limit, "whole") for lay_out in (_spread, _crowd, _refer) for limit in LIMITS)
    less = (write(_refer, SHORTEST_LIMIT, reason) for reason in REASONS[1:])
    fitting = (lines for lines in chain(whole, less) if count_lines(lines) <= most)
    return "\n".join(next(fitting, write(_refer, SHORTEST_LIMIT, "none")))


def take(lines: Iterable[str], most: int) -> list[str]:
    """As many of the lines as `most` lines of a terminal hold, in their order; the first one always."""
    taken: list[str] = []
    for line in lines:
        if not taken or count_lines([*taken, line]) <= most:
            taken.append(line)
    return taken


def lay_out_all(statements: tuple[str, ...], lay_out: LayOut) -> list[str]:
    """Statements in compact JSON as members of a list, ready to paste."""
    blocks = [lay_out(statement) for statement in statements]
    for block in blocks[:-1]:
        block[-1] += ","
    return [line for block in blocks for line in block]


def _spread(statement: str) -> list[str]:
    """A statement in three lines: who, what, when."""
    members = [f"{json.dumps(name)}: {json.dumps(value)}" for name, value in json.loads(statement).items()]
    who, what, when = members[:3], members[3:5], members[5:]
    return [f"{{{', '.join(who)},", f" {', '.join(what)},", f" {', '.join(when)}}}"]


def _crowd(statement: str) -> list[str]:
    """A statement in as few lines as it takes."""
    lines = [""]
    for word in json.dumps(json.loads(statement)).split(" "):
        if len(lines[-1]) + len(word) >= COLUMNS:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] or len(lines) > 1 else word
    return lines


def _refer(statement: str) -> list[str]:
    """A statement too long for a message, by its name."""
    return [f"{quote(json.loads(statement)['Sid'], 64)}, too long for here: `python -m offline fix` prints it"]
