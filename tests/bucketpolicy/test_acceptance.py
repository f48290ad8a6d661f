"""What S3 refuses although the document is well-formed, and what it may refuse."""

import json
from pathlib import Path

import pytest

from bucketpolicy.acceptance import SOURCES, Refusal, find_first_byte, find_refusals, find_remarks
from bucketpolicy.document import Document, Problem
from bucketpolicy.parse import parse
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS, OTHER_ACTIONS

Json = dict[str, object]

OBJECTS, BUCKET = "arn:aws:s3:::logs/*", "arn:aws:s3:::logs"
RESOURCE, ACTION, PRINCIPAL, FIRST_BYTE = SOURCES


def read(*statements: Json) -> Document:
    """A document of these statements, each a Deny of everything that is not said otherwise."""
    base: Json = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [BUCKET, OBJECTS]}
    whole = [{key: value for key, value in (base | one).items() if value is not None} for one in statements]
    document = parse(json.dumps({"Version": "2012-10-17", "Statement": whole}))
    assert isinstance(document, Document)
    return document


def refuse(*statements: Json, bucket: str | None = "logs") -> list[tuple[str, str]]:
    """What S3 refuses: error and path."""
    return [(one.error, one.path) for one in find_refusals(read(*statements), bucket)]


@pytest.mark.parametrize(
    "resource", ["*", "logs", "arn:aws:s3::logs/*", "arn:aws:s3:logs", "", "arn:aws:s3:::other/*", "arn:aws:s3:::other", "arn:aws:s3:::/*"]
)
@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_resource_that_is_not_this_bucket_is_invalid(resource: str, effect: str) -> None:
    """A star, what is not an ARN, and another bucket's ARN, also beside a right one and in a statement of any effect."""
    assert refuse({"Resource": [OBJECTS, BUCKET, resource], "Effect": effect}) == [(RESOURCE, "$.Statement[0].Resource")]


@pytest.mark.parametrize(
    "resource",
    [
        OBJECTS,
        "arn:aws:s3:::logs/a:b:c/*",
        "arn:aws:s3:::logs/${aws:username}/*",
        "arn:aws:s3:::*",
        "arn:aws:s3:::other-*/*",
        "arn:aws:s3:::other?",
        "arn:aws:s3:::${aws:PrincipalTag/bucket}/*",
        "arn:*:s3:::other/*",
        "arn:aws-cn:s3:::logs/*",
        "arn:aws:s3:eu-west-1:111122223333:accesspoint/other/object/*",
    ],
)
def test_what_is_not_known_to_be_invalid_is_not_refused(resource: str) -> None:
    """A wildcard or a variable in the bucket's part, another partition, an access point: S3's answer is not public, or it is none."""
    assert refuse({"Resource": resource}) == []


def test_not_resource_is_not_asked() -> None:
    """What a statement leaves out may lie anywhere."""
    assert refuse({"Resource": None, "NotResource": ["*", "arn:aws:s3:::other/*"]}) == []


def test_of_a_bucket_without_a_name_only_what_holds_for_every_name_is_said() -> None:
    """One name may be the bucket's own; of two, one is another's."""
    assert refuse({"Resource": "arn:aws:s3:::other/*"}, bucket=None) == []
    assert refuse({"Resource": "*"}, bucket=None) == [(RESOURCE, "$.Statement[0].Resource")]
    one: Json = {"Resource": "arn:aws:s3:::one/*"}
    two: Json = {"Resource": "arn:aws:s3:::two/*"}
    assert refuse(one, two, bucket=None) == [(RESOURCE, "$.Statement[1].Resource")]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetBucketAcl", OBJECTS),
        ("s3:ListBucket", [OBJECTS, "arn:aws:s3:::logs/AWSLogs/*"]),
        (["s3:GetObject", "S3:LISTBUCKET"], OBJECTS),
        ("s3:PutObject", BUCKET),
        (["s3:ListBucket", "s3:PutObject"], BUCKET),
    ],
)
def test_an_action_needs_a_resource_of_its_kind(action: object, resource: object) -> None:
    """Whatever else the statement lists; names of actions are not case-sensitive."""
    assert refuse({}, {"Action": action, "Resource": resource}) == [(ACTION, "$.Statement[1].Action")]


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:*", OBJECTS),
        ("*", BUCKET),
        ("s3:GetBucket*", OBJECTS),
        (["s3:GetObject", "s3:ListBucket"], [BUCKET, OBJECTS]),
        ("s3:ListBucket", "arn:aws:s3:::log*"),
        ("s3:GetObject", ["arn:aws:s3:::log?", BUCKET]),
        ("s3:ListBucket", "arn:aws:s3:::logs${aws:username}/*"),
        ("s3:ListAllMyBuckets", OBJECTS),
        ("s3:GetAccessPoint", BUCKET),
        ("s3:NoSuchAction", OBJECTS),
        ("ec2:RunInstances", OBJECTS),
        ("s3:GetBucketAcl", ["arn:aws:s3:eu-west-1:111122223333:accesspoint/x/object/*"]),
        ("s3:GetBucketAcl", []),
    ],
)
def test_where_it_is_not_known_that_an_action_fits_nothing_nothing_is_said(action: object, resource: object) -> None:
    """Wildcards, actions of accounts and access points, resources that may be of either kind."""
    assert refuse({"Action": action, "Resource": resource}) == []


