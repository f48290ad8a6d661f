"""
Where the evaluators inside S3 servers are known not to do as AWS documents, each with its place in their source.

What is left out is left out by name, as narrowly as a few lines can say, and `example` shows that the server still answers so.
"""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from bucketpolicy.goal import Assumptions
from bucketpolicy.request import Anonymous, Identity, Principal, Request, Service
from tests.differential.dialects import name_caller
from tests.differential.naive import Json, glob, listed, principal_is, text

_COMMON = "aws:(username|userid|sourceip|currenttime|epochtime|securetransport|useragent|referer|principaltype)|s3:(authtype|signature.*)"


class Line(NamedTuple):
    """One line of the conditions of a Deny: `found` is what the request has for the key."""

    quantifier: str
    comparison: str
    key: str
    values: tuple[str, ...]
    found: tuple[str, ...] | None

    def family(self) -> str:
        """The operator without `Not` and `IfExists`."""
        return self.comparison.removesuffix("IfExists").replace("Not", "")

    def is_negated(self) -> bool:
        """Whether the operator is a negated one."""
        return "Not" in self.comparison


class Pair(NamedTuple):
    """A document, and a request that an evaluator is asked about."""

    document: Json
    request: Request

    def denies(self) -> list[Json]:
        """The Deny statements."""
        return [statement for statement in listed(self.document["Statement"]) if statement["Effect"] == "Deny"]

    def lines(self) -> Iterator[Line]:
        """The conditions of the Deny statements."""
        values = dict(self.request.context)
        for statement in self.denies():
            for operator, keys in statement.get("Condition", {}).items():
                quantifier, _, comparison = operator.rpartition(":")
                for key, wanted in keys.items():
                    found = values.get(key.lower())
                    yield Line(quantifier, comparison, key.lower(), tuple(map(text, listed(wanted))), found)

    def patterns(self) -> Iterator[str]:
        """What stands in `Resource` and `NotResource` of the Deny statements."""
        for statement in self.denies():
            yield from listed(statement.get("Resource", statement.get("NotResource")))

    def variables(self) -> Iterator[re.Match[str]]:
        """The variables of the Deny statements: group 1 is an escape, 2 a key, 3 what comes after it."""
        for source in (*self.patterns(), *(value for line in self.lines() for value in line.values)):
            yield from re.finditer(r"\$\{(?:([*?$])|([\w:/.-]+)([^}]*))\}?", source)


class Deviation(NamedTuple):
    """A mistake or a gap of some servers: what it is, where their source has it, whom it concerns, and a pair that shows it."""

    servers: str
    what: str
    source: str
    applies: Callable[[Pair], bool]
    example: Pair


def _entries(element: Json) -> set[str]:
    """The entries of a principal element."""
    return {"*"} if element == "*" else {entry for entries in element.values() for entry in listed(entries)}


def _is_among_some(element: Json, pair: Pair) -> bool:
    """Whether a principal element is not for everybody, and may mean this caller."""
    caller = pair.request.principal
    return "*" not in _entries(element) and principal_is(element, caller, Assumptions(), negated=False) is not False


def _is_meant_but_not_named(pair: Pair) -> bool:
    elements = [statement.get("Principal", statement.get("NotPrincipal")) for statement in pair.denies()]
    name = name_caller(pair.request.principal)
    return any(name not in _entries(element) and _is_among_some(element, pair) for element in elements)


def _is_named_as(kinds: set[str], pair: Pair) -> bool:
    """Whether the caller's name stands in a principal element under one of these kinds."""
    name = name_caller(pair.request.principal)
    elements = [statement["Principal"] for statement in pair.denies() if isinstance(statement.get("Principal"), dict)]
    return any(name in listed(entries) for element in elements for kind, entries in element.items() if kind in kinds)


def _is_covered_by_wildcards(pair: Pair) -> bool:
    name = name_caller(pair.request.principal)
    elements = [statement.get("Principal", statement.get("NotPrincipal")) for statement in pair.denies()]
    return any(entry not in {"*", name} and glob(entry, name) for element in elements for entry in _entries(element))


def _path(pair: Pair) -> str:
    return pair.request.resource.split(":", 5)[5]


def _subjects(pair: Pair) -> Iterator[tuple[str, str]]:
    """Each pattern with wildcards, and each text of the request that is held against it."""
    yield from ((pattern, pair.request.resource) for pattern in pair.patterns())
    likes = (line for line in pair.lines() if line.family() in {"StringLike", "ArnLike", "ArnEquals"})
    yield from ((pattern, value) for line in likes for pattern in line.values for value in line.found or ())


def _crosses_segments(pair: Pair) -> bool:
    arns = [line for line in pair.lines() if line.family() in {"ArnLike", "ArnEquals"}]
    return any(
        glob(pattern, value) and not all(map(glob, pattern.split(":", 5), value.split(":", 5)))
        for line in arns
        for pattern in line.values
        for value in line.found or ()
    )


