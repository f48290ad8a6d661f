"""
Random documents and goals over tiny alphabets, so that covers, near misses and odd corners all come up often.

Half the documents are random decision trees: every leaf is a Deny with its path's conditions, which together cover the goal exactly,
and four in ten of those are then damaged. The rest are loose heaps of statements. A `Random` with the same seed gives the same document.
"""

from collections.abc import Callable
from random import Random
from typing import Any, NamedTuple

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

Json = Any

BUCKET = "bkt"
HERE = f"arn:aws:s3:::{BUCKET}"
ACCOUNT, OTHER_ACCOUNT = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/deploy"
USER = f"arn:aws:iam::{ACCOUNT}:user/bob"
ORIGIN = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/eve"
SERVICE = "logging.s3.amazonaws.com"
KMS_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/k1"

OBJECT_ACTIONS = ("s3:PutObject", "s3:GetObject", "s3:DeleteObject", "s3:PutObjectAcl")
BUCKET_ACTIONS = ("s3:ListBucket", "s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:GetBucketAcl")


class Case(NamedTuple):
    """A document as plain JSON, and what it is asked to deny."""

    document: Json
    goal: Goal


class Condition(NamedTuple):
    """One line of a condition block."""

    operator: str
    key: str
    values: tuple[Json, ...]


class Scope(NamedTuple):
    """An element of a statement (`Action`, `NotResource`, ...) and its patterns."""

    element: str
    patterns: tuple[str, ...]


Literal = Condition | Scope
Split = tuple[tuple[Literal, ...], tuple[Literal, ...]]

_WORDS = ("a", "b", "ab", "ba")
_GLOBS = ("a*", "*a", "*b", "?", "a?", "*", "?*", "*a*", "b*", "??*")
_STRINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    SSE: (("AES256", "aws:kms", "aws:kms:dsse"), ("aws:*", "AES*", "*", "aws:kms*", "???256")),
    SSE_CUSTOMER: (("AES256",), ("*", "AES*")),
    "s3:x-amz-acl": (("private", "public-read"), ("p*", "public-*")),
    "aws:SourceVpce": (("vpce-1", "vpce-2"), ("vpce-*",)),
    "aws:PrincipalTag/Team": (_WORDS, _GLOBS),
    "s3:x-amz-storage-class": (_WORDS, _GLOBS),
    "s3:RequestObjectTag/x": (_WORDS, _GLOBS),
    "aws:username": (_WORDS, _GLOBS),
    "aws:PrincipalAccount": ((ACCOUNT, OTHER_ACCOUNT, "anonymous"), ("1111*", "????????????")),
}
_MANY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "s3:RequestObjectTagKeys": (_WORDS, _GLOBS),
    "aws:CalledVia": (("athena.amazonaws.com", "x"), ("*.amazonaws.com", "?")),
}
_BOOLS = (TRANSPORT, "s3:ObjectCreationOperation", "aws:PrincipalIsAWSService", "aws:ViaAWSService")
_NUMBERS: dict[str, tuple[Json, ...]] = {
    TLS_VERSION: ("1.2", "1.3", 1.2, "1.20", 1.3),
    "s3:signatureAge": ("600000", 5, "0", "10.5"),
}
_DATES = {
    "aws:CurrentTime": ("2026-01-01T00:00:00Z", "2027-06-30", "2026-01-01T02:00:00+02:00", "1767225600"),
    "s3:object-lock-retain-until-date": ("2026-01-01T00:00:00Z", "2027-06-30"),
}
_RANGES = ("0.0.0.0/1", "128.0.0.0/1", "10.0.0.0/8", "10.1.0.0/16", "::/0", "0.0.0.0/0", "2001:db8::/32", "10.0.0.1")
_ARNS: dict[str, tuple[str, ...]] = {
    "aws:PrincipalArn": (
        ROLE,
        USER,
        "arn:aws:iam::*:role/*",
        f"arn:aws:iam::{ACCOUNT}:*",
        "arn:*:iam::*:user/?ob",
        ORIGIN,
        "arn:aws:iam::*:user/*",
        FEDERATED,
    ),
    SSE_KMS_KEY: (KMS_KEY, "arn:aws:kms:*:*:key/*", f"arn:aws:kms:*:{ACCOUNT}:key/k?"),
    "aws:SourceArn": (f"arn:aws:s3:::{BUCKET}", "arn:aws:s3:::*", "arn:aws:cloudfront::*:distribution/?*"),
}
_OBJECTS = ("*", "?*", "a*", "*a", "b*", "a/*", "*/*", "?", "??*", "a", "[!a]*", "*.txt", "b/*")
_PUTS = ("s3:PutObject", "s3:Put*", "s3:*", "*", "S3:putobject", "s3:P?tObject", "s3:*Object")


