"""
Whether a document denies every request of a goal: decided, and replayed before it is shown.

A counterexample must be a request of the goal that `evaluate`, the other reading of the language, finds surely not denied. A denial must
have a proof that `check_proof` follows, which shares the compiler and the emptiness test with `decide`; so a request that is not surely
denied is looked for by asking `evaluate` alone as well, and none may be found. Where the two readings disagree, nothing is claimed.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from bucketpolicy.document import Document, Problem
from bucketpolicy.goal import FEW, Goal
from bucketpolicy.proof.budget import TICKS, Budget, TooComplexError
from bucketpolicy.proof.check import check_proof
from bucketpolicy.proof.decide import decide, give_up
from bucketpolicy.rename import restore_name, share_name
from bucketpolicy.request import Request
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import can_be_sent, complete, in_goal, keys_of
from bucketpolicy.semantics.probe import find_gap
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict

#: The allowance for what is asked besides about the same document: whether a repair holds, what the answer would be with a name.
ASIDE = TICKS // 4
_NAMED = re.compile(r"arn:[^:]*:s3:::([^/]+)")
_DISAGREEMENT = Undecided((Problem("$", "internal disagreement: the two readings of this document differ; please report it"),))
_NAME = Undecided((Problem("$", "the answer depends on the bucket's name, which is not known"),))


# Repairs and messages ask about the same document again; bounded, and a pure function.
@lru_cache(maxsize=64)
def judge(document: Document, goal: Goal, probes: int = FEW, ticks: int = TICKS) -> Verdict:
    """
    The verdict on a document, verified. Total: no document raises.

    `probes`: how many requests a denial is tried on. The search, the check of its proof and the probe draw on one allowance of `ticks`.
    Documents that differ in their bucket's name only are judged once.
    """
    shared = share_name(document, goal)
    if shared is None or goal.bucket is None:
        return _judge(document, goal, probes, ticks)
    return restore_name(_judge(*shared, probes, ticks), goal.bucket)


# The buckets of an organization have the same documents but for their names: these are sixty-four of them, for three goals each.
@lru_cache(maxsize=192)
def _judge(document: Document, goal: Goal, probes: int, ticks: int) -> Verdict:
    budget = Budget(ticks)
    try:
        return verify(document, goal, decide(document, goal, budget), budget, probes)
    except TooComplexError:
        return give_up(document, budget)


def verify(document: Document, goal: Goal, verdict: Verdict, budget: Budget | None = None, probes: int = FEW) -> Verdict:
    """The verdict itself where its evidence stands up to the second reading, else that nothing can be said."""
    budget = Budget() if budget is None else budget
    match verdict:
        case Denied(_, _, proof):
            sound = check_proof(document, goal, proof, budget) and _is_probed(document, goal, budget, probes)
            return verdict if sound else _DISAGREEMENT
        case Counterexample(request, _):
            return _replay(document, goal, request) or verdict
        case _:
            return verdict


def _is_probed(document: Document, goal: Goal, budget: Budget, probes: int) -> bool:
    """True iff a search of so many steps finds no request that is not surely denied, asking the other reading alone."""
    denies = [statement for statement in document.statements if statement.effect == "Deny"]
    entries = sum(len(item.principals.entries) + len(item.actions.patterns) + len(item.resources.patterns) for item in denies)
    values = sum(1 + len(condition.values) for item in denies for condition in item.conditions)
    budget.spend(probes * (16 + 2 * (entries + values)))
    return find_gap(document, goal, probes) is None


def _replay(document: Document, goal: Goal, request: Request) -> Undecided | None:
    """What is wrong with a counterexample."""
    mentioned = keys_of(document)
    whole = complete(request, goal.assumptions, mentioned)
    there_is = in_goal(whole, goal, mentioned) and can_be_sent(whole)
    if not there_is or is_denied(document, whole, goal.assumptions) is not False:
        return _DISAGREEMENT
    if goal.bucket is None and any(is_denied(document, other, goal.assumptions) is not False for other in _rename(document, whole)):
        return _NAME
    return None


def _rename(document: Document, request: Request) -> Iterator[Request]:
    """The request on each bucket that the document names: where the goal has no name, it must get through on all of them."""
    bucket, slash, key = request.resource.partition("/")
    prefix = bucket.rpartition(":")[0]
    names = {name for item in document.statements for text in item.resources.patterns for name in _NAMED.findall(text)}
    for name in sorted(names):
        plain = name.replace("*", "").replace("?", "x") or "x"
        yield request._replace(resource=f"{prefix}:{plain}{slash}{key}")
