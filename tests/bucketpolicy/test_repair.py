"""A repaired document denies its goal, keeps what it had to the letter, and is left alone from then on."""

import json
from random import Random

import pytest

from bucketpolicy.document import Document
from bucketpolicy.goal import (
    SSE,
    SSE_CUSTOMER,
    SSE_KMS_KEY,
    TLS_VERSION,
    TRANSPORT,
    Absent,
    AbsentOrOther,
    Assumptions,
    Below,
    Equal,
    Goal,
    Restriction,
    Target,
)
from bucketpolicy.judge import judge
from bucketpolicy.parse import MAX_BYTES, parse
from bucketpolicy.repair import CannotRepair, Repaired, is_blank, is_bucket_name, name_bucket, repair, write_document, write_statements
from bucketpolicy.request import Anonymous, Identity, Principal, Request, Service
from bucketpolicy.semantics.evaluate import is_denied
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from bucketpolicy.tables.keys import _KEYS, find_key
from bucketpolicy.verdict import Denied
from tests.differential.documents import generate

BUCKET = "reports"
ARN = "arn:aws:s3:::reports"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/k1"
ROLE = "arn:aws:iam::111122223333:role/team/deploy"
USER = "arn:aws:iam::111122223333:user/bob"


def upload(sid: str, *restrictions: Restriction) -> Target:
    """Uploads with these restrictions."""
    return Target(("s3:PutObject",), "object", restrictions, sid)


INSECURE = (Equal(TRANSPORT, "false"),)
HEADER = Goal(BUCKET, "aws", (upload("DenyHeaderless", Absent(SSE)),))
HTTP = Goal(BUCKET, "aws", (upload("DenyInsecureUploads", *INSECURE),))
TLS = HTTP._replace(targets=(*HTTP.targets, upload("DenyOldTls", Equal(TRANSPORT, "true"), Below(TLS_VERSION, "1.2"))))
KMS = Goal(
    BUCKET, "aws", (upload("DenyOther", AbsentOrOther(SSE, ("aws:kms",))), upload("DenyOtherKey", AbsentOrOther(SSE_KMS_KEY, (KEY,))))
)
CUSTOMER = Goal(BUCKET, "aws", (upload("DenyHeaderless", Absent(SSE), Absent(SSE_CUSTOMER)),))
REQUESTS = Goal(
    BUCKET,
    "aws",
    (
        Target(BUCKET_ACTIONS, "bucket", INSECURE, "DenyInsecureRequests"),
        Target(OBJECT_ACTIONS, "object", INSECURE, "DenyInsecureRequests"),
    ),
)
OBJECTS = Goal(BUCKET, "aws", REQUESTS.targets[1:])
SOME = Goal(
    BUCKET,
    "aws",
    (Target(BUCKET_ACTIONS, "bucket", INSECURE, "DenySome"), Target(("s3:PutObject", "s3:GetObject"), "object", INSECURE, "DenySome")),
)
PUBLIC = Goal(
    BUCKET, "aws", tuple(upload("DenyPublicAcls", Equal("s3:x-amz-acl", value)) for value in ("public-read", "public-read-write"))
)
ACL = Goal(BUCKET, "aws", (Target(("s3:PutObject", "s3:PutObjectAcl"), "object", (Absent("s3:x-amz-acl"),), "DenyWithoutAcl"),))
ANYTHING = Goal(BUCKET, "aws", (Target(("s3:DeleteBucket",), "bucket", ()),))
GOALS = {
    "header": HEADER,
    "http": HTTP,
    "tls": TLS,
    "kms": KMS,
    "customer": CUSTOMER,
    "requests": REQUESTS,
    "objects": OBJECTS,
    "some": SOME,
    "acl": ACL,
    "public": PUBLIC,
    "anything": ANYTHING,
}

DOCUMENTS = {
    "allow": '{"Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}',
    "snippet": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:PutObject",
                    "Resource": f"{ARN}/*",
                    "Condition": {"Null": {SSE: "true"}, "Bool": {"aws:SecureTransport": "false"}},
                }
            ],
        }
    ),
    "undecided": json.dumps(
        {
            "Statement": [
                {
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": "s3:*",
                    "Resource": ["arn:*:s3:::reports", "arn:*:s3:::reports/*"],
                    "Condition": {"StringEquals": {"aws:PrincipalTag/x": []}},
                }
            ]
        }
    ),
    "numbers": '{"Id":"x","Statement":[{"Effect":"Deny","Principal":{"AWS":"*"},"Action":["s3:Get*"],"NotResource":[],'
    '"Condition":{"NumericLessThan":{"s3:TlsVersion":1.20},"Bool":{"aws:SecureTransport":true}}}],"Version":"2008-10-17"}',
}


