"""What a message says of a request holds of the request as it is printed, whatever the document."""

import json
from random import Random

import pytest

from bucketpolicy.document import Document
from bucketpolicy.explain import explain
from bucketpolicy.goal import Assumptions, Goal
from bucketpolicy.judge import judge
from bucketpolicy.parse import parse
from bucketpolicy.request import Identity, Request
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.semantics.feasible import complete, in_goal, keys_of
from bucketpolicy.verdict import Counterexample
from crossguard.messages.layout import LIMITS
from crossguard.messages.requests import describe_request
from crossguard.pack.rule import Rule
from crossguard.pack.settings import DEFAULTS
from policies import ALL
from tests.crossguard.sentences import read_request
from tests.differential import naive
from tests.differential.documents import generate
from tests.policies.cases import Case, read_cases

RULES = tuple(rule for rule in ALL if isinstance(rule, Rule))
BUCKET = "example-bucket"
CASES = tuple(case for case in read_cases() if isinstance(parse(case.text), Document))
#: Of the kinds in which a key, a name or a session was once left out of the sentence.
ODD = {
    "key-id": {"Null": {"s3:x-amz-server-side-encryption": "true", "s3:x-amz-server-side-encryption-aws-kms-key-id": "true"}},
    "customer-key": {"Null": {"s3:x-amz-server-side-encryption": "true", "s3:x-amz-server-side-encryption-customer-algorithm": "true"}},
    "mfa": {"Null": {"s3:x-amz-server-side-encryption": "true"}, "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
    "many": {
        "Null": {"s3:x-amz-server-side-encryption": "true"},
        "StringNotEquals": {
            f"aws:PrincipalTag/a-name-of-39-characters-in-the-tag-key-{number}": f"{number}-with-a-value-of-exactly-39-characters"
            for number in range(9)
        },
    },
    "role": {"Null": {"s3:x-amz-server-side-encryption": "true"}, "ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/backup-*"}},
    "user-id": {"Null": {"s3:x-amz-server-side-encryption": "true"}, "StringNotLike": {"aws:userid": "AROAEXAMPLE:*"}},
    "user-name": {"Null": {"s3:x-amz-server-side-encryption": "true"}, "StringNotEquals": {"aws:username": "alice"}},
    "secret": {"Null": {"s3:x-amz-server-side-encryption": "true"}, "StringNotEquals": {"aws:Referer": "hunter2"}},
    "network": {"Null": {"s3:x-amz-server-side-encryption": "true"}, "NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]}},
}


def deny(condition: object, **changes: object) -> str:
    """A document that denies all requests to the bucket under a condition."""
    arn = f"arn:aws:s3:::{BUCKET}"
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, f"{arn}/*"], "Condition": condition, **changes}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def assert_told(text: str, goal: Goal) -> bool:
    """The sentence at each of its lengths, read back, is a request of the goal that is not denied: for both readings and a third."""
    document = parse(text)
    assert isinstance(document, Document)
    verdict = judge(document, goal)
    if not isinstance(verdict, Counterexample):
        return False
    shown = explain(document, goal, verdict.request).shown
    mentioned = keys_of(document)
    for limit in LIMITS:
        sentence = describe_request(shown, document, goal.bucket, limit)
        bucket = shown.request.resource.partition("/")[0].rpartition(":")[2]
        told = complete(read_request(sentence, shown.request, bucket), goal.assumptions, mentioned)
        assert in_goal(told, goal, mentioned), sentence
        assert is_denied(document, told, goal.assumptions) is False, sentence
        assert naive.is_denied(json.loads(text), told, goal.assumptions) is False, sentence
    return True


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}/{case.name}")
def test_the_request_of_a_case_is_told_whole(case: Case) -> None:
    """Each document of the case files, under each policy."""
    for rule in RULES:
        bucket = case.bucket or BUCKET
        assert_told(case.text, rule.goal(bucket, "aws", DEFAULTS))


@pytest.mark.parametrize("name", sorted(ODD))
def test_what_decides_is_never_left_out(name: str) -> None:
    """Keys, callers and values without which the statement would deny."""
    assert assert_told(deny(ODD[name]), RULES[0].goal(BUCKET, "aws", DEFAULTS))


def test_the_request_of_a_random_document_is_told_whole() -> None:
    """Callers, sessions, tags, addresses and variables as nobody would write them."""
    random, found = Random(7), 0
    for _ in range(600):
        document, goal = generate(random)
        text = json.dumps(document)
        if isinstance(parse(text), Document):
            found += assert_told(text, goal._replace(assumptions=Assumptions()))
    assert found > 100


def test_what_decides_above_the_document_is_told() -> None:
    """A key by which a resource control policy spares the request stays, whatever the document itself speaks of."""
    goal = RULES[0].goal(BUCKET, "aws", DEFAULTS)
    alone, above = parse(deny({}, Effect="Allow")), parse(deny(ODD["mfa"]))
    assert isinstance(alone, Document)
    assert isinstance(above, Document)
    verdict = judge(above, goal)
    assert isinstance(verdict, Counterexample)
    assert "aws:multifactorauthpresent" in dict(explain(alone, goal, verdict.request, above).shown.request.context)
    assert "aws:multifactorauthpresent" not in dict(explain(alone, goal, verdict.request).shown.request.context)


def test_a_caller_is_named_where_every_other_account_is_spoken_of() -> None:
    """Nobody is left who could be anybody."""
    accounts = ["111122223333", "444455556666", "777788889999", "123456789012"]
    text = deny({"Null": {"s3:x-amz-server-side-encryption": "true"}}, NotPrincipal={"AWS": accounts}, Principal=None)
    text = text.replace('"Principal": null, ', "")
    document = parse(text)
    assert isinstance(document, Document)
    caller = Identity("root", "111122223333", "arn:aws:iam::111122223333:root")
    request = Request(caller, "s3:PutObject", f"arn:aws:s3:::{BUCKET}/a", (("aws:securetransport", ("true",)),))
    shown = explain(document, RULES[0].goal(BUCKET, "aws", DEFAULTS), request).shown
    assert (shown.anyone, shown.request.principal) == (False, caller)
