"""
The statements that a document lacks to deny every request of a goal, and the document with them.

One Deny statement for each set of restrictions in the goal, with a fixed Sid; what is there already is neither changed nor moved.
The messages print these statements, `fix` and remediation apply them: it is one function.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from bucketpolicy.document import Document, Malformed
from bucketpolicy.goal import TRANSPORT, Absent, AbsentOrOther, Equal, Goal, Restriction, Target
from bucketpolicy.judge import ASIDE, judge
from bucketpolicy.parse import MAX_BYTES, parse
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from bucketpolicy.tables.keys import find_key
from bucketpolicy.verdict import Denied


class Repaired(NamedTuple):
    """The document that denies the goal; `added` holds the new statements as compact JSON, none where nothing was missing."""

    text: str
    added: tuple[str, ...]


class CannotRepair(NamedTuple):
    """
    Why there is no such document, in half a sentence that quotes nothing of the input.

    `missing` are the statements that would be added, for people to place; the bucket is called `BUCKET` where its name is not known.
    """

    reason: str
    missing: tuple[str, ...] = ()


_Values = str | list[str]
_Condition = dict[str, dict[str, _Values]]
_Written = dict[str, str | list[str] | _Condition]


class _Part(NamedTuple):
    """Targets that one statement denies: they share its Sid and its conditions."""

    sid: str
    restrictions: tuple[Restriction, ...]
    targets: tuple[Target, ...]


#: Why statements are there to be placed and no document is.
PLACEHOLDER = "`BUCKET` stands for the bucket's name"
_ACTIONS = {"bucket": frozenset(BUCKET_ACTIONS), "object": frozenset(OBJECT_ACTIONS)}
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_INSIGNIFICANT = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+')
_BUCKET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")


def is_bucket_name(name: str) -> bool:
    """Whether a bucket can have this name; generous, since the first region's oldest buckets keep names that are refused today."""
    return _BUCKET_NAME.fullmatch(name) is not None


def name_bucket(name: str | None) -> str:
    """The name as it may stand in a statement; a name that is not known, or that no bucket has, gives `BUCKET`."""
    return name if name is not None and is_bucket_name(name) else "BUCKET"


def repair(text: str, goal: Goal) -> Repaired | CannotRepair:
    """The document with what it lacks to deny the goal. Repairing twice is repairing once."""
    document = parse(text)
    if isinstance(document, Malformed):
        return CannotRepair("S3 would refuse the document as it is")
    missing = tuple(_write_missing(document, goal))
    added = tuple(map(_compact, missing))
    if not missing:
        return Repaired(text, ())
    if goal.bucket is None:
        return CannotRepair(PLACEHOLDER, added)
    if not is_bucket_name(goal.bucket):
        return CannotRepair(f"{PLACEHOLDER}, since the given one is not valid", added)
    return _check(_insert(text, missing), goal, added)


def is_blank(text: str) -> bool:
    """True iff the text is that of a policy which nobody has written yet: nothing at all, or one without statements."""
    if not text.strip(" \t\r\n"):
        return True
    try:
        document = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.keys() <= {"Version", "Id", "Statement"} and document.get("Statement", []) == []


def write_document(statements: tuple[str, ...]) -> str:
    """A document of these statements alone."""
    return json.dumps({"Version": "2012-10-17", "Statement": [*map(json.loads, statements)]}, indent=2)


def write_statements(goal: Goal) -> tuple[str, ...]:
    """The statements that deny the goal by themselves, as compact JSON."""
    return tuple(map(_compact, _write_all(_split(goal), goal, set())))


def _check(text: str, goal: Goal, added: tuple[str, ...]) -> Repaired | CannotRepair:
    size = len(text.encode())
    if size > MAX_BYTES:
        return CannotRepair(f"with what it lacks the document has {size} bytes; S3 accepts at most {MAX_BYTES}", added)
    document = parse(text)
    if isinstance(document, Malformed) or not isinstance(judge(document, goal, ticks=ASIDE), Denied):
        return CannotRepair("what would be added cannot be proved under these assumptions")
    return Repaired(text, added)


