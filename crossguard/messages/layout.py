"""
How a message is made to fit: in lines of a terminal, with JSON that can be pasted.

Texts are shortened before JSON is crowded, and JSON is crowded before it is left out.
"""

import json
from collections.abc import Callable, Iterable

from crossguard.messages.quoting import quote

#: A terminal has 120 columns, of which the CLI takes ten for its indentation.
COLUMNS = 108
#: Twelve lines with the description that is printed first.
MOST_LINES = {"mandatory": 11, "advisory": 3}
#: About how many characters one quoted text may have: as many as fit.
LIMITS = (120, 72, 48, 32, 20, 12)

LayOut = Callable[[str], list[str]]


def count_lines(lines: Iterable[str]) -> int:
    """How many lines of a terminal these are."""
    return sum(max(1, -(-len(line) // COLUMNS)) for line in lines)


def fit(write: Callable[[LayOut, int], list[str]], most: int) -> str:
    """The first of its versions that takes `most` lines or fewer, or the shortest."""
    attempts = (write(lay_out, limit) for lay_out in (_spread, _crowd, _refer) for limit in LIMITS)
    fitting = (lines for lines in attempts if count_lines(lines) <= most)
    return "\n".join(next(fitting, write(_refer, LIMITS[-1])))


def choose(tell: Callable[[int], str]) -> str:
    """A sentence as it fits in one line, or at its shortest."""
    return next((text for text in map(tell, LIMITS) if len(text) <= COLUMNS), tell(LIMITS[-1]))


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
