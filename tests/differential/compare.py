"""One random document through everything that has an opinion on it; what comes back is where they disagree."""

import json
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import NamedTuple

from bucketpolicy.document import Document, Malformed
from bucketpolicy.goal import FEW
from bucketpolicy.parse import parse
from bucketpolicy.proof.decide import decide
from bucketpolicy.request import Request
from bucketpolicy.semantics import evaluate
from bucketpolicy.semantics.probe import find_gap
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from tests.differential.attack import attack
from tests.differential.documents import Case, generate
from tests.differential.naive import KIND, Json, is_denied
from tests.differential.requests import can_be_sent, in_goal, is_whole, lend_account, mention, possible
from tests.differential.smt import encode
from tests.differential.solvers import Answer, ask_cvc5, ask_z3

ATTACKS = 8
#: How many requests are tried where nothing was decided.
SEARCHED = 60
_DOUBTED, _HALF = 200, 0.5
#: Letters that no document has, for the units of UTF-16, and for whole letters.
_PRIVATE, _PRIVATE_LETTERS, _FIRST_UNIT, _SIXTEEN_BITS = 0xE000, 0x1900, 0xD800, 0xFFFF
_COMPARED = 2


class Disagreement(NamedTuple):
    """Who says what of which document; `seed` alone repeats it."""

    seed: int
    what: str
    document: str
    goal: str
    detail: str


def against_naive(seed: int, counts: Counter[str], attacks: int = ATTACKS) -> Disagreement | None:
    """`decide` against the naive evaluator: denials are attacked, counterexamples replayed, `evaluate` asked the same questions."""
    rng = Random(seed)
    case = generate(rng)
    document, verdict = _decide(case)
    counts[type(verdict).__name__] += 1
    for number, request in enumerate(_requests(case, verdict, rng, attacks)):
        naive = is_denied(case.document, request, case.goal.assumptions)
        other = evaluate.is_denied(document, request, case.goal.assumptions) if number < _COMPARED else naive
        counts["requests"] += 1
        if naive != other:
            counts["evaluate and naive differ in certainty"] += 1
            if None not in {naive, other}:
                return _report(seed, "evaluate and naive", case, f"evaluate {other}, naive {naive}: {request}")
        if isinstance(verdict, Denied) and naive is not True and not _is_denied_either_way(case, request):
            return _report(seed, "denied, and a request gets through", case, f"{naive}: {request}")
    gap = None if isinstance(verdict, Undecided) else find_gap(document, case.goal, FEW)
    if isinstance(verdict, Denied) and gap is not None:
        return _report(seed, "denied, and the probe objects", case, str(gap))
    if isinstance(verdict, Counterexample):
        counts["counterexamples, and the probe finds a gap too"] += gap is not None
        return _replay(seed, case, verdict)
    if isinstance(verdict, Undecided) and _find_way(case, rng):
        counts["undecided where some request gets through"] += 1
    return None


def _is_denied_either_way(case: Case, request: Request) -> bool:
    """Whether it is denied both where letters beyond 16 bits are one letter and where they are the two units of UTF-16."""
    if not any(map(_is_wide, repr(request))):
        return False
    return all(
        is_denied(*_rewrite(case.document, request, write), case.goal.assumptions) is True for write in (_write_letter, _write_units)
    )


def _rewrite(document: Json, request: Request, write: Callable[[str], str]) -> tuple[Json, Request]:
    def retell(text: str) -> str:
        return "".join(write(letter) if _is_wide(letter) else letter for letter in text)

    context = tuple((key, tuple(map(retell, found))) for key, found in request.context)
    written = json.loads(retell(json.dumps(document, ensure_ascii=False)))
    return written, request._replace(resource=retell(request.resource), context=context)


def _is_wide(letter: str) -> bool:
    return ord(letter) > _SIXTEEN_BITS


def _write_letter(letter: str) -> str:
    """Another letter, of 16 bits, for each: those of one document are near each other."""
    return chr(_PRIVATE + ord(letter) % _PRIVATE_LETTERS)


def _write_units(letter: str) -> str:
    """Two letters of 16 bits for the two units."""
    units = letter.encode("utf-16-be")
    return "".join(chr(_PRIVATE + int.from_bytes(units[at : at + 2], "big") - _FIRST_UNIT) for at in (0, 2))