def test_not_action_is_not_asked() -> None:
    """It covers whatever fits."""
    assert refuse({"Action": None, "NotAction": "s3:GetBucketAcl", "Resource": OBJECTS}) == []
    assert refuse({"Action": "s3:GetBucketAcl", "Resource": None, "NotResource": OBJECTS}) == []


@pytest.mark.parametrize(
    "principal",
    [
        {"AWS": "arn:aws:iam::111122223333:role/app-*"},
        {"AWS": ["111122223333", "arn:aws:iam::*:root"]},
        {"AWS": "arn:aws:iam::111122223333:user/x?"},
        {"Federated": "arn:aws:iam::111122223333:saml-provider/*"},
    ],
)
@pytest.mark.parametrize("element", ["Principal", "NotPrincipal"])
def test_a_wildcard_inside_a_principal_is_invalid(principal: object, element: str) -> None:
    """Whoever it would be."""
    assert refuse({"Principal": None, element: principal}) == [(PRINCIPAL, f"$.Statement[0].{element}")]


@pytest.mark.parametrize(
    "principal", ["*", {"AWS": "*"}, {"AWS": "arn:aws:iam::111122223333:root"}, {"Service": "*"}, {"CanonicalUser": "*"}, {"AWS": "1*"}]
)
def test_other_principals_are_not_refused(principal: object) -> None:
    """The lone star is everybody; of what is not an ARN S3's answer is not public."""
    assert refuse({"Principal": principal}) == []


def test_a_refusal_names_error_statement_path_and_source() -> None:
    """All of them, in the document's order."""
    document = read({}, {"Sid": "Mine", "Principal": {"AWS": "arn:aws:iam::1:role/*"}, "Action": "s3:GetBucketAcl", "Resource": OBJECTS})
    principal, action = find_refusals(document, "logs")
    assert principal == Refusal(PRINCIPAL, "$.Statement[1].Principal", 2, "Mine")
    assert (action.error, action.statement, action.source) == (ACTION, 2, SOURCES[ACTION])
    reason = f"S3 refuses this with its error `{ACTION}` (docs/semantics.md, {action.source})"
    assert action.to_problem() == Problem("$.Statement[1].Action", reason)


@pytest.mark.parametrize("text", ["\n{}", " {}", "\t{}", "\ufeff{}", "", "[]"])
def test_the_first_byte_is_a_brace(text: str) -> None:
    """White space in front counts where S3 gets the text as it is."""
    assert find_first_byte(text) == Refusal(FIRST_BYTE, "$")
    assert find_first_byte("{}\n") is None


def test_every_error_has_a_row_in_the_documentation() -> None:
    """With the sources in which it was seen."""
    page = (Path(__file__).parents[2] / "docs" / "semantics.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if line.startswith("| S-")}
    for error, row in SOURCES.items():
        assert error in rows[row]


# Remarks


def remark(*statements: Json) -> list[tuple[int, str]]:
    """What S3 may refuse: path's last element and reason."""
    return [(one.statement, one.path.rpartition("]")[2]) for one in find_remarks(read(*statements))]


@pytest.mark.parametrize(
    ("statement", "path"),
    [
        ({"Action": "s3:NoSuchAction"}, ".Action"),
        ({"Action": "s3:GetBucketX*"}, ".Action"),
        ({"Action": None, "NotAction": "S3:Nothing"}, ".NotAction"),
        ({"Action": "s3:ListAllMyBuckets"}, ".Action"),
        ({"Action": "s3:GetAccessPoint*"}, ".Action"),
        ({"Resource": "arn:aws:s3:::log*"}, ".Resource"),
        ({"Resource": None, "NotResource": "arn:aws:s3:::log?/*"}, ".NotResource"),
        ({"Principal": {"AWS": "root"}}, ".Principal"),
        ({"Principal": {"Service": "cloudtrail"}}, ".Principal"),
        ({"Condition": {"Null": {"s3:x-amz-no-such-key": "true"}}}, ".Condition.Null"),
    ],
)
def test_what_s3_may_refuse_is_remarked_upon(statement: Json, path: str) -> None:
    """Once for each element, and in no other statement."""
    assert remark({}, statement) == [(2, path)]


@pytest.mark.parametrize(
    "statement",
    [
        {},
        {"Action": ["*", "s3:Get*", "ec2:*", "s3:PutObject"]},
        {"Resource": ["*", "arn:aws:s3:::logs/a*"]},
        {
            "Principal": {
                "AWS": ["*", "111122223333", "arn:aws:iam::cloudfront:user/x", "AIDAEXAMPLEUSERID12"],
                "Service": "s3.amazonaws.com",
            }
        },
        {"Principal": {"Federated": "x", "CanonicalUser": "y"}},
        {"Condition": {"Null": {"s3:x-amz-acl": "true", "aws:nosuchkey": "true", "custom:key": "true"}}},
    ],
)
def test_what_s3_takes_is_not_remarked_upon(statement: Json) -> None:
    """A remark on a right document would be noise."""
    assert remark(statement) == []


def test_the_same_is_remarked_once() -> None:
    """However many entries of an element it is true of."""
    assert remark({"Action": ["s3:NoSuchAction", "s3:NoSuchAction2"]}) == [(1, ".Action")]


def test_the_three_tables_of_actions_share_no_name_that_is_elsewhere() -> None:
    """An action that is asked of objects or buckets is not among the others."""
    assert set(OTHER_ACTIONS).isdisjoint({*OBJECT_ACTIONS, *BUCKET_ACTIONS})
    assert "s3:ListAllMyBuckets" in OTHER_ACTIONS
