"""
What may be believed of a run in which something was made up.

The program was run twice, with values that have nothing in common. What the pack says alike of both stands, unless a made-up value is in a
statement that the verdict rests on. That is asked of the pack itself: a compliant document has to be compliant without its doubtful Deny
statements, and one that is not has to stay so when they deny all that they could (`bounds`).
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from offline.engine.cloud.aws import BUCKETS, DOCUMENT_TYPES
from offline.engine.program.bounds import Bounds, find_bounds, is_same
from offline.engine.program.rounds import Round, match
from offline.engine.protocol.values import Properties, reveal
from offline.run import IF_THERE, BlindSpot, Diagnostic, Seen, Unanswered

_DOCUMENTS = ("policy", "policyDocument")
_NAMES = ("bucket", "bucketName")
_ADVICE = "--mocks FILE gives the true one"
#: What a pack says of a resource with these inputs.
Ask = Callable[[Seen, Mapping[str, Any]], Sequence[Diagnostic]]
#: URN and policy.
_Key = tuple[str, str]


class _Pair(NamedTuple):
    """A resource under the first values, and under the second."""

    one: Seen
    other: Seen


def weigh(one: Round, other: Round, plain: Round | None, ask: Ask) -> Round:
    """
    The first of two runs with made-up values, as far as the second bears it out.

    `plain` is a run without any, where the program lives through one: it shows what is there whatever the answers are.
    """
    there = match(one.seen, other.seen)
    extra = tuple(seen for seen in other.seen if seen.urn not in there.values())
    invented = _find_invented(one, plain, there) | {seen.urn: _name_all(other) for seen in extra}
    doubtful = {**dict(_find_disagreements(one, other, there)), **dict(_find_doubtful(one, other, there, ask))}
    said = [each for each in one.verdicts.diagnostics if (each.urn, each.policy) not in doubtful]
    said += [_say(one, key, reason) for key, reason in doubtful.items()]
    said += [each for each in other.verdicts.diagnostics if each.urn in {seen.urn for seen in extra}]
    kept = tuple(_soften(each, invented[each.urn]) if each.urn in invented else each for each in said)
    seen = (*one.seen, *extra)
    return one._replace(
        seen=seen,
        verdicts=one.verdicts._replace(diagnostics=kept),
        notes=(*one.notes, *_tell_made_up(one)),
        blind_spots=(*one.blind_spots, *_tell_invented(seen, kept, invented)),
    )


def _tell_made_up(round_: Round) -> Iterator[str]:
    for what, made_up in round_.unanswered.items():
        if made_up and what.kind == "data source":
            yield f"nobody answered {what}: made-up answers stood in, twice, and only what holds for both counts ({_ADVICE})"


def _name_all(round_: Round) -> list[str]:
    return [str(what) for what in round_.unanswered]


def _find_invented(one: Round, plain: Round | None, there: Mapping[str, str]) -> dict[str, list[str]]:
    """The buckets and policies that are there only because of a made-up answer, and the answers that they may come from."""
    known = there if plain is None else match(one.seen, plain.seen)
    found: dict[str, list[str]] = {}
    for seen in one.seen:
        named = _find_answers([seen.name], one.unanswered)
        if seen.type in DOCUMENT_TYPES and (seen.urn not in there or seen.urn not in known or (plain is None and named)):
            found[seen.urn] = named or _name_all(one)
    return found


def _find_answers(value: Any, unanswered: Mapping[Unanswered, Sequence[Properties]]) -> list[str]:
    """Whose made-up strings are in a value."""
    text = json.dumps(reveal(value))
    return sorted(str(what) for what, answers in unanswered.items() if any(leaf in text for leaf in _list_strings(list(answers))))


def _list_strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield json.dumps(value)[1:-1]
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _list_strings(item)


def _find_disagreements(one: Round, other: Round, there: Mapping[str, str]) -> Iterator[tuple[_Key, str]]:
    """What one run calls a violation and the other does not."""
    ours = {(each.urn, each.policy): each.level for each in one.verdicts.diagnostics}
    back = {theirs: mine for mine, theirs in there.items()}
    others = {(back[each.urn], each.policy): each.level for each in other.verdicts.diagnostics if each.urn in back}
    asked = ", ".join(_name_all(one))
    for key in sorted({*ours, *others}):
        if key[0] in there and ours.get(key) != others.get(key):
            yield key, f"This cannot be decided: it depends on the answer of {asked}, which nobody gave ({_ADVICE})."


def _find_doubtful(one: Round, other: Round, there: Mapping[str, str], ask: Ask) -> Iterator[tuple[_Key, str]]:
    """The policies whose verdict on a document rests on made-up values."""
    others = {seen.urn: seen for seen in other.seen}
    for seen in one.seen:
        if seen.type in DOCUMENT_TYPES and seen.urn in there:
            yield from _doubt(_Pair(seen, others[there[seen.urn]]), one, ask)


def _doubt(pair: _Pair, one: Round, ask: Ask) -> Iterator[tuple[_Key, str]]:
    key = next((key for key in _DOCUMENTS if key in pair.one.inputs), None)
    if key is None:
        return
    mine, theirs = pair.one.inputs[key], pair.other.inputs.get(key)
    names = [name for each in pair for kind in _NAMES if isinstance(name := reveal(each.inputs.get(kind)), str)]
    if is_same(mine, theirs, names):
        return  # where only the bucket's own name is made up, the verdict is the same for every name
    bounds = find_bounds(mine, theirs, names, names[0] if names else "")
    said = {each.policy for each in one.verdicts.diagnostics if each.urn == pair.one.urn}
    lower, upper = (None, None) if bounds is None else (_ask_about(pair.one, key, each, ask) for each in (bounds.lower, bounds.upper))
    for policy in one.pack.policies:
        speaking = upper if policy.name in said else lower
        stands = speaking is not None and (policy.name in speaking) == (policy.name in said)
        if policy.kind == "resource" and policy.level != "disabled" and not stands:
            yield (pair.one.urn, policy.name), _explain(mine, bounds, one)


def _ask_about(seen: Seen, key: str, document: Mapping[str, Any], ask: Ask) -> set[str]:
    """The policies that speak of a resource with this document."""
    written = document if isinstance(reveal(seen.inputs[key]), dict) else json.dumps(document)
    return {each.policy for each in ask(seen, {**seen.inputs, key: written})}


def _explain(document: Any, bounds: Bounds | None, round_: Round) -> str:
    answers = _find_answers(document, round_.unanswered) or _name_all(round_)
    numbers = ", ".join(str(place + 1) for place in bounds.places) if bounds is not None else ""
    where = f"statement {numbers} depends" if numbers else "the document depends"
    return f"This policy cannot be decided: {where} on the answer of {', '.join(answers)}, which nobody gave ({_ADVICE})."


def _say(round_: Round, key: _Key, reason: str) -> Diagnostic:
    urn, name = key
    policy = next(policy for policy in round_.pack.policies if policy.name == name)
    return Diagnostic(name, "advisory" if policy.level == "advisory" else "mandatory", urn, reason, policy.severity)


def _soften(said: Diagnostic, answers: list[str]) -> Diagnostic:
    """What is said of a resource that may not exist claims nothing."""
    reason = f"Whether this resource is there is not known: it comes from a made-up answer of {', '.join(answers)} ({_ADVICE})."
    return said._replace(level="advisory", message=f"{reason}{IF_THERE}{said.message}")


def _tell_invented(seen: Sequence[Seen], said: Sequence[Diagnostic], invented: Mapping[str, list[str]]) -> Iterator[BlindSpot]:
    spoken = {each.urn for each in said}
    for each in seen:
        if each.urn in invented and (each.type in BUCKETS or each.urn in spoken):
            answers = ", ".join(invented[each.urn])
            text = f"{each.name} is there only because of a made-up answer of {answers}: what it violates is not known ({_ADVICE})"
            yield BlindSpot(text, weighs=each.urn in spoken)
