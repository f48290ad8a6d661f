"""A bucket's name does not matter where the verdict under the shared name is taken for its own."""

import json
from collections.abc import Iterator
from random import Random

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import SSE, TRANSPORT, Absent, Equal, Goal, Target
from bucketpolicy.parse import parse
from bucketpolicy.proof.decide import decide
from bucketpolicy.rename import SHARED, restore_name, share_name
from bucketpolicy.verdict import Counterexample, Denied, Verdict
from tests.differential.documents import generate
from tests.policies.cases import read_cases

GOALS = (
    Target(("s3:PutObject",), "object", (Absent(SSE),)),
    Target(("s3:PutObject",), "object", (Equal(TRANSPORT, "false"),)),
    Target(("s3:ListBucket", "s3:GetBucketAcl"), "bucket", (Equal(TRANSPORT, "false"),)),
)


def read(*resources: str, element: str = "Resource") -> Document:
    """A document with one statement about these resources."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", element: list(resources), "Condition": condition}
    found = parse(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert isinstance(found, Document)
    return found


def say(verdict: Verdict) -> object:
    """A verdict without its proof, whose order may follow from the name's letters."""
    return verdict._replace(proof=None) if isinstance(verdict, Denied) else verdict  # type: ignore[arg-type]


def list_questions() -> Iterator[tuple[str, Goal]]:
    """Every case with three goals about its bucket, and random documents with random goals."""
    for case in read_cases():
        if case.bucket is not None:
            yield from ((case.text, Goal(case.bucket, "aws", (target,))) for target in GOALS)
    random = Random(11)
    for made in (generate(random) for _ in range(600)):
        yield json.dumps(made.document), made.goal


def test_the_verdict_is_the_same_under_the_shared_name() -> None:
    """For every document of the cases, and random ones, whose name can be shared; and many can."""
    shared = 0
    for text, goal in list_questions():
        document = parse(text)
        pair = share_name(document, goal) if isinstance(document, Document) else None
        if isinstance(document, Document) and pair is not None and goal.bucket is not None:
            shared += 1
            assert say(restore_name(decide(*pair), goal.bucket)) == say(decide(document, goal)), text
    assert shared > 1000


def test_documents_that_differ_in_the_name_only_become_one() -> None:
    """Also beside another bucket's ARN, and a resource that is everything."""
    goal = Goal("one", "aws", (GOALS[0],))
    first = share_name(read("arn:aws:s3:::one", "arn:aws:s3:::one/*", "arn:aws:s3:::other/*", "*"), goal)
    second = share_name(read("arn:aws:s3:::two", "arn:aws:s3:::two/*", "arn:aws:s3:::other/*", "*"), goal._replace(bucket="two"))
    assert first is not None
    assert first == second
    assert share_name(read("arn:aws:s3:::one/*"), goal) != share_name(read("arn:aws:s3:::two/*"), goal)


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:s3:::on*/x",
        "arn:aws:s3:::o?e/*",
        "arn:aws:s3:::${aws:username}/*",
        "arn:aws:s3:::*",
        f"arn:aws:s3:::{SHARED}/*",
        "s3:::one/*",
        "",
    ],
)
@pytest.mark.parametrize("element", ["Resource", "NotResource"])
def test_a_name_that_may_matter_is_kept(resource: str, element: str) -> None:
    """A wildcard or a variable in the bucket's part may match one name and not the other."""
    assert share_name(read("arn:aws:s3:::one/*", resource, element=element), Goal("one", "aws", (GOALS[0],))) is None


def test_a_name_that_is_not_known_is_not_shared() -> None:
    """Only what holds for every name may be said of it."""
    assert share_name(read("arn:aws:s3:::one/*"), Goal(None, "aws", (GOALS[0],))) is None


def test_a_request_is_about_the_bucket_itself() -> None:
    """Whatever it is called in between."""
    document, goal = read("arn:aws:s3:::one/a/*"), Goal("one", "aws", (GOALS[1],))
    pair = share_name(document, goal)
    assert pair is not None
    verdict = restore_name(decide(*pair), "one")
    assert isinstance(verdict, Counterexample)
    assert verdict.request.resource.startswith("arn:aws:s3:::one/")
    denied = decide(read("arn:aws:s3:::one/*"), goal)
    assert restore_name(denied, "one") is denied