def _write_missing(document: Document, goal: Goal) -> Iterator[_Written]:
    taken = {statement.sid for statement in document.statements if statement.sid is not None}
    parts = tuple(_split(goal))
    # The only part is the goal itself, which has been judged before.
    ask = partial(judge, document) if len(parts) == 1 else partial(judge, document, ticks=ASIDE)
    missing = (part for part in parts if not isinstance(ask(goal._replace(targets=part.targets)), Denied))
    return _write_all(missing, goal, taken)


def _split(goal: Goal) -> Iterator[_Part]:
    """
    The targets of the goal by their Sids and restrictions: one statement can deny those that share them.

    "By TLS" is not a restriction that a statement needs: a goal that speaks of TLS versions wants plain HTTP denied as well.
    """
    parts: dict[tuple[str, tuple[Restriction, ...]], tuple[Target, ...]] = {}
    for target in goal.targets:
        key = target.sid, tuple(item for item in target.restrictions if item != Equal(TRANSPORT, "true"))
        parts[key] = (*parts.get(key, ()), target)
    return (_Part(sid, restrictions, targets) for (sid, restrictions), targets in parts.items())


def _write_all(parts: Iterable[_Part], goal: Goal, taken: set[str]) -> Iterator[_Written]:
    """A statement for each part, under Sids that are neither taken nor each other's."""
    for part in parts:
        sid = _choose_sid(part.sid, taken)
        taken.add(sid)
        yield _write(part, goal, sid)


def _write(part: _Part, goal: Goal, sid: str) -> _Written:
    bucket = f"arn:{goal.partition}:s3:::{name_bucket(goal.bucket)}"
    resources = {bucket if target.on == "bucket" else f"{bucket}/*" for target in part.targets}
    condition = _write_condition(part.restrictions, goal.exempt)
    return {
        "Sid": sid,
        "Effect": "Deny",
        "Principal": "*",
        "Action": _unwrap(_list_actions(part.targets)),
        "Resource": _unwrap(sorted(resources)),
        **({"Condition": condition} if condition else {}),
    }


def _list_actions(targets: tuple[Target, ...]) -> list[str]:
    """The actions of the targets; `s3:*` only where they are all that can be done with each of the resources."""
    wanted: dict[str, dict[str, None]] = {}
    for target in targets:
        wanted.setdefault(target.on, {}).update(dict.fromkeys(target.actions))
    if all(actions.keys() >= _ACTIONS[on] for on, actions in wanted.items()):
        return ["s3:*"]
    return [action for actions in wanted.values() for action in actions]


def _choose_sid(name: str, taken: Collection[str]) -> str:
    """The name, or the name with the first free number: a statement of the user's own is never replaced."""
    number = 1
    while (sid := name if number == 1 else f"{name}{number}") in taken:
        number += 1
    return sid


def _write_condition(restrictions: tuple[Restriction, ...], exempt: tuple[str, ...]) -> _Condition:
    condition: _Condition = {}
    for operator, key, values in (*map(_restrict, restrictions), *_spare(exempt)):
        condition.setdefault(operator, {})[_spell(key)] = _unwrap(values)
    return condition


def _spell(key: str) -> str:
    """The key as AWS writes it; one that the pinned table does not have, as it is."""
    known = find_key(key)
    return known.name if known is not None else key


def _restrict(restriction: Restriction) -> tuple[str, str, list[str]]:
    """The condition that holds exactly for the requests of the restriction."""
    if isinstance(restriction, Absent):
        return "Null", restriction.key, ["true"]
    if isinstance(restriction, AbsentOrOther):
        return "StringNotEquals", restriction.key, list(restriction.accepted)
    if isinstance(restriction, Equal):
        known = find_key(restriction.key)
        return "Bool" if known is not None and known.type == "Bool" else "StringEquals", restriction.key, [restriction.value]
    return "NumericLessThan", restriction.key, [restriction.bound]


def _spare(exempt: tuple[str, ...]) -> Iterator[tuple[str, str, list[str]]]:
    """
    The conditions that let the exempt principals through.

    A negated operator holds where its key is absent, so each of them keeps the Deny for whoever has no such key.
    """
    arns = [name for name in exempt if name.startswith("arn:")]
    accounts = [name for name in exempt if name.isdigit()]
    services = [name for name in exempt if name not in (*arns, *accounts)]
    if arns:
        yield "ArnNotEquals", "aws:PrincipalArn", arns
    if accounts:
        yield "StringNotEquals", "aws:PrincipalAccount", accounts
    if services:
        yield "StringNotEquals", "aws:PrincipalServiceName", services