def generate(rng: Random, odd: float = 0.08) -> Case:
    """A document and a goal; `odd` is how often each corner that AWS leaves open is put in."""
    goal = _goal(rng)
    if rng.random() < 0.55:
        statements = _tree(rng, goal)
        if rng.random() < 0.4:
            _damage(rng, statements, odd)
    else:
        statements = [_loose(rng, odd) for _ in range(rng.choice((1, 1, 2, 2, 3, 4)))]
    if rng.random() < 0.3:
        statements.append(_loose(rng, odd) | {"Effect": "Allow"})
    if rng.random() < odd:
        _twist(rng, rng.choice(statements))
    rng.shuffle(statements)
    document: Json = {"Statement": statements if len(statements) > 1 or rng.random() < 0.5 else statements[0]}
    if (version := rng.choice(("2012-10-17", "2012-10-17", "2008-10-17", None))) is not None:
        document = {"Version": version, **document}
    return Case(document, goal)


def _goal(rng: Random) -> Goal:
    targets: tuple[Target, ...] = (Target(("s3:PutObject",), "object", _restrictions(rng)),)
    dice = rng.random()
    if dice < 0.15:
        targets = (*targets, Target(("s3:PutObject",), "object", _restrictions(rng)))
    elif dice < 0.3:
        http = (Equal(TRANSPORT, "false"),)
        targets = (Target(OBJECT_ACTIONS, "object", http), Target(BUCKET_ACTIONS, "bucket", http))
    exempt = (rng.choice((ROLE, ACCOUNT, SERVICE, USER, ORIGIN)),) if rng.random() < 0.1 else ()
    assumptions = Assumptions()
    if rng.random() < 0.15:
        name = rng.choice([name for name in Assumptions._fields if name not in ("partition_from_document", "refused_by_s3")])
        assumptions = assumptions._replace(**{name: not getattr(assumptions, name)})
    return Goal(BUCKET, "aws", targets, exempt, assumptions)


def _restrictions(rng: Random) -> tuple[Restriction, ...]:
    choices: tuple[tuple[Restriction, ...], ...] = (
        (Absent(SSE),),
        (Absent(SSE),),
        (AbsentOrOther(SSE, ("aws:kms",)),),
        (AbsentOrOther(SSE, ("aws:kms", "aws:kms:dsse")),),
        (AbsentOrOther(SSE_KMS_KEY, (KMS_KEY,)),),
        (Absent(SSE), Absent(SSE_CUSTOMER)),
        (Equal(TRANSPORT, "false"),),
        (Equal(TRANSPORT, "false"),),
        (Equal(TRANSPORT, "true"), Below(TLS_VERSION, "1.2")),
        (),
    )
    return rng.choice(choices)


def _tree(rng: Random, goal: Goal) -> list[Json]:
    wide = any(target.on == "bucket" for target in goal.targets)
    leaves = _leaves(rng, (), rng.choice((0, 1, 1, 1, 1, 2, 2, 3)))
    return [_statement(rng, leaf, wide=wide) for leaf in leaves]


def _leaves(rng: Random, path: tuple[Literal, ...], depth: int) -> list[tuple[Literal, ...]]:
    if depth == 0 or rng.random() < 0.1:
        return [path]
    for _ in range(5):
        left, right = _split(rng)
        if not any(_clash(one, other) for one in (*left, *right) for other in path):
            return _leaves(rng, path + left, depth - 1) + _leaves(rng, path + right, depth - 1)
    return [path]