def _find_way(case: Case, rng: Random) -> bool:
    """Whether one of some requests that can be sent is surely not denied, so that the verdict could have been a counterexample."""
    mentioned, assumptions = mention(case.document), case.goal.assumptions
    return any(
        is_whole(request, mentioned)
        and can_be_sent(request, mentioned, assumptions)
        and is_denied(case.document, request, assumptions) is False
        for request in attack(case.document, case.goal, rng, SEARCHED)
    )


def _decide(case: Case) -> tuple[Document, Verdict]:
    document = parse(json.dumps(case.document))
    if isinstance(document, Malformed):
        message = f"the generator made a malformed document: {document}"
        raise TypeError(message)
    return document, decide(document, case.goal)


def _requests(case: Case, verdict: Verdict, rng: Random, attacks: int) -> list:  # type: ignore[type-arg]
    """All attacks on a denial; a few requests elsewhere, which only compare the evaluators."""
    return list(attack(case.document, case.goal, rng, attacks if isinstance(verdict, Denied) else _COMPARED))


def _replay(seed: int, case: Case, verdict: Counterexample) -> Disagreement | None:
    request, assumptions = verdict.request, case.goal.assumptions
    if not in_goal(case.goal, request):
        return _report(seed, "counterexample outside the goal", case, str(request))
    mentioned = mention(case.document)
    if not possible(lend_account(request), assumptions, mentioned) or not can_be_sent(request, mentioned, assumptions):
        return _report(seed, "counterexample that cannot be", case, str(request))
    naive = is_denied(case.document, request, assumptions)
    if naive is not False:
        return _report(seed, "counterexample that is denied", case, f"{naive}: {request}")
    return None


def _report(seed: int, what: str, case: Case, detail: str) -> Disagreement:
    return Disagreement(seed, what, json.dumps(case.document), repr(case.goal), detail)


def against_solvers(seed: int, counts: Counter[str], seconds: float = 2, z3_every: int = 1) -> Disagreement | None:
    """`decide` against cvc5, and on every so many documents z3, which takes longer; a solver that gives up says nothing."""
    case = generate(Random(seed))
    question = encode(case.document, case.goal)
    if question is None:
        counts["left to the other oracles"] += 1
        return None
    _, verdict = _decide(case)
    counts[type(verdict).__name__] += 1
    asked = [("cvc5", ask_cvc5), ("z3", ask_z3)] if seed % z3_every == 0 else [("cvc5", ask_cvc5)]
    for name, ask in asked:
        lower = ask(question.lower, seconds)
        upper = lower if question.lower == question.upper else ask(question.upper, seconds)
        counts[f"{name} gave up"] += "unknown" in {lower, upper}
        counts[f"{name} answered"] += "unknown" not in {lower, upper}
        if _contradicts(verdict, lower, upper):
            return _report(seed, f"decide and {name}", case, f"{verdict!r:.300}; lower {lower}, upper {upper}")
        if isinstance(verdict, Undecided) and (lower == "unsat" or upper == "sat"):
            counts[f"undecided where {name} decides"] += 1
            counts[f"undecided where {name} decides, and nobody objects"] += not _is_open(case, lower, Random(seed))
    return None


def _is_open(case: Case, lower: Answer, rng: Random) -> bool:
    """Whether the naive evaluator knows better than a solver, which has neither empty values nor what S3 is known to be sent."""
    if lower != "unsat":
        return not _find_way(case, rng)
    asked = (request for found in attack(case.document, case.goal, rng, _DOUBTED) for request in (found, _empty_some(found, rng)))
    return any(in_goal(case.goal, one) and is_denied(case.document, one, case.goal.assumptions) is not True for one in asked)


def _empty_some(request: Request, rng: Random) -> Request:
    """Half of the texts of a request left empty: AWS does not say what becomes of them."""
    texts = {key for key, _ in request.context if KIND.get(key, "String") in {"String", "Arn"} and rng.random() < _HALF}
    return request._replace(context=tuple((key, ("",) * len(found) if key in texts else found) for key, found in request.context))


def _contradicts(verdict: Verdict, lower: Answer, upper: Answer) -> bool:
    match verdict:
        case Denied():
            return lower == "sat"
        case Counterexample():
            return upper == "unsat"
    return False
