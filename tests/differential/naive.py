"""
A third reading of the policy language: slow, on plain JSON, written from AWS's texts alone.

Everything is three-valued: True surely, False surely not, None where AWS's texts disagree or stay silent.
A `Denied` must be True of every request of its goal, a `Counterexample` False.
"""

import datetime as dt
import functools
import ipaddress
import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from bucketpolicy.goal import Assumptions
from bucketpolicy.request import Identity, OriginAccessIdentity, Principal, Request, Service, Unmodelled

Truth = bool | None
Json = Any
Values = dict[str, tuple[str, ...]]

FRESH = "@fresh@"
# `str.lower` turns some other letters into ASCII ones.
LOWER = {ord(char): char.lower() for char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_KINDS = {
    "Bool": "aws:securetransport aws:principalisawsservice aws:viaawsservice aws:multifactorauthpresent s3:objectcreationoperation",
    "Numeric": "s3:tlsversion s3:signatureage s3:max-keys s3:object-lock-remaining-retention-days aws:multifactorauthage",
    "Date": "aws:currenttime aws:epochtime aws:tokenissuetime s3:object-lock-retain-until-date",
    "Ip": "aws:sourceip aws:vpcsourceip",
    "Arn": "aws:principalarn aws:sourcearn s3:dataaccesspointarn s3:x-amz-server-side-encryption-aws-kms-key-id",
}
KIND = {key: kind for kind, keys in _KINDS.items() for key in keys.split()}
MULTIVALUED = {
    "aws:principalorgpaths",
    "aws:principalservicenameslist",
    "aws:calledvia",
    "aws:tagkeys",
    "s3:requestobjecttagkeys",
    "s3:inventoryaccessibleoptionalfields",
    "aws:sourceorgpaths",
    "aws:resourceorgpaths",
}


def either(truths: Iterable[Truth]) -> Truth:
    """Kleene's or."""
    found = set(truths)
    return True if True in found else None if None in found else False


def opposite(truth: Truth) -> Truth:
    """Kleene's not."""
    return None if truth is None else not truth


def both(truths: Iterable[Truth]) -> Truth:
    """Kleene's and."""
    return opposite(either(opposite(truth) for truth in truths))


def listed(value: Json) -> list[Json]:
    """A scalar is a list of one."""
    return value if isinstance(value, list) else [value]


def is_denied(document: Json, request: Request, assumptions: Assumptions) -> Truth:
    """Whether some Deny of the document fires."""
    return either(fires(statement, document, request, assumptions) for statement in listed(document["Statement"]))


def fires(statement: Json, document: Json, request: Request, assumptions: Assumptions) -> Truth:
    """Whether the statement denies this request."""
    if statement["Effect"] != "Deny":
        return False
    reading = Reading(document.get("Version") == "2012-10-17", dict(request.context), assumptions)
    negated = "NotPrincipal" in statement
    who = principal_is(statement["NotPrincipal" if negated else "Principal"], request.principal, assumptions, negated=negated)
    if "Action" in statement:
        what = either(acts(p.translate(LOWER), request.action.lower()) for p in listed(statement["Action"]))
    else:
        what = opposite(either(acts(p.translate(LOWER), request.action.lower()) for p in listed(statement["NotAction"])))
        what = what if listed(statement["NotAction"]) else False
    if "Resource" in statement:
        where = either(reading.covers(p, request.resource, absent=False) for p in listed(statement["Resource"]))
        where = where if listed(statement["Resource"]) else False
    else:
        where = opposite(either(reading.covers(p, request.resource, absent=None) for p in listed(statement["NotResource"])))
        where = where if listed(statement["NotResource"]) else False
    conditions = [
        reading.holds(operator, key.lower(), [text(v) for v in listed(values)])
        for operator, keys in statement.get("Condition", {}).items()
        for key, values in keys.items()
    ]
    return both([who, what, where, *conditions])


def text(value: Json) -> str:
    """Booleans as AWS writes them; numbers come as texts from a careful reader, or are small here."""
    return str(value).lower() if isinstance(value, bool) else str(value)


@functools.lru_cache(maxsize=50_000)
def expression(pattern: str) -> re.Pattern[str]:
    """`*` any text, `?` any one character, everything else itself."""
    return re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern), re.DOTALL)


def glob(pattern: str, subject: str) -> bool:
    """Whether the pattern covers the whole subject."""
    return expression(pattern).fullmatch(subject) is not None


def acts(pattern: str, action: str) -> Truth:
    """Whether the pattern covers the action; not told where a wildcard takes part in the service's name."""
    if pattern != "*" and re.match("[^:]*([*?]|$)", pattern):
        return None if glob(pattern, action) else False
    return glob(pattern, action)


