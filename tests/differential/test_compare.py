"""A short slice of what `make fuzz` does at length, and proof that the oracles would notice."""

import json
from collections import Counter
from random import Random
from typing import Any

import pytest

from bucketpolicy.goal import SSE, Absent, Assumptions, Goal, Target
from bucketpolicy.request import Anonymous, Request
from bucketpolicy.verdict import Counterexample, Denied, Undecided
from tests.differential import compare
from tests.differential.compare import against_naive, against_solvers
from tests.differential.documents import Case, generate
from tests.differential.naive import Json
from tests.differential.requests import can_be_sent, possible
from tests.differential.smt import encode
from tests.differential.solvers import ask_cvc5, ask_z3

_GOAL = Goal("bkt", "aws", (Target(("s3:PutObject",), "object", (Absent(SSE),)),))


def _deny(**more: object) -> dict[str, Any]:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::bkt/*", **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


@pytest.mark.parametrize("start", range(0, 600, 150))
def test_the_naive_evaluator_agrees(start: int) -> None:
    """Nothing denied gets through for a naive reader, and every counterexample does."""
    counts = Counter[str]()
    assert [found for seed in range(start, start + 150) if (found := against_naive(seed, counts))] == []
    assert counts["Denied"] > 30
    assert counts["Counterexample"] > 30


@pytest.mark.parametrize("start", [0, 15])
def test_the_solvers_agree(start: int) -> None:
    """Neither cvc5 nor z3 finds a request through a denial, nor proves that there is none where one is shown."""
    counts = Counter[str]()
    assert [found for seed in range(start, start + 15) if (found := against_solvers(seed, counts, seconds=1))] == []
    assert counts["cvc5 answered"] > 7
    assert counts["z3 answered"] > 7


def test_the_same_seed_gives_the_same_document() -> None:
    """A disagreement is repeated by its seed."""
    assert generate(Random(7)) == generate(Random(7))


@pytest.mark.parametrize("ask", [ask_z3, ask_cvc5])
def test_the_solvers_know_both_answers(ask: object) -> None:
    """A cover is unsatisfiable, a hole satisfiable, and what AWS leaves open is so in the upper formula only."""
    assert callable(ask)
    conditions: tuple[Json, ...] = ({"Null": {SSE: "true"}}, {"StringEquals": {SSE: "AES256"}}, {"StringEquals": {SSE: []}})
    found = []
    for condition in conditions:
        question = encode(_deny(Condition=condition), _GOAL)
        assert question is not None
        found.append((ask(question.lower), ask(question.upper)))
    assert found == [("unsat", "unsat"), ("sat", "sat"), ("sat", "unsat")]


def test_variables_are_left_to_the_other_oracles() -> None:
    """A formula for every value of a variable would not be regular."""
    assert encode(_deny(Resource="arn:aws:s3:::bkt/${aws:username}"), _GOAL) is None


_HOLE = Case(_deny(Condition={"StringEquals": {SSE: "AES256"}}), _GOAL)
_COVER = Case(_deny(Condition={"Null": {SSE: "true"}}), _GOAL)


def _wrong(case: Case, verdict: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "generate", lambda _: case)
    monkeypatch.setattr(compare, "decide", lambda *_: verdict)


def _right_counterexample() -> Counterexample:
    _, verdict = compare._decide(_HOLE)
    assert isinstance(verdict, Counterexample)
    return verdict


def test_a_false_denial_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision that denies what is open does not get past any oracle."""
    _, cover = compare._decide(_COVER)
    assert isinstance(cover, Denied)
    _wrong(_HOLE, cover, monkeypatch)
    assert [check(1, Counter[str]()) is None for check in (against_naive, against_solvers)] == [False, False]


@pytest.mark.parametrize(("condition", "told"), [({}, False), ({"Null": {SSE: "true"}, "StringEquals": {"aws:Referer": "a"}}, True)])
def test_a_letter_that_may_be_two_is_looked_at_both_ways(condition: Json, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    """A denial that holds in each reading is none in doubt, and a hole in one of them is noticed."""
    _, cover = compare._decide(_COVER)
    halves = [{"Resource": "arn:aws:s3:::bkt/??*"}, {"Resource": "arn:aws:s3:::bkt/?", "Condition": condition}]
    wide = _deny(Resource="arn:aws:s3:::bkt/😀")["Statement"][0] | {"Condition": {"NumericEquals": {"s3:signatureAge": "5"}}}
    document = _deny() | {"Statement": [*(_deny(**half)["Statement"][0] for half in halves), wide]}
    _wrong(Case(document, _GOAL), cover, monkeypatch)
    monkeypatch.setattr(compare, "find_gap", lambda *_: None)
    found = [against_naive(seed, Counter[str](), attacks=40) for seed in range(10)]
    assert any(found) is told


def test_a_probe_that_objects_to_a_right_denial_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would turn a verdict into a disagreement."""
    monkeypatch.setattr(compare, "generate", lambda _: _COVER)
    monkeypatch.setattr(compare, "find_gap", lambda *_: _right_counterexample().request)
    found = against_naive(1, Counter[str]())
    assert found is not None
    assert found.what == "denied, and the probe objects"


def test_a_false_counterexample_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither does one that claims a hole in a cover."""
    _wrong(_COVER, _right_counterexample(), monkeypatch)
    assert [check(1, Counter[str]()) is None for check in (against_naive, against_solvers)] == [False, False]


@pytest.mark.parametrize(
    "change",
    [
        {"resource": "arn:aws:s3:::other/x"},
        {"context": ((SSE, ("aws:kms",)),)},
        {"action": "s3:GetObject"},
        {"context": (("aws:sourceip", ("10.0.0.1",)), ("aws:sourcevpce", ("vpce-1",)))},
    ],
    ids=("bucket", "header", "action", "impossible"),
)
def test_a_counterexample_to_something_else_is_noticed(change: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A request outside the goal, or one that cannot be sent, is no counterexample."""
    verdict = _right_counterexample()
    _wrong(_HOLE, verdict._replace(request=verdict.request._replace(**change)), monkeypatch)
    found = against_naive(1, Counter[str]())
    assert found is not None
    assert json.loads(found.document) == _HOLE.document


def test_undecided_claims_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Giving up is not contradicted; it is counted where a solver could tell."""
    _wrong(_COVER, Undecided(()), monkeypatch)
    counts = Counter[str]()
    assert [check(1, counts) for check in (against_naive, against_solvers)] == [None, None]
    assert counts["undecided where cvc5 decides"] == 1
    assert counts["undecided where cvc5 decides, and nobody objects"] == 1


@pytest.mark.parametrize(
    "condition",
    [{"StringLike": {SSE: "*"}, "Null": {SSE: "false"}}, {"StringNotEquals": {"aws:ResourceAccount": "111122223333"}}],
    ids=("empty value", "hangs on the bucket's account"),
)
def test_what_a_solver_decides_for_want_of_knowledge_is_told_apart(condition: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no empty values, of which AWS leaves open what they match, and does not know which requests can be sent."""
    deny = _deny()["Statement"][0]
    statements = [deny | {"Condition": one} for one in (condition, {"Null": {SSE: "true"}})]
    goal = _GOAL._replace(targets=(Target(("s3:PutObject",), "object", ()),))
    _wrong(Case(_deny() | {"Statement": statements}, goal), Undecided(()), monkeypatch)
    counts = Counter[str]()
    assert against_solvers(1, counts) is None
    assert counts["undecided where cvc5 decides"] == 1
    assert counts["undecided where cvc5 decides, and nobody objects"] == 0


@pytest.mark.parametrize(
    ("conditions", "counted"),
    [({"StringEquals": {SSE: "AES256"}}, 1), ({"StringEquals": {"aws:ResourceAccount": "111122223333"}}, 0)],
    ids=("clear", "hangs on the bucket's account"),
)
def test_undecided_is_counted_where_a_request_surely_gets_through(conditions: Json, counted: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """But not by a request that leaves out what every request to this bucket has."""
    _wrong(Case(_deny(Condition=conditions), _GOAL), Undecided(()), monkeypatch)
    counts = Counter[str]()
    assert against_naive(1, counts) is None
    assert counts["undecided where some request gets through"] == counted


def test_assumptions_reach_the_formulas() -> None:
    """With an assumption off the solvers see the requests that it forbids."""
    conditions = {"Bool": {"aws:SecureTransport": ["true", "false"]}}
    answers = []
    for present in (True, False):
        question = encode(_deny(Condition=conditions), _GOAL._replace(assumptions=Assumptions(secure_transport_present=present)))
        assert question is not None
        answers.append(ask_cvc5(question.lower))
    assert answers == ["unsat", "sat"]


@pytest.mark.parametrize("given", [True, False])
def test_whether_an_anonymous_caller_has_an_identity_is_an_assumption(given: bool) -> None:  # noqa: FBT001
    """With `anonymous-has-no-identity` off it may have each of the three keys that the assumption names."""
    request = Request(Anonymous(), "s3:PutObject", "arn:aws:s3:::bkt/x", (("aws:principalisawsservice", ("false",)),))
    assumptions = Assumptions()._replace(anonymous_has_no_identity=given)
    assert can_be_sent(request, "", assumptions) is not given
    assert possible(request, assumptions) is not given