def repaired(text: str, goal: Goal) -> Repaired:
    """The repair of a document that can be repaired."""
    result = repair(text, goal)
    assert isinstance(result, Repaired)
    return result


def read(text: str) -> Document:
    """The document in a text that has one."""
    document = parse(text)
    assert isinstance(document, Document)
    return document


@pytest.mark.parametrize("goal", GOALS.values(), ids=GOALS.keys())
@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS.keys())
def test_repaired_denies_the_goal_and_repairing_twice_is_repairing_once(text: str, goal: Goal) -> None:
    """The result is proved, and has nothing missing."""
    once = repaired(text, goal)
    assert isinstance(judge(read(once.text), goal), Denied)
    assert repair(once.text, goal) == Repaired(once.text, ())


def test_random_documents_are_repaired_and_keep_their_statements() -> None:
    """Whatever is well-formed can be repaired; its own statements come first, unchanged, numbers as they were written."""
    random = Random(16)
    for _ in range(300):
        case = generate(random)
        text = json.dumps(case.document, indent=random.choice((None, 2)))
        goal = case.goal._replace(assumptions=Assumptions())
        result = repaired(text, goal)
        before, after = listed(text), listed(result.text)
        assert isinstance(judge(read(result.text), goal), Denied)
        assert repair(result.text, goal) == Repaired(result.text, ())
        assert after[: len(before)] == before


def listed(text: str) -> list[object]:
    """The statements of a document, members in their order and numbers as they are spelled."""
    statements = dict(json.loads(text, object_pairs_hook=list, parse_int=str, parse_float=str))["Statement"]
    alone = isinstance(statements[0], tuple)
    return [statements] if alone else list(statements)


def test_only_what_is_missing_is_added() -> None:
    """A document that denies plain HTTP lacks only the comparison of the TLS version."""
    http = repaired(DOCUMENTS["allow"], HTTP)
    assert [json.loads(statement)["Sid"] for statement in repaired(http.text, TLS).added] == ["DenyOldTls"]


#: The key as documents have it.
TRANSPORT_AS_WRITTEN = "aws:SecureTransport"


def deny(sid: str, action: object = "s3:PutObject", resource: object = f"{ARN}/*", **conditions: object) -> dict[str, object]:
    """A Deny for everybody, of uploads where nothing else is said."""
    statement = {"Sid": sid, "Effect": "Deny", "Principal": "*", "Action": action, "Resource": resource}
    return statement | ({"Condition": conditions} if conditions else {})


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        pytest.param(HEADER, [deny("DenyHeaderless", Null={SSE: "true"})], id="header"),
        pytest.param(
            TLS,
            [
                deny("DenyInsecureUploads", Bool={TRANSPORT_AS_WRITTEN: "false"}),
                deny("DenyOldTls", NumericLessThan={"s3:TlsVersion": "1.2"}),
            ],
            id="tls",
        ),
        pytest.param(
            KMS,
            [deny("DenyOther", StringNotEquals={SSE: "aws:kms"}), deny("DenyOtherKey", StringNotEquals={SSE_KMS_KEY: KEY})],
            id="kms",
        ),
        pytest.param(CUSTOMER, [deny("DenyHeaderless", Null={SSE: "true", SSE_CUSTOMER: "true"})], id="customer"),
        pytest.param(
            REQUESTS,
            [deny("DenyInsecureRequests", "s3:*", [ARN, f"{ARN}/*"], Bool={TRANSPORT_AS_WRITTEN: "false"})],
            id="requests",
        ),
        pytest.param(OBJECTS, [deny("DenyInsecureRequests", "s3:*", Bool={TRANSPORT_AS_WRITTEN: "false"})], id="objects"),
        pytest.param(
            SOME,
            [
                deny(
                    "DenySome",
                    [*BUCKET_ACTIONS, "s3:PutObject", "s3:GetObject"],
                    [ARN, f"{ARN}/*"],
                    Bool={TRANSPORT_AS_WRITTEN: "false"},
                )
            ],
            id="some",
        ),
        pytest.param(ACL, [deny("DenyWithoutAcl", ["s3:PutObject", "s3:PutObjectAcl"], Null={"s3:x-amz-acl": "true"})], id="acl"),
        pytest.param(
            PUBLIC,
            [
                deny("DenyPublicAcls", StringEquals={"s3:x-amz-acl": "public-read"}),
                deny("DenyPublicAcls2", StringEquals={"s3:x-amz-acl": "public-read-write"}),
            ],
            id="public",
        ),
        pytest.param(ANYTHING, [deny("DenyRequests", "s3:DeleteBucket", ARN)], id="anything"),
    ],
)
def test_statements_are_these(goal: Goal, expected: list[object]) -> None:
    """The goal's Sids and its actions, `s3:*` only where it asks for all of a resource's; this bucket's ARN."""
    assert [json.loads(statement) for statement in write_statements(goal)] == expected