def _clash(one: Literal, other: Literal) -> bool:
    """Whether JSON has no room for both in one statement."""
    if isinstance(one, Condition) and isinstance(other, Condition):
        return one[:2] == other[:2]
    return isinstance(one, Scope) and isinstance(other, Scope) and one.element.removeprefix("Not") == other.element.removeprefix("Not")


def _split(rng: Random) -> Split:
    """Two sets of literals of which exactly one holds of every request."""
    splits: tuple[Callable[[Random], Split], ...] = (
        _split_string,
        _split_string,
        _split_null,
        _split_bool,
        _split_number,
        _split_ip,
        _split_arn,
        _split_many,
        _split_scope,
    )
    return rng.choice(splits)(rng)


def _some(rng: Random, pool: tuple[Any, ...], most: int = 2) -> tuple[Any, ...]:
    return tuple(rng.choice(pool) for _ in range(rng.randint(1, most)))


def _complements(rng: Random, positive: str, negative: str, key: str, values: tuple[Json, ...]) -> Split:
    """An operator and its negation, in either of the two ways to share out the absent key."""
    if rng.random() < 0.5:
        return (Condition(positive, key, values),), (Condition(negative, key, values),)
    there = Condition("Null", key, ("false",))
    return (Condition(f"{positive}IfExists", key, values),), (Condition(negative, key, values), there)


