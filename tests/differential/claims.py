"""
What a certificate claims, and whether other readings find it false.

The claim is taken from the text of a certificate that was accepted. It is false where a request of it gets through, or where S3 refuses the
document and the claim says that it does not. A damaged proof of a true claim may be accepted.
"""

import json
import re
from collections.abc import Iterator
from itertools import chain, product
from random import Random
from typing import Any, NamedTuple

from bucketpolicy.acceptance import find_refusals
from bucketpolicy.document import Document, Problem
from bucketpolicy.goal import Absent, AbsentOrOther, Assumptions, Below, Equal, Goal, Restriction, Target
from bucketpolicy.judge import judge
from bucketpolicy.layers import Layer, read_layer, unite
from bucketpolicy.parse import parse
from bucketpolicy.request import Request
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from tests.differential.attack import attack
from tests.differential.naive import Truth, either, is_denied
from tests.differential.requests import in_goal, mention, possible
from tests.differential.smt import encode
from tests.differential.solvers import ask_cvc5

Json = Any
ATTACKS = 24


class Claim(NamedTuple):
    """What a certificate says is denied, by which documents; the bucket policy is the first."""

    texts: tuple[str, ...]
    goal: Goal
    refused_by_s3: bool


class Finding(NamedTuple):
    """What is known of a claim: `false` with a reason, `true` as far as anybody sees, `open` where another reading does not decide it."""

    kind: str
    why: str = ""


def read_claim(certificate: str) -> Claim:
    """The claim of a certificate that was accepted."""
    found = json.loads(certificate, parse_int=str, parse_float=str)
    names = set(found["assumptions"])
    switches = Assumptions(**{name: name.replace("_", "-") in names for name in Assumptions._fields})
    targets = tuple(target for written in found["goal"]["targets"] for target in _read_target(written))
    goal = Goal(found["bucket"], found["partition"], targets, tuple(found["goal"]["exempt"]), switches)
    texts = (found["document"], *(policy["document"] for policy in found["control_policies"]))
    return Claim(texts, goal, "refused-by-s3" in names)


def _read_target(written: Json) -> Iterator[Target]:
    """One target for each combination of values where a question has several."""
    for restrictions in product(*map(list, map(_read_restriction, written["where"]))):
        yield Target(tuple(written["actions"]), written["on"], restrictions)


def _read_restriction(written: Json) -> Iterator[Restriction]:
    key = re.sub("[A-Z]", lambda letter: letter[0].lower(), written["key"])
    match written["is"]:
        case "absent":
            yield Absent(key)
        case "absent-or-other":
            yield AbsentOrOther(key, tuple(written["values"]))
        case "equal":
            yield from (Equal(key, value) for value in written["values"])
        case "below":
            yield from (Below(key, value) for value in written["values"])


def look_into(claim: Claim, rng: Random) -> Finding:
    """What other readings say of it; the decision procedure only finds requests, which the naive evaluator then judges."""
    document, layers = parse(claim.texts[0]), [read_layer("", text) for text in claim.texts[1:]]
    above = tuple(layer for layer in layers if isinstance(layer, Layer))
    if not isinstance(document, Document) or len(above) < len(layers):
        return Finding("false", "a document is one that AWS does not take")
    if claim.refused_by_s3 and find_refusals(document, claim.goal.bucket):
        return Finding("false", "S3 refuses the document")
    if not claim.goal.targets:
        return Finding("true", "nothing is claimed")
    verdict = _judge(unite(document, above) if above else document, claim.goal)
    written = [json.loads(text, parse_int=str, parse_float=str) for text in claim.texts]
    shown = [verdict.request] if isinstance(verdict, Counterexample) else []
    requests = chain(shown, *(attack(each, claim.goal, rng, ATTACKS) for each in written))
    try:
        through = next((request for request in requests if _is_denied(written, request, claim.goal) is False), None)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        return Finding("open", "the naive evaluator is not made for it")
    if through is not None:
        return Finding("false", f"gets through: {through}")
    return Finding("true") if isinstance(verdict, Denied) else Finding("open", f"{verdict!r:.300}")


def _judge(document: Document, goal: Goal) -> Verdict:
    try:
        return judge(document, goal)
    except AssertionError:
        return Undecided((Problem("$", "a goal that no policy has"),))


def _is_denied(written: list[Json], request: Request, goal: Goal) -> Truth:
    """Whether one of the documents denies a request of the goal; True for a request that is none of it, or does not occur."""
    if not in_goal(goal, request) or not possible(request, goal.assumptions, " ".join(map(mention, written))):
        return True
    return either(is_denied(document, request, goal.assumptions) for document in written)


def refute(claim: Claim, seconds: float = 0.5) -> Finding | None:
    """What cvc5 says of the claim of one document: `false` where a request surely gets through; None where it says nothing exact."""
    written = json.loads(claim.texts[0], parse_int=str, parse_float=str)
    try:
        question = encode(written, claim.goal) if len(claim.texts) == 1 else None
        answer = ask_cvc5(question.upper, seconds) if question is not None else "unknown"
    except (KeyError, ValueError, TypeError, AttributeError, AssertionError, RuntimeError):
        # A goal, or a form of a document, that the formulas are not made for; cvc5 refuses what is ill-typed.
        return None
    if answer == "sat":
        return Finding("false", "cvc5 has a request that gets through")
    return Finding("true") if answer == "unsat" else None
