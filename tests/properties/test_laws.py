"""Laws that hold for every document, whatever its verdict."""

import copy
import json
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from bucketpolicy.document import Document
from bucketpolicy.goal import Goal
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.proof.decide import decide
from bucketpolicy.semantics import evaluate
from bucketpolicy.verdict import Counterexample, Denied, Undecided, Verdict
from tests.differential.documents import Case, generate
from tests.differential.naive import Json, is_denied, listed
from tests.differential.requests import in_goal, mention, possible
from tests.properties.strategies import documents

_FEW = settings(max_examples=60)


def _read(plain: Json) -> Document:
    document = parse(json.dumps(plain))
    assert isinstance(document, Document)
    return document


def _kind(plain: Json, goal: Goal) -> type[Verdict]:
    return type(decide(_read(plain), goal))


def _statements(plain: Json) -> list[Json]:
    return [copy.deepcopy(statement) for statement in listed(plain["Statement"])]


@_FEW
@given(documents)
def test_counterexamples_replay(case: Case) -> None:
    """A counterexample is in the goal, can be sent, and is denied by nobody: neither by `evaluate` nor by a third reading."""
    document = _read(case.document)
    verdict = decide(document, case.goal)
    if isinstance(verdict, Counterexample):
        assert in_goal(case.goal, verdict.request)
        assert possible(verdict.request, case.goal.assumptions, mention(case.document))
        assert evaluate.is_denied(document, verdict.request, case.goal.assumptions) is False
        assert is_denied(case.document, verdict.request, case.goal.assumptions) is False


@_FEW
@given(documents)
def test_judging_repeats_deciding(case: Case) -> None:
    """No verdict is lost in the replay: the readings agree."""
    document = _read(case.document)
    assert judge(document, case.goal) == decide(document, case.goal)


@_FEW
@given(documents, st.integers(0, 2**30))
def test_another_deny_never_opens(case: Case, seed: int) -> None:
    """What is denied stays denied when a statement denies more."""
    more = [one for one in _statements(generate(Random(seed)).document) if one["Effect"] == "Deny"]
    longer = case.document | {"Statement": _statements(case.document) + more}
    if _kind(case.document, case.goal) is Denied:
        assert _kind(longer, case.goal) is Denied


@_FEW
@given(documents, st.integers(0, 2**30))
def test_one_deny_less_never_closes(case: Case, position: int) -> None:
    """What gets through still gets through when a statement is taken away."""
    statements = _statements(case.document)
    del statements[position % len(statements)]
    if statements and _kind(case.document, case.goal) is Counterexample:
        assert _kind(case.document | {"Statement": statements}, case.goal) is not Denied


@_FEW
@given(documents)
def test_allow_does_not_matter(case: Case) -> None:
    """Explicit denial is about Deny: statements that allow change nothing."""
    allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}
    more = case.document | {"Statement": [*_statements(case.document), allow]}
    assert _kind(more, case.goal) is _kind(case.document, case.goal)


@_FEW
@given(documents, st.randoms(use_true_random=False))
def test_order_does_not_matter(case: Case, rng: Random) -> None:
    """Statements and conditions in another order are the same document."""
    statements = _statements(case.document)
    rng.shuffle(statements)
    for statement in statements:
        if "Condition" in statement:
            operators = list(statement["Condition"].items())
            rng.shuffle(operators)
            statement["Condition"] = dict(operators)
    assert _kind(case.document | {"Statement": statements}, case.goal) is _kind(case.document, case.goal)


@_FEW
@given(documents)
def test_repetition_does_not_matter(case: Case) -> None:
    """A statement written twice is written once."""
    twice = case.document | {"Statement": _statements(case.document) * 2}
    assert _kind(twice, case.goal) is _kind(case.document, case.goal)


def _wrap(statement: Json) -> Json:
    """The same statement with a list wherever one value may stand."""
    wrapped = dict(statement)
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        if element in wrapped:
            wrapped[element] = listed(wrapped[element])
    for element in ("Principal", "NotPrincipal"):
        if isinstance(wrapped.get(element), dict):
            wrapped[element] = {kind: listed(value) for kind, value in wrapped[element].items()}
    if "Condition" in wrapped:
        wrapped["Condition"] = {
            operator: {key: listed(value) for key, value in keys.items()} for operator, keys in wrapped["Condition"].items()
        }
    return wrapped


@_FEW
@given(documents)
def test_a_scalar_is_a_list_of_one(case: Case) -> None:
    """One value and a list of it are the same document, up to the path of a lone statement."""
    wrapped = case.document | {"Statement": [_wrap(statement) for statement in _statements(case.document)]}
    bare = case.document | {"Statement": _statements(case.document)}
    assert _read(wrapped) == _read(bare)
    assert _kind(wrapped, case.goal) is _kind(case.document, case.goal)


@_FEW
@given(documents)
def test_the_case_of_keys_does_not_matter(case: Case) -> None:
    """Condition keys are compared without regard to case."""
    statements = _statements(case.document)
    for statement in statements:
        for operator, keys in statement.get("Condition", {}).items():
            statement["Condition"][operator] = {key.swapcase(): value for key, value in keys.items()}
    assert _kind(case.document | {"Statement": statements}, case.goal) is _kind(case.document, case.goal)


@_FEW
@given(documents)
def test_a_smaller_goal_is_no_harder(case: Case) -> None:
    """What is denied of a goal is denied of each of its targets, and what gets through gets through one of them."""
    kinds = {_kind(case.document, case.goal._replace(targets=(target,))) for target in case.goal.targets}
    whole = _kind(case.document, case.goal)
    assert whole is not Denied or kinds == {Denied}
    assert whole is not Counterexample or Counterexample in kinds
    assert whole is not Undecided or Undecided in kinds


@_FEW
@given(documents, st.sampled_from(("111122223333", "arn:aws:iam::111122223333:user/bob", "logging.s3.amazonaws.com")))
def test_an_exemption_never_opens(case: Case, exempt: str) -> None:
    """Whoever need not be denied makes the goal smaller."""
    if _kind(case.document, case.goal) is Denied:
        assert _kind(case.document, case.goal._replace(exempt=(*case.goal.exempt, exempt))) is Denied


@_FEW
@given(documents)
def test_deciding_is_repeatable(case: Case) -> None:
    """The same question gets the same answer, to the letter."""
    document = _read(case.document)
    assert decide(document, case.goal) == decide(document, case.goal)


@_FEW
@given(documents)
def test_an_unknown_bucket_claims_less(case: Case) -> None:
    """What is claimed of every bucket's name is claimed of this one."""
    every = _kind(case.document, case.goal._replace(bucket=None))
    assert every in {Undecided, _kind(case.document, case.goal)} or (
        every is Denied and _kind(case.document, case.goal) is not Counterexample
    )