def _split_string(rng: Random) -> Split:
    key = rng.choice((*_STRINGS, SSE, SSE))
    words, globs = _STRINGS[key]
    if rng.random() < 0.5:
        return _complements(rng, "StringLike", "StringNotLike", key, _some(rng, globs + words))
    positive, negative = rng.choice((("StringEquals", "StringNotEquals"), ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase")))
    return _complements(rng, positive, negative, key, _some(rng, words))


def _split_null(rng: Random) -> Split:
    key = rng.choice((SSE, SSE, SSE_CUSTOMER, SSE_KMS_KEY, TLS_VERSION, TRANSPORT, *_STRINGS, *_MANY, "aws:SourceIp", "aws:PrincipalOrgID"))
    return (Condition("Null", key, ("true",)),), (Condition("Null", key, (rng.choice(("false", False)),)),)


def _split_bool(rng: Random) -> Split:
    key = rng.choice((*_BOOLS, TRANSPORT))
    yes, no = rng.choice((("true", "false"), (True, False), ("True", "False")))
    left, right = ((yes,), (no,)) if rng.random() < 0.5 else ((no,), (yes,))
    return (Condition("Bool", key, left),), (Condition("BoolIfExists", key, right),)


def _split_number(rng: Random) -> Split:
    family, pool = ("Numeric", _NUMBERS) if rng.random() < 0.7 else ("Date", _DATES)
    key = rng.choice(tuple(pool))
    value = (rng.choice(pool[key]),)
    pairs = (("LessThan", "GreaterThanEquals"), ("LessThanEquals", "GreaterThan"))
    left, right = rng.choice(pairs)
    if rng.random() < 0.3:
        return _complements(rng, f"{family}Equals", f"{family}NotEquals", key, value)
    halves = ((Condition(f"{family}{left}IfExists", key, value),), (Condition(f"{family}{right}", key, value),))
    return (
        halves
        if rng.random() < 0.5
        else ((Condition(f"{family}{left}", key, value),), (Condition(f"{family}{right}IfExists", key, value),))
    )


def _split_ip(rng: Random) -> Split:
    return _complements(rng, "IpAddress", "NotIpAddress", "aws:SourceIp", _some(rng, _RANGES, 3))


def _split_arn(rng: Random) -> Split:
    key = rng.choice(tuple(_ARNS))
    return _complements(rng, "ArnLike", rng.choice(("ArnNotLike", "ArnNotEquals")), key, _some(rng, _ARNS[key]))


def _split_many(rng: Random) -> Split:
    key = rng.choice(tuple(_MANY))
    words, globs = _MANY[key]
    base, values = rng.choice((("Equals", _some(rng, words)), ("Like", _some(rng, words + globs))))
    positive, negative = rng.choice((("", "Not"), ("Not", "")))
    return (Condition(f"ForAllValues:String{positive}{base}", key, values),), (
        Condition(f"ForAnyValue:String{negative}{base}", key, values),
    )


def _split_scope(rng: Random) -> Split:
    if rng.random() < 0.8:
        element, patterns = "Resource", tuple(f"{HERE}/{name}" for name in _some(rng, _OBJECTS))
    else:
        element, patterns = "Action", (rng.choice(("s3:GetObject", "s3:Get*", *_PUTS)),)
    others = patterns
    if element == "Resource" and rng.random() < 0.05:
        others = tuple(pattern.replace("*", "${aws:username}*", 1) for pattern in patterns)
    return (Scope(element, patterns),), (Scope(f"Not{element}", others),)


def _statement(rng: Random, literals: tuple[Literal, ...], *, wide: bool) -> Json:
    everywhere = (
        (f"{HERE}*", "*", "arn:aws:s3:::*", (HERE, f"{HERE}/*")) if wide else (f"{HERE}/*", f"{HERE}/?*", f"{HERE}*", (HERE, f"{HERE}/*"))
    )
    statement: Json = {
        "Effect": "Deny",
        "Principal": rng.choice(("*", "*", {"AWS": "*"}, {"AWS": ["*"]})),
        "Action": rng.choice(("s3:*", "*", "S3:*") if wide else _PUTS),
        "Resource": _plain(rng.choice(everywhere)),
    }
    if rng.random() < 0.2:
        statement["Sid"] = rng.choice(("DenyAll", "x", "x"))
    for literal in literals:
        _add(rng, statement, literal)
    return statement


def _add(rng: Random, statement: Json, literal: Literal) -> None:
    if isinstance(literal, Scope):
        plain = literal.element.removeprefix("Not")
        statement.pop(plain, None)
        statement.pop(f"Not{plain}", None)
        statement[literal.element] = _brief(rng, literal.patterns)
        return
    keys = statement.setdefault("Condition", {}).setdefault(literal.operator, {})
    if literal.key.lower() not in map(str.lower, keys):
        keys[rng.choice((literal.key, literal.key, literal.key.lower(), literal.key.upper()))] = _brief(rng, literal.values)


def _plain(value: Any) -> Json:
    return list(value) if isinstance(value, tuple) else value


def _brief(rng: Random, values: tuple[Json, ...]) -> Json:
    """One value often stands without its list."""
    return values[0] if len(values) == 1 and rng.random() < 0.7 else list(values)


def _loose(rng: Random, odd: float) -> Json:
    statement = _statement(rng, (), wide=rng.random() < 0.3)
    if rng.random() < 0.35:
        statement["Resource"] = _brief(rng, tuple(f"{HERE}/{name}" for name in _some(rng, _OBJECTS, 3)))
    if rng.random() < 0.15:
        statement["Principal"] = _principal(rng)
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        _add(rng, statement, rng.choice(_split(rng)[rng.randrange(2)]))
    if rng.random() < odd:
        _twist(rng, statement)
    return statement


def _principal(rng: Random) -> Json:
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci"
    entry = rng.choice((ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", ROLE, USER, session, OTHER_ACCOUNT, ORIGIN, FEDERATED))
    return rng.choice(({"AWS": entry}, {"AWS": [entry, "*"]}, {"Service": SERVICE}, {"AWS": entry, "Service": [SERVICE]}, {"AWS": []}))


def _damage(rng: Random, statements: list[Json], odd: float) -> None:
    statement = rng.choice(statements)
    match rng.randrange(8):
        case 0 if len(statements) > 1:
            statements.remove(statement)
        case 1:
            statement["Effect"] = "Allow"
        case 2:
            _add(
                rng,
                statement,
                Scope(rng.choice(("Resource", "Resource", "NotResource")), tuple(f"{HERE}/{name}" for name in _some(rng, _OBJECTS, 3))),
            )
        case 3:
            _add(rng, statement, Scope("Action", (rng.choice(("s3:GetObject", "s3:Put*", "s3:PutObject?")),)))
        case 4:
            statement["Principal"] = _principal(rng)
        case 5 if "Condition" in statement:
            statement["Condition"].pop(rng.choice(tuple(statement["Condition"])))
        case 6:
            statements.append(_loose(rng, odd))
        case _:
            _add(rng, statement, rng.choice(_split(rng)[rng.randrange(2)]))


def _twist(rng: Random, statement: Json) -> None:
    """Put in something that AWS's texts leave open, or that few documents have."""
    twists: tuple[Literal | tuple[str, Json], ...] = (
        Condition("StringEquals", SSE, ()),
        Condition("StringNotEqualsIfExists", SSE, ()),
        Condition("ForAllValues:StringEquals", "aws:CalledVia", ()),
        Condition("ForAnyValue:StringLike", "aws:CalledVia", ()),
        Condition("ForAnyValue:StringEqualsIfExists", "s3:RequestObjectTagKeys", ("a",)),
        Condition("ForAllValues:StringEqualsIfExists", "s3:RequestObjectTagKeys", ("a", "b")),
        Condition("ForAllValues:StringNotEquals", SSE, ("aws:kms",)),
        Condition("ForAnyValue:StringNotEquals", SSE, ("AES256",)),
        Condition("StringEquals", "s3:RequestObjectTagKeys", ("a",)),
        Condition("StringNotLike", "s3:RequestObjectTagKeys", ("a*",)),
        Condition("StringEquals", TRANSPORT, ("false",)),
        Condition("StringNotEquals", TRANSPORT, ("true",)),
        Condition("StringLike", TRANSPORT, ("f*",)),
        Condition("NumericEquals", TRANSPORT, (0,)),
        Condition("Bool", SSE, ("true",)),
        Condition("Bool", TRANSPORT, ("true", "false")),
        Condition("Bool", TRANSPORT, ("no",)),
        Condition("Null", SSE, ("true", "false")),
        Condition("Null", SSE, ("yes",)),
        Condition("ForAllValues:Null", SSE, ("true",)),
        Condition("ForAnyValue:Null", SSE, ("true",)),
        Condition("DateLessThan", "aws:CurrentTime", ("2026",)),
        Condition("IpAddress", "aws:SourceIp", ("2001:db8::1",)),
        Condition("NotIpAddress", "aws:SourceIp", ("10.0.0.0/99",)),
        Condition("ArnNotLike", SSE_KMS_KEY, ("*",)),
        Condition("StringLike", SSE, ("${*}",)),
        Condition("StringNotEquals", SSE, ("${s3:x-amz-acl}",)),
        Condition("StringEquals", SSE, ("${s3:x-amz-acl, 'AES256'}",)),
        Condition("StringNotLike", SSE, ("${aws:username}*",)),
        Condition("StringEqualsIgnoreCase", SSE, ("aws:\u212ams",)),
        Condition("StringEquals", "aws:TypoKey", ("x",)),
        Condition("StringNotEquals", "aws:TypoKey", ("x",)),
        Condition("Null", "aws:TypoKey", ("true",)),
        Condition("BinaryEquals", SSE, ("AAAA",)),
        Scope("Resource", (f"{HERE}/${{aws:username}}*",)),
        Scope("NotResource", (f"{HERE}/${{aws:username}}",)),
        Scope("Resource", (f"{HERE}/${{aws:PrincipalTag/Team, 'a'}}*",)),
        Scope("Resource", (f"{HERE}/${{*}}*", f"{HERE}/a*")),
        Scope("Resource", ("arn:*:s3:::bkt/*",)),
        Scope("NotResource", ("arn:aws:s3*",)),
        Scope("Resource", ("arn:aws-cn:s3:::bkt/*",)),
        Scope("Resource", ()),
        Scope("Action", ()),
        Scope("Action", ("*:PutObject",)),
        Scope("NotAction", ("s3*",)),
        ("Condition", {}),
        ("NotPrincipal", {"AWS": ACCOUNT}),
        ("NotPrincipal", {"AWS": [ROLE, f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/ci", f"arn:aws:iam::{ACCOUNT}:root"]}),
        ("NotPrincipal", {"Service": SERVICE}),
        ("NotPrincipal", {"AWS": ORIGIN}),
        ("NotPrincipal", {"AWS": FEDERATED}),
        ("NotPrincipal", "*"),
        ("NotPrincipal", {"AWS": "*"}),
        ("NotPrincipal", {}),
        ("Principal", {"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"}),
        Scope("Resource", ("*",)),
        Scope("Resource", ("arn:aws:s3:::other/*", f"{HERE}/*")),
        Scope("NotResource", ()),
        Scope("NotAction", ()),
        Scope("Action", ("s3:GetBucketAcl",)),
        Scope("Resource", (f"{HERE}/\U0001f600*",)),
        Scope("NotResource", (f"{HERE}/\U0001f600", f"{HERE}/a?")),
        Condition("StringNotEquals", "s3:RequestObjectTag/x", ("${aws:PrincipalTag/Team}",)),
        Condition("StringNotLikeIfExists", "s3:RequestObjectTag/x", ("${aws:PrincipalTag/Team}", "b*")),
        Condition("StringNotEqualsIgnoreCase", "aws:PrincipalTag/Team", ("${aws:username}",)),
        Condition("StringNotEqualsIfExists", "aws:PrincipalOrgID", ("${aws:ResourceOrgID}",)),
        Condition("ForAnyValue:StringNotEquals", "s3:RequestObjectTagKeys", ("${aws:username, 'a'}",)),
        Condition("StringEquals", "aws:ResourceAccount", (ACCOUNT,)),
        Condition("StringNotEquals", "s3:ResourceAccount", (ACCOUNT, OTHER_ACCOUNT)),
        Condition("StringNotLike", "aws:RequestedRegion", ("eu-*",)),
        Condition("StringNotEquals", "s3:authType", ("POST", "x")),
        Condition("StringEquals", "s3:object-lock-mode", ("GOVERNANCE", "COMPLIANCE")),
        Condition("NumericEqualsIfExists", "s3:signatureAge", ("0",)),
        Condition("NumericGreaterThan", "s3:signatureAge", ("-1",)),
        Condition("NumericNotEquals", "s3:signatureAge", ("0.0000000000000001",)),
        Condition("NumericLessThanEquals", TLS_VERSION, ("1.1",)),
        Condition("NumericNotEquals", TLS_VERSION, ("1.15", "1.3")),
        Condition("DateGreaterThan", "aws:CurrentTime", ("2020-01-01",)),
        Condition("DateLessThan", "aws:EpochTime", ("1893456000",)),
        Condition("StringLike", "aws:userid", ("*",)),
        Condition("StringNotEquals", "aws:PrincipalArn", (ORIGIN,)),
        Condition("StringNotLike", "aws:PrincipalArn", ("arn:aws:iam::cloudfront:user/*", ROLE)),
        Condition("StringNotLike", "aws:PrincipalArn", (FEDERATED,)),
        Condition("ArnNotLike", "aws:PrincipalArn", (f"arn:aws:sts::{ACCOUNT}:assumed-role/deploy/*",)),
        ("Principal", {"CanonicalUser": "79a5" * 16}),
        ("Principal", {"Federated": "cognito-identity.amazonaws.com"}),
        ("Principal", {"AWS": "AIDAEXAMPLEEXAMPLE123"}),
    )
    twist = rng.choice(twists)
    if not isinstance(twist, Condition | Scope):
        element, value = twist
        for other in ("Principal", "NotPrincipal") if element.endswith("Principal") else ():
            statement.pop(other, None)
        statement[element] = value
    else:
        _add(rng, statement, twist)