def _unwrap(values: list[str]) -> _Values:
    return values[0] if len(values) == 1 else values


def _compact(statement: _Written) -> str:
    return json.dumps(statement, separators=(",", ":"))


def _insert(text: str, statements: tuple[_Written, ...]) -> str:
    """
    The text with the statements after the last one; every other character stays, as long as S3's limit allows it.

    First laid out as the text is, then in one line, then without the white space of the whole text.
    """
    start, end = _find_statements(text)
    laid_out = _splice(text, start, end, statements)
    if len(laid_out.encode()) <= MAX_BYTES:
        return laid_out
    return _INSIGNIFICANT.sub(r"\1", laid_out)


def _find_statements(text: str) -> tuple[int, int]:
    """Where the value of the document's `Statement` begins and ends; the text has been parsed before."""
    position = text.index("{") + 1
    while True:
        name, position = _DECODER.raw_decode(text, text.index('"', position))
        start = _skip_space(text, text.index(":", position) + 1)
        _, position = _DECODER.raw_decode(text, start)
        if name == "Statement":
            return start, position


def _skip_space(text: str, position: int) -> int:
    while text[position] in " \t\r\n":
        position += 1
    return position


def _splice(text: str, start: int, end: int, statements: tuple[_Written, ...]) -> str:
    style = _find_style(text[start:end])
    styled = tuple(_restyle(statement, style) for statement in statements)
    if text[start] != "[":
        line = text[text.rfind("\n", 0, end) + 1 : end]
        gap = f"\n{line[: len(line) - len(line.lstrip())]}" if "\n" in text[start:end] else ""
        between = " " if gap or style.separators[0] == ", " else ""
        items = "".join(f",{between}{_lay_out(statement, text, gap, style)}" for statement in styled)
        return f"{text[:start]}[{text[start:end]}{items}]{text[end:]}"
    gap = text[start + 1 : _skip_space(text, start + 1)]
    last = len(text[: end - 1].rstrip(" \t\r\n"))
    between = gap or (" " if style.separators[0] == ", " else "")
    items = "".join(f",{between}{_lay_out(statement, text, gap, style)}" for statement in styled)
    return text[:last] + items + text[last:]


class _Style(NamedTuple):
    """How a document writes its statements: the members in their order, lists of one, and the spaces in a line."""

    order: tuple[str, ...]
    lists: bool
    separators: tuple[str, str]


def _find_style(statements: str) -> _Style:
    read = json.loads(statements, parse_int=str, parse_float=str)
    model = read[-1] if isinstance(read, list) else read
    values = (value for name, value in model.items() if name in ("Action", "NotAction", "Resource", "NotResource"))
    spaced, tight = len(re.findall(r'": ', statements)), len(re.findall(r'":[^ ]', statements))
    return _Style(
        tuple(name.removeprefix("Not") for name in model),
        any(isinstance(value, list) and len(value) == 1 for value in values),
        (", ", ": ") if spaced > tight else (",", ":"),
    )


def _restyle(statement: _Written, style: _Style) -> _Written:
    """The statement with its members in the order of the document's own, and lists of one where the document has them."""
    ranks: dict[str, float] = {}
    last = -1.0
    for name in statement:
        # A member that the document's own statement lacks stays behind the one that it is written after.
        last = float(style.order.index(name)) if name in style.order else last + 0.01
        ranks[name] = last
    listed = {"Action", "Resource"} if style.lists else set()
    return {
        name: [value] if name in listed and isinstance(value := statement[name], str) else statement[name]
        for name in sorted(statement, key=ranks.__getitem__)
    }


def _lay_out(statement: _Written, text: str, gap: str, style: _Style) -> str:
    """The statement in the indentation of the text, on one line where the text's statements do not begin lines of their own."""
    if "\n" not in gap:
        return json.dumps(statement, separators=style.separators)
    first = text.index("{") + 1
    step = text[first : _skip_space(text, first)].rpartition("\n")[2] or "  "
    return json.dumps(statement, indent=step).replace("\n", "\n" + gap.rpartition("\n")[2])