def principal_is(element: Json, caller: Principal, assumptions: Assumptions, *, negated: bool) -> Truth:
    """The `Principal` or `NotPrincipal` element; the second spares a caller only where account, role and session are all listed."""
    entries = [("AWS", "*")] if element == "*" else [(kind, p) for kind, texts in element.items() for p in listed(texts)]
    found = element == "*" or either(names(kind, p, caller, assumptions) for kind, p in entries)
    if not negated:
        return found
    if element == "*" or not entries or ("AWS", "*") in entries:
        return opposite(found) if isinstance(caller, Service) and entries else False
    if isinstance(caller, Unmodelled):
        return True if found is False else None
    if isinstance(caller, Identity):
        texts = {p for _, p in entries}
        session = f":assumed-role/{caller.arn.rsplit('/', 1)[-1]}/{caller.session}"
        chain = [{caller.account, f"{caller.arn.rsplit(':', 1)[0]}:root"} & texts]
        chain += [] if caller.kind == "root" else [{caller.arn} & texts]
        chain += [{p for p in texts if p.endswith(session)}] if caller.kind == "role" else []
        if all(chain):
            return False
        return True if found is False and not any(caller.account in p for p in texts) else None
    return opposite(found)


def names(kind: str, element: str, caller: Principal, assumptions: Assumptions) -> Truth:  # noqa: PLR0911 - one return a form
    """Whether one entry of a principal element means this caller."""
    if kind == "Service":
        return isinstance(caller, Service) and caller.name == element
    if kind != "AWS":
        return None if isinstance(caller, Identity | OriginAccessIdentity | Unmodelled) else False
    if element == "*":
        return True if not isinstance(caller, Service) or assumptions.aws_star_covers_services else None
    if isinstance(caller, OriginAccessIdentity):
        return element == caller.arn
    if isinstance(caller, Unmodelled):
        account = caller.arn.split(":")[4] if ":" in caller.arn else caller.arn
        return account not in {"", FRESH} and (element in {account, f"arn:aws:iam::{account}:root"} or (f":{account}:" in element and None))
    if not isinstance(caller, Identity):
        return False
    account, _, path = element.rpartition(":")[0].rpartition(":")[2], "", element.rpartition(":")[2]
    if element == caller.account or (account == caller.account and path == "root"):
        return True
    if caller.kind == "role" and path.startswith("assumed-role/"):
        return account == caller.account and path == f"assumed-role/{caller.arn.rsplit('/', 1)[-1]}/{caller.session}"
    return caller.arn == element


_PART = re.compile(r"\$\{(?:([*?$])|([\w:/.=+@-]+)(?:\s*,\s*'([^']*)')?)\}")


