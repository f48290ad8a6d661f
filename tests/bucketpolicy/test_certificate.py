"""The second look at a proof: what the search finds is accepted, and anything broken is refused."""

import json

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, Absent, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.proof.budget import Budget
from bucketpolicy.proof.certificate import Inside, Proof, Split
from bucketpolicy.proof.check import check_cover, check_proof
from bucketpolicy.proof.compile import compile_target
from bucketpolicy.proof.cover import Covered, search
from bucketpolicy.proof.decide import decide
from bucketpolicy.proof.domains import Literals
from bucketpolicy.proof.encoding import encode
from bucketpolicy.verdict import Denied

GOAL = Goal("b", "aws", (Target(("s3:PutObject",), "object", (Absent(SSE),)),))
A, B = {"s3:x-amz-acl": "true"}, {"s3:x-amz-storage-class": "true"}
NOT_A, NOT_B = {"s3:x-amz-acl": "false"}, {"s3:x-amz-storage-class": "false"}


def make(*nulls: dict[str, str], resource: str = "arn:aws:s3:::b/*") -> Document:
    """A document of one Deny for each of these `Null` conditions."""
    statements = [
        {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resource, "Condition": {"Null": null}} for null in nulls
    ]
    parsed = parse(json.dumps({"Statement": statements}))
    assert isinstance(parsed, Document)
    return parsed


FOUR_CASES = make(A | B, A | NOT_B, NOT_A | B, NOT_A | NOT_B)


def prove(document: Document) -> Proof:
    """The proof that the document denies the goal."""
    verdict = decide(document, GOAL)
    assert isinstance(verdict, Denied)
    return verdict.proof


@pytest.mark.parametrize("document", [FOUR_CASES, make({SSE: "true"}), make(A, NOT_A)])
def test_a_proof_of_the_search_is_accepted(document: Document) -> None:
    """Whatever the search takes for covered has a proof that can be followed."""
    assert check_proof(document, GOAL, prove(document))


def test_a_proof_does_not_fit_another_document() -> None:
    """One case less, and the same steps prove nothing."""
    assert check_proof(make(A | B, A | NOT_B, NOT_A | B), GOAL, prove(FOUR_CASES)) is False
    assert check_proof(make(A | B, A | NOT_B, NOT_A | B, NOT_A | NOT_B, resource="arn:aws:s3:::b/a*"), GOAL, prove(FOUR_CASES)) is False


def test_every_corruption_of_a_proof_is_refused() -> None:
    """No step can lead to another cube, another literal or another step, and none can be left out."""
    proof = prove(FOUR_CASES)
    (steps,) = proof.covers
    refused = 0
    for number, step in enumerate(steps):
        changes: list[Inside | Split] = [Inside((step.cube + 1) % 4), Inside(-1), Inside(4)]
        if isinstance(step, Split):
            changes = [
                *changes,
                step._replace(outside=-1),
                step._replace(outside=number),
                step._replace(inside=len(steps)),
                step._replace(literal=2),
                step._replace(literal=-1),
                step._replace(outside=step.inside, inside=step.outside),
            ]
        for change in changes:
            corrupt = (*steps[:number], change, *steps[number + 1 :])
            assert check_proof(FOUR_CASES, GOAL, proof._replace(covers=(corrupt,))) is False
            refused += 1
    assert refused > len(steps)


def test_a_proof_that_forgets_empty_values_is_none() -> None:
    """A client may send a header without a value, which no case of such a proof is about."""
    agent = "aws:UserAgent"
    conditions = [{"StringNotEquals": {agent: "a"}, "Null": {agent: "false"}}, {"StringEqualsIfExists": {agent: "a"}}]
    denies = [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition} for condition in conditions]
    document = parse(json.dumps({"Statement": denies}))
    assert isinstance(document, Document)
    readings = compile_target(document, GOAL._replace(targets=()), GOAL.targets[0])
    encoding = encode(readings.space, tuple(cube.literals for cube in readings.lower), Budget(), upper=True)
    assert encoding is not None
    found = search(encoding.space, encoding.cubes, tuple(range(len(encoding.cubes))), Budget())
    assert isinstance(found, Covered)
    assert check_proof(document, GOAL, Proof(GOAL.assumptions, (found.steps,))) is False


def test_a_proof_needs_a_cover_for_every_target() -> None:
    """A missing cover, an empty one, and assumptions that the goal does not make."""
    proof = prove(FOUR_CASES)
    assert check_proof(FOUR_CASES, GOAL, proof._replace(covers=())) is False
    assert check_proof(FOUR_CASES, GOAL, proof._replace(covers=((),))) is False
    stricter = GOAL._replace(assumptions=GOAL.assumptions._replace(secure_transport_present=False))
    assert check_proof(FOUR_CASES, stricter, proof) is False


def test_a_cover_is_checked_step_by_step() -> None:
    """Two bits, and a cube for each: one distinction is enough, and is needed."""
    cubes: dict[int, Literals] = {0: ((0, 1),), 1: ((0, 2),)}
    assert check_cover((3,), cubes, (Split(0, 0, 2, 1), Inside(0), Inside(1)), Budget())
    assert check_cover((1,), cubes, (Inside(0),), Budget())
    assert check_cover((3,), cubes, (Split(0, 0, 1, -1), Inside(1)), Budget())
    assert check_cover((3,), cubes, (Split(1, 0, 1, -1), Inside(1)), Budget()) is False
    assert check_cover((3,), cubes, (Inside(0),), Budget()) is False


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (Inside(2),),
        (Inside(-1),),
        (Split(0, 1, 1, -1), Inside(1)),
        (Split(0, -1, 1, -1), Inside(1)),
        (Split(0, 0, -1, -1),),
        (Split(0, 0, 0, -1),),
        (Split(0, 0, 5, -1), Inside(1)),
        (Split(0, 0, 1, 0), Inside(1)),
    ],
)
def test_a_broken_cover_is_refused(steps: tuple[Inside | Split, ...]) -> None:
    """No steps, no such cube, no such literal, a part left out, and steps that lead backwards or beyond the end."""
    assert check_cover((3,), {0: ((0, 1),), 1: ((0, 2),)}, steps, Budget()) is False