@pytest.mark.parametrize("key", [*(key for key in _KEYS if not key.endswith("/")), "aws:principaltag/team", "s3:existingobjecttag/unit"])
def test_keys_are_written_as_aws_writes_them(key: str) -> None:
    """Not in the lower case in which they are compared."""
    (statement,) = write_statements(HTTP._replace(targets=(upload("DenyAbsent", Absent(key)),)))
    known = find_key(key)
    assert known is not None
    assert json.loads(statement)["Condition"] == {"Null": {known.name: "true"}}


def test_a_key_that_aws_does_not_document_stays_as_it_is() -> None:
    """There is no spelling to take it from."""
    (statement,) = write_statements(HTTP._replace(targets=(upload("DenyAbsent", Absent("acme:team")),)))
    assert json.loads(statement)["Condition"] == {"Null": {"acme:team": "true"}}


EXEMPT = (ROLE, USER, "444455556666", "logging.s3.amazonaws.com", "arn:aws:iam::777788889999:root")


@pytest.mark.parametrize("goal", [HEADER, HTTP, KMS], ids=["header", "http", "kms"])
def test_exempt_principals_get_through_and_nobody_else(goal: Goal) -> None:
    """What is added denies everybody but the exempt principals: proved for the ones, evaluated for the others."""
    sparing = goal._replace(exempt=EXEMPT)
    added = read(repaired(DOCUMENTS["allow"], sparing).text)
    assert isinstance(judge(added, sparing), Denied)
    exempt = [
        (Identity("role", "111122223333", ROLE, "s1"), ROLE, "111122223333"),
        (Identity("user", "111122223333", USER), USER, "111122223333"),
        (Identity("user", "444455556666", "arn:aws:iam::444455556666:user/eve"), "arn:aws:iam::444455556666:user/eve", "444455556666"),
        (Identity("root", "777788889999", EXEMPT[-1]), EXEMPT[-1], "777788889999"),
    ]
    assert [is_denied(added, identified(*one), Assumptions()) for one in exempt] == [False] * 4
    assert is_denied(added, delivery("logging.s3.amazonaws.com"), Assumptions()) is False
    other = Identity("role", "111122223333", "arn:aws:iam::111122223333:role/deploy", "s1")
    assert is_denied(added, identified(other, other.arn, other.account), Assumptions()) is True
    assert is_denied(added, delivery("delivery.logs.amazonaws.com"), Assumptions()) is True
    assert is_denied(added, request(Anonymous()), Assumptions()) is True


def identified(principal: Principal, arn: str, account: str) -> Request:
    """An insecure upload by a signed caller."""
    return request(principal, ("aws:principalaccount", account), ("aws:principalarn", arn))


def delivery(name: str) -> Request:
    """An insecure upload by a service."""
    return request(Service(name), ("aws:principalisawsservice", "true"), ("aws:principalservicename", name))


def request(principal: Principal, *context: tuple[str, str]) -> Request:
    """An upload without header over plain HTTP."""
    keys = sorted([*context, (TRANSPORT, "false")])
    return Request(principal, "s3:PutObject", f"{ARN}/a", tuple((key, (value,)) for key, value in keys))


def test_a_statement_of_the_users_own_is_never_replaced() -> None:
    """A Sid that is taken gives a number to the new statement's."""
    mine = '{{"Statement":[{{"Sid":"{}","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}}{}]}}'
    sid = "DenyHeaderless"
    once = repaired(mine.format(sid, ""), HEADER)
    assert [json.loads(statement)["Sid"] for statement in once.added] == [f"{sid}2"]
    second = f',{{"Sid":"{sid}2","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}}'
    twice = repaired(mine.format(sid, second), HEADER)
    assert [json.loads(statement)["Sid"] for statement in twice.added] == [f"{sid}3"]