def _deny(condition: Json = None, version: str = "2012-10-17", **elements: Json) -> Json:
    plain: Json = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::bkt/*"}
    return {"Version": version, "Statement": [plain | elements | ({} if condition is None else {"Condition": condition})]}


def _put(name: str = "a", caller: Principal = Anonymous(), **context: str) -> Request:  # noqa: B008 - it cannot change
    """An upload; `__` stands for the colon and `_` for the hyphens of a key."""
    keys = {key.replace("__", ":").replace("_", "-"): (value,) for key, value in context.items()}
    return Request(caller, "s3:PutObject", f"arn:aws:s3:::bkt/{name}", tuple(sorted(keys.items())))


_CLASS = "s3:x-amz-storage-class"
_TAG_KEYS = "s3:RequestObjectTagKeys"
_BOB = Identity("user", "111122223333", "arn:aws:iam::111122223333:user/bob")
_LOGS = Service("logging.s3.amazonaws.com")

DEVIATIONS = (
    Deviation(
        "minio seaweedfs",
        "A caller is one name: an account and a role do not stand for those who belong to them",
        "minio policy/principal.go:62; seaweedfs engine.go:222",
        _is_meant_but_not_named,
        Pair(_deny(Principal={"AWS": "111122223333"}), _put(caller=_BOB)),
    ),
    Deviation(
        "versitygw",
        "Without an account service it can be asked for everybody only: a statement for some callers concerns nobody",
        "auth/bucket_policy_principals.go:222",
        lambda pair: any(_is_among_some(statement["Principal"], pair) for statement in pair.denies()),
        Pair(_deny(Principal={"AWS": _BOB.arn}), _put(caller=_BOB)),
    ),
    Deviation(
        "minio",
        "Of `Principal` only `AWS` is read",
        "policy/principal.go:29",
        lambda pair: _is_named_as({"Service", "Federated", "CanonicalUser"}, pair),
        Pair(_deny(Principal={"AWS": "444455556666", "Service": _LOGS.name}), _put(caller=_LOGS)),
    ),
    Deviation(
        "seaweedfs",
        "The kinds of `Principal` are not told apart",
        "types.go:195",
        lambda pair: _is_named_as({"Federated", "CanonicalUser"}, pair),
        Pair(_deny(Principal={"Federated": _LOGS.name}), _put(caller=_LOGS)),
    ),
    Deviation(
        "minio seaweedfs",
        "Wildcards in a principal's ARN are wildcards",
        "minio policy/principal.go:62; seaweedfs engine.go:222",
        _is_covered_by_wildcards,
        Pair(_deny(Principal={"AWS": "arn:aws:iam::111122223333:user/*"}), _put(caller=_BOB)),
    ),
    Deviation(
        "minio",
        "A key is cleaned like a path before it is compared, and a slash at its beginning is lost",
        "policy/bucket-policy-statement.go:52, policy/resource.go:129",
        lambda pair: posixpath.normpath(_path(pair)) != _path(pair),
        Pair(_deny(Resource="arn:aws:s3:::bkt/a"), _put("a/")),
    ),
    Deviation(
        "versitygw",
        "A star in the request uses up the star of the pattern",
        "auth/bucket_policy.go:417, internal/condition/condition.go:546",
        lambda pair: any("*" in subject and "*" in pattern and glob(pattern, subject) for pattern, subject in _subjects(pair)),
        Pair(_deny(), _put("*x")),
    ),
    Deviation(
        "minio seaweedfs versitygw",
        "`?` stands for one byte, not for one character",
        "minio wildcard/match.go:57; seaweedfs wildcard_matcher.go:164; versitygw internal/condition/condition.go:546",
        lambda pair: any("?" in pattern and not subject.isascii() for pattern, subject in _subjects(pair)),
        Pair(_deny({"StringLike": {_CLASS: "?"}}), _put(s3__x_amz_storage_class="\u00e9")),
    ),
    Deviation(
        "minio",
        "A negated operator with a quantifier is negated as a whole",
        "policy/condition/stringfunc.go:69 and :153",
        lambda pair: any(line.quantifier and line.is_negated() and len(line.found or ()) != 1 for line in pair.lines()),
        Pair(_deny({"ForAllValues:StringNotEquals": {_TAG_KEYS: "a"}}), _put()),
    ),
    Deviation(
        "versitygw",
        "`ForAnyValue` with a negated operator holds of an absent key",
        "internal/condition/condition.go:474",
        lambda pair: any(line.quantifier == "ForAnyValue" and line.is_negated() and line.found is None for line in pair.lines()),
        Pair(_deny({"ForAnyValue:StringNotEquals": {_TAG_KEYS: "a"}}), _put()),
    ),
    Deviation(
        "minio seaweedfs versitygw",
        "`Null` with a quantifier is `Null`",
        "minio policy/condition/nullfunc.go:82; seaweedfs conditions.go:677; versitygw internal/condition/condition.go:491",
        lambda pair: any(line.quantifier and line.comparison == "Null" for line in pair.lines()),
        Pair(_deny({"ForAllValues:Null": {_CLASS: "true"}}), _put(s3__x_amz_storage_class="a")),
    ),
    Deviation(
        "minio",
        "`Bool` compares letter by letter",
        "policy/condition/boolfunc.go:40",
        lambda pair: any(line.family() == "Bool" and any(value != value.lower() for value in line.values) for line in pair.lines()),
        Pair(_deny({"Bool": {"aws:SecureTransport": "True"}}), _put(aws__securetransport="true")),
    ),
    Deviation(
        "minio",
        "`NumericNotEquals` and `DateNotEquals` do not hold of an absent key",
        "policy/condition/numericfunc.go:36, policy/condition/datefunc.go:35",
        lambda pair: any(
            line.found is None and line.is_negated() and line.family() in {"NumericEquals", "DateEquals"} for line in pair.lines()
        ),
        Pair(_deny({"DateNotEquals": {"aws:CurrentTime": "2027-06-30"}}), _put()),
    ),
    Deviation(
        "minio",
        "Numbers are whole numbers",
        "policy/condition/numericfunc.go:40",
        lambda pair: any(
            line.family().startswith("Numeric") and any(not value.isdigit() for value in line.found or ()) for line in pair.lines()
        ),
        Pair(_deny({"NumericLessThan": {"s3:signatureAge": "5"}}), _put(s3__signatureage="4.5")),
    ),
    Deviation(
        "minio seaweedfs",
        "Variables have a value in any version",
        "minio policy/condition/stringfunc.go:31; seaweedfs engine.go:280",
        lambda pair: pair.document.get("Version") != "2012-10-17" and next(pair.variables(), None) is not None,
        Pair(
            _deny({"StringEquals": {_CLASS: "${aws:username}"}}, "2008-10-17"),
            _put(caller=_BOB, aws__username="bob", s3__x_amz_storage_class="bob"),
        ),
    ),
    Deviation(
        "minio seaweedfs versitygw",
        "Escapes, and defaults of variables, are ordinary text",
        "minio policy/condition/stringfunc.go:31; seaweedfs engine.go:280; versitygw internal/condition/condition.go:427",
        lambda pair: any(found[1] or found[3] for found in pair.variables()),
        Pair(_deny({"StringLike": {_CLASS: "${?}"}}), _put(s3__x_amz_storage_class="?")),
    ),
    Deviation(
        "minio",
        "Only some keys can be variables",
        "policy/condition/keyname.go:310",
        lambda pair: any(found[2] and not re.fullmatch(_COMMON, found[2].lower()) for found in pair.variables()),
        Pair(
            _deny({"StringEquals": {_CLASS: "${s3:x-amz-acl}"}}),
            _put(s3__x_amz_acl="private", s3__x_amz_storage_class="private"),
        ),
    ),
    Deviation(
        "versitygw",
        "Variables in `Resource`, and those with a slash, are ordinary text",
        "auth/bucket_policy_resources.go:114, internal/condition/condition.go:427",
        lambda pair: any("${" in pattern for pattern in pair.patterns()) or any("/" in (found[2] or "") for found in pair.variables()),
        Pair(_deny(Resource="arn:aws:s3:::bkt/${aws:username}"), _put("bob", _BOB, aws__username="bob")),
    ),
    Deviation(
        "seaweedfs versitygw",
        "ARNs are compared as a whole, so that a star reaches over colons",
        "seaweedfs conditions.go:645; versitygw internal/condition/condition.go:174",
        _crosses_segments,
        Pair(_deny({"ArnLike": {"aws:SourceArn": "arn:aws:s3::*:b"}}), _put(caller=_LOGS, aws__sourcearn="arn:aws:s3::1:2:b")),
    ),
    Deviation(
        "seaweedfs",
        "`ArnEquals` knows no wildcards",
        "conditions.go:630",
        lambda pair: any(line.family() == "ArnEquals" and any({"*", "?"} & set(value) for value in line.values) for line in pair.lines()),
        Pair(_deny({"ArnEquals": {"aws:SourceArn": "arn:aws:s3:::*"}}), _put(caller=_LOGS, aws__sourcearn="arn:aws:s3:::b")),
    ),
    Deviation(
        "seaweedfs versitygw",
        "A negated operator without values holds of every value, with `IfExists` as well",
        "seaweedfs conditions.go:182; versitygw internal/condition/condition.go:528",
        lambda pair: any(not line.values and line.is_negated() for line in pair.lines()),
        Pair(_deny({"StringNotEqualsIfExists": {_CLASS: []}}), _put(s3__x_amz_storage_class="a")),
    ),
)


def known(server: str, pair: Pair, deviations: tuple[Deviation, ...] = DEVIATIONS) -> bool:
    """Whether the pair runs into one of these deviations of the server."""
    return any(server in one.servers.split() and one.applies(pair) for one in deviations)