class Reading(NamedTuple):
    """The part of a document's meaning that depends on its version and on the request's keys."""

    variables: bool
    values: Values
    assumptions: Assumptions

    def covers(self, pattern: str, arn: str, *, absent: Truth) -> Truth:
        """Whether a resource pattern covers an ARN; undocumented for wildcards before the fifth colon and for short patterns."""
        *head, tail = pattern.split(":", 5)
        if pattern == "*":
            return True
        if len(head) < 5 or re.search(r"[*?]|\$\{", ":".join(head)):
            return self.compare(pattern, arn, wild=True, absent=absent) and None
        *place, name = arn.split(":", 5)
        return head == place and self.compare(tail, name, wild=True, absent=absent)

    def compare(self, pattern: str, subject: str, *, wild: bool, absent: Truth = False, fold: bool = False) -> Truth:  # noqa: PLR0911 - one return a reading
        """Whether a pattern with escapes and variables covers a text; `absent` is the answer for a variable without a value."""
        if fold:
            pattern, subject = pattern.lower(), subject.lower()
        widened = None if glob(re.sub(r"\$\{[^}]*\}?", "*", pattern), subject) else False
        if fold and pattern != subject and not (pattern + subject).isascii():
            return None
        if not self.variables and not (wild and re.search(r"\$\{[*?$]\}", pattern)):
            return glob(pattern, subject) if wild else pattern == subject
        if not self.variables:  # ordinary text, or an escape that is not said to need a version
            escaped = self._replace(variables=True).compare(pattern, subject, wild=True)
            return escaped if escaped == glob(pattern, subject) else None
        plain, live, position = "", "", 0
        for part in _PART.finditer(pattern):
            escape, key, default = part.groups()
            values = (escape,) if escape else self.values.get(key.lower(), None if default is None else (default,))
            before, position = pattern[position : part.start()], part.end()
            if "${" in before or (values and len(values) > 1) or (key and key.lower() in MULTIVALUED):
                return widened
            if values is None:
                return absent and widened
            plain += lax(before, wild=wild) + lax(values[0], wild=False)
            live += lax(before, wild=wild) + lax(values[0], wild=wild and not escape)
        if "${" in pattern[position:]:
            return widened
        rest = lax(pattern[position:], wild=wild)
        found = {re.fullmatch(source + rest, subject, re.DOTALL) is not None for source in (plain, live)}
        return found.pop() if len(found) == 1 else None

    def holds(self, operator: str, key: str, policy: list[str]) -> Truth:  # noqa: PLR0911 - one return a row of the table
        """One line of a condition block; the truth table of AWS's operator pages."""
        quantifier, _, rest = operator.rpartition(":")
        if_exists = rest.endswith("IfExists")
        base = rest.removesuffix("IfExists")
        found = self.values.get(key)
        if base == "Null":
            if quantifier:
                return quantifier == "ForAllValues"
            wanted = {value.lower() for value in policy}
            return (
                None
                if not wanted or wanted - {"true", "false"} or found == ("",)
                else ("true" in wanted if found is None else "false" in wanted)
            )
        negated = base.startswith("Not") or "Not" in base
        if not policy:
            return (
                found is None
                if quantifier == "ForAllValues" or (if_exists and not quantifier)
                else False
                if quantifier and not if_exists
                else None
            )
        if found is None:
            if quantifier:
                return quantifier == "ForAllValues" or (None if if_exists else False)
            return if_exists or negated
        each = [either(self.matches(base.replace("Not", ""), key, p, value) for p in policy) for value in found]
        each = [opposite(truth) for truth in each] if negated else each
        if not quantifier:
            return None if key in MULTIVALUED else each[0]
        truth = both(each) if quantifier == "ForAllValues" else either(each)
        return truth if found != ("",) or truth is (quantifier == "ForAllValues") else None

    def matches(self, base: str, key: str, policy: str, value: str) -> Truth:  # noqa: PLR0911 - one return a family
        """Whether one value of the request matches one value of the policy under the positive operator."""
        kind = KIND.get(key, "String")
        family = next(name for name in ("String", "Numeric", "Date", "Bool", "Binary", "Ip", "Arn") if base.startswith(name))
        if family == "String" and kind in {"String", "Arn"} | ({"Bool"} if self.assumptions.string_op_on_bool_key else set()):
            return self.compare(policy, value, wild=base == "StringLike", fold=base.endswith("IgnoreCase"))
        if family != kind:
            return None
        if family == "Bool":
            return policy.lower() == value.lower() if policy.lower() in {"true", "false"} else None
        if family == "Ip":
            return within(policy, value)
        if family == "Arn":
            patterns, parts = policy.split(":", 5), value.split(":", 5)
            if len(patterns) < 6:
                return None
            return len(parts) == 6 and both(self.compare(p, v, wild=True) for p, v in zip(patterns, parts, strict=True))
        left, right = (number(value), number(policy)) if family == "Numeric" else (moment(value), moment(policy))
        if left is None or right is None:
            return None
        order = base.removeprefix(family)
        return {"Equals": left == right, "LessThan": left < right, "LessThanEquals": left <= right}.get(
            order, left > right or (order == "GreaterThanEquals" and left == right)
        )


def lax(source: str, *, wild: bool) -> str:
    """A piece of a regular expression."""
    return expression(source).pattern if wild else re.escape(source)


def number(source: str) -> Fraction | None:
    """An exact decimal."""
    return Fraction(source) if re.fullmatch(r"[+-]?\d+(\.\d+)?", source) else None


def moment(source: str) -> Fraction | None:
    """Seconds since 1970; four digits alone may be a year or seconds."""
    if re.fullmatch(r"\d{5,}", source):
        return Fraction(source)
    if re.fullmatch(r"\d{4}-\d\d-\d\d", source):
        source += "T00:00:00Z"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)", source):
        return None
    try:
        return Fraction(int(dt.datetime.fromisoformat(source.replace("Z", "+00:00")).timestamp()))
    except ValueError:
        return None


def within(policy: str, value: str) -> Truth:
    """Whether an address lies in a range; a bare IPv6 address may be one address or a /32."""
    try:
        address, network = ipaddress.ip_address(value), ipaddress.ip_network(policy, strict=False)
        if "/" not in policy and network.version == 6:
            wide = ipaddress.ip_network(f"{policy}/32", strict=False)
            return True if address in network else None if address in wide else False
    except ValueError:
        return None
    return address in network