DENY = (
    '{"Sid":"DenyInsecureUploads","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::reports/*",'
    '"Condition":{"Bool":{"aws:SecureTransport":"false"}}}'
)
ALLOW = '{"Effect": "Allow", "Principal" :"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::reports/*"}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f'{{"Statement":[{ALLOW}]}}', f'{{"Statement":[{ALLOW},{DENY}]}}', id="list"),
        pytest.param(
            f' {{"Statement": {ALLOW} , "Id":"\\u0041"}}\n', f' {{"Statement": [{ALLOW},{DENY}] , "Id":"\\u0041"}}\n', id="object"
        ),
        pytest.param(f'{{"Id":"[","Statement":[ {ALLOW} ]}}', f'{{"Id":"[","Statement":[ {ALLOW}, {DENY} ]}}', id="spaces"),
        pytest.param(
            f'{{\n\t"Statement": [\n\t\t{ALLOW}\n\t]\n}}\n',
            f'{{\n\t"Statement": [\n\t\t{ALLOW},\n\t\t'
            '{\n\t\t\t"Sid": "DenyInsecureUploads",\n\t\t\t"Effect": "Deny",\n\t\t\t"Principal": "*",\n\t\t\t"Action": "s3:PutObject",\n'
            '\t\t\t"Resource": "arn:aws:s3:::reports/*",\n\t\t\t"Condition": {\n\t\t\t\t"Bool": {\n'
            '\t\t\t\t\t"aws:SecureTransport": "false"\n\t\t\t\t}\n\t\t\t}\n\t\t}\n\t]\n}\n',
            id="tabs",
        ),
        pytest.param(
            f'{{"Statement": [\n  {ALLOW}\n]}}',
            f'{{"Statement": [\n  {ALLOW},\n  '
            '{\n    "Sid": "DenyInsecureUploads",\n    "Effect": "Deny",\n    "Principal": "*",\n    "Action": "s3:PutObject",\n'
            '    "Resource": "arn:aws:s3:::reports/*",\n    "Condition": {\n      "Bool": {\n'
            '        "aws:SecureTransport": "false"\n      }\n    }\n  }\n]}',
            id="lines",
        ),
    ],
)
def test_every_other_character_stays(text: str, expected: str) -> None:
    """The statement is laid out as the text is, and nothing else of the text is touched."""
    assert repaired(text, HTTP).text == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::reports/*"]}]}',
            ', {"Sid": "DenyInsecureUploads", "Effect": "Deny", "Principal": "*", "Action": ["s3:PutObject"], '
            '"Resource": ["arn:aws:s3:::reports/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}',
            id="spaces and lists",
        ),
        pytest.param(
            '{"Statement":[{"Resource":"*","Action":"s3:GetObject","Effect":"Allow","Sid":"a","NotPrincipal":{"AWS":"111122223333"}}]}',
            ',{"Resource":"arn:aws:s3:::reports/*","Condition":{"Bool":{"aws:SecureTransport":"false"}},"Action":"s3:PutObject",'
            '"Effect":"Deny","Sid":"DenyInsecureUploads","Principal":"*"}]}',
            id="order",
        ),
        pytest.param(
            '{\n  "Statement": {\n    "Effect": "Allow",\n    "Principal": "*",\n    "Action": "s3:GetObject",\n'
            '    "Resource": "*"\n  }\n}',
            ', {\n    "Sid": "DenyInsecureUploads",\n    "Effect": "Deny",\n    "Principal": "*",\n    "Action": "s3:PutObject",\n'
            '    "Resource": "arn:aws:s3:::reports/*",\n    "Condition": {\n      "Bool": {\n        "aws:SecureTransport": "false"\n'
            "      }\n    }\n  }]\n}",
            id="an object alone",
        ),
    ],
)
def test_the_statement_is_written_as_the_document_writes_its_own(text: str, expected: str) -> None:
    """The order of its members, lists of one, and the spaces; what it does not say goes where it usually does."""
    assert repaired(text, HTTP).text.endswith(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        (" \n\t", True),
        ("{}", True),
        ('{"Version": "2012-10-17", "Statement": []}', True),
        ('{"Statement": [{}]}', False),
        ('{"Statement": {}}', False),
        ('{"Other": 1}', False),
        ("[]", False),
        ("{", False),
        ("[" * 100_000, False),
    ],
)
def test_blank_is_what_nobody_has_written_yet(text: str, expected: bool) -> None:  # noqa: FBT001  a table's column
    """Nothing, or a document without statements and without anything else."""
    assert is_blank(text) == expected


def test_a_document_begins_with_its_statements() -> None:
    """Ready for S3, in lines."""
    begun = write_document(write_statements(HTTP))
    assert isinstance(judge(read(begun), HTTP), Denied)
    assert begun.startswith('{\n  "Version": "2012-10-17",\n  "Statement": [\n    {\n      "Sid": "DenyInsecureUploads",')


def test_white_space_gives_way_to_the_limit_of_s3() -> None:
    """A document that would pass the limit by its white space loses that, and none inside its texts."""
    padding = " " * (MAX_BYTES - 200)
    text = f'{{"Id":" a \\" b ",{padding}\n"Statement":[{ALLOW}]}}'
    compact = ALLOW.replace(" ", "")
    assert repaired(text, HTTP).text == f'{{"Id":" a \\" b ","Statement":[{compact},{DENY}]}}'


def fill(size: int) -> str:
    """A document without white space to spare that has `size` bytes once it is repaired."""
    shell = f'{{"Id":"","Statement":[{ALLOW.replace(" ", "")},{DENY}]}}'
    return f'{{"Id":"{"x" * (size - len(shell))}","Statement":[{ALLOW.replace(" ", "")}]}}'


def test_the_limit_of_s3_itself_is_within_the_limit() -> None:
    """20,480 bytes are taken as they are, one more is not."""
    assert len(repaired(fill(MAX_BYTES), HTTP).text) == MAX_BYTES
    assert isinstance(repair(fill(MAX_BYTES + 1), HTTP), CannotRepair)
    spaced = fill(MAX_BYTES - 1).replace('","Statement"', '", "Statement"')
    assert repaired(spaced, HTTP).text == spaced.replace("]}", f",{DENY}]}}")


def test_a_document_that_would_pass_the_limit_is_reported() -> None:
    """The size it would have, and the statement it lacks."""
    text = f'{{"Id":"{"é" * 10_100}","Statement":[{ALLOW}]}}'
    size = len(f'{{"Id":"{"é" * 10_100}","Statement":[{ALLOW.replace(" ", "")},{DENY}]}}'.encode())
    assert repair(text, HTTP) == CannotRepair(f"with what it lacks the document has {size} bytes; S3 accepts at most 20480", (DENY,))


@pytest.mark.parametrize("text", ["", "{", '{"Statement":[]}', '{"Statement":{"Effect":"deny"}}', '{"Id":1,"Id":1}'])
def test_a_malformed_document_is_left_alone(text: str) -> None:
    """Nothing is guessed about what S3 would refuse."""
    assert repair(text, HTTP) == CannotRepair("S3 would refuse the document as it is")


@pytest.mark.parametrize(
    ("bucket", "reason"),
    [(None, "`BUCKET` stands for the bucket's name"), ("a*", "`BUCKET` stands for the bucket's name, since the given one is not valid")],
)
def test_a_statement_never_names_what_is_no_bucket(bucket: str | None, reason: str) -> None:
    """A name that is not known, or has a wildcard in it, would make a statement for other buckets."""
    statement = DENY.replace("reports", "BUCKET")
    assert repair(f'{{"Statement":[{ALLOW}]}}', HTTP._replace(bucket=bucket)) == CannotRepair(reason, (statement,))
    assert name_bucket(bucket) == "BUCKET"


@pytest.mark.parametrize(
    ("name", "expected"), [("a.b-c", True), ("Old_Bucket", True), ("", False), ("-a", False), ("a/b", False), ("a\n", False)]
)
def test_bucket_names(name: str, expected: bool) -> None:  # noqa: FBT001  a table's column
    """Letters, digits, dots, dashes and underscores, and nothing that means something in an ARN."""
    assert is_bucket_name(name) == expected


def test_a_repair_that_cannot_be_proved_is_not_offered() -> None:
    """An exempt principal that IAM would read as a pattern would spare more than was asked for."""
    goal = HTTP._replace(exempt=("arn:aws:iam::111122223333:role/*",))
    assert repair(DOCUMENTS["allow"], goal) == CannotRepair("what would be added cannot be proved under these assumptions")


@pytest.mark.parametrize("name", Assumptions._fields)
def test_any_assumption_may_be_off(name: str) -> None:
    """What is added needs none, but where principals are spared, whose keys must agree with who they are."""
    assumptions = Assumptions()._replace(**{name: not getattr(Assumptions(), name)})
    for goal in GOALS.values():
        assert isinstance(repair(DOCUMENTS["undecided"], goal._replace(assumptions=assumptions)), Repaired)
    sparing = HTTP._replace(assumptions=assumptions, exempt=EXEMPT)
    needed = name in ("anonymous_has_no_identity", "service_principal_keys", "principal_keys_agree")
    assert isinstance(repair(DOCUMENTS["allow"], sparing), CannotRepair if needed else Repaired)
