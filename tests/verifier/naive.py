"""
A second reading of AWS's rules for one request, written apart from the verifier: sets of possible answers, regular expressions, no tricks.

A request is a dict: "caller" (kind, ARN or name), "action", "resource" (a whole ARN), "keys" (key in lower case to a list of values).
`readings` yields the ways in which AWS may read what it leaves open for a whole request.
"""

import ipaddress
import itertools
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

Answers = set[bool]
YES, NO, OPEN = {True}, {False}, {True, False}
NUMERIC, BOOL, ADDRESS, ARN = (
    ("s3:tlsversion",),
    ("aws:securetransport", "aws:principalisawsservice"),
    ("aws:sourceip",),
    ("aws:principalarn",),
)
SEVERAL = ("aws:tagkeys", "aws:principalorgpaths")
TURKISH_AND_OTHERS = {"\u212a": "k", "\u017f": "s", "\u0130": "i", "\u0131": "i"}


def both(answers: list[Answers]) -> Answers:
    """What AND may be."""
    return {all(choice) for choice in itertools.product(*answers)}


def either(answers: list[Answers]) -> Answers:
    """What OR may be."""
    return {any(choice) for choice in itertools.product(*answers)}


def opposite(answers: Answers) -> Answers:
    """What NOT may be."""
    return {not answer for answer in answers}


class Reading:
    """One way to read what AWS leaves open: empty values, letters beyond 16 bits, and which letters are the same without case."""

    def __init__(self, empty: str, units: int, *, folds_all: bool) -> None:
        """`empty` is `absent`, `present`, or `mixed`; such a letter counts as so many `units`."""
        self.empty, self.units, self.folds_all = empty, units, folds_all

    def letters(self, text: str) -> str:
        """The text with each letter beyond 16 bits in as many letters as it counts."""
        return "".join(letter * self.units if ord(letter) > 0xFFFF else letter for letter in text)

    def fold(self, text: str) -> str:
        """The text without case."""
        if self.folds_all:
            text = "".join(TURKISH_AND_OTHERS.get(letter, letter) for letter in text)
        return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def readings(request: Any) -> Iterator[Reading]:
    """All that matter to a request."""
    texts = [text for values in request["keys"].values() for text in values]
    empties = ("absent", "present", "mixed") if "" in texts else ("present",)
    units = (1, 2) if any(ord(letter) > 0xFFFF for text in [request["resource"], *texts] for letter in text) else (1,)
    folds = (False, True) if any(letter in TURKISH_AND_OTHERS for text in texts for letter in text) else (False,)
    for empty, count, folds_all in itertools.product(empties, units, folds):
        yield Reading(empty, count, folds_all=folds_all)


def glob(pattern: str, text: str, anything: str = ".") -> bool:
    """Whether a pattern with * and ? matches the whole text."""
    parts = [f"{anything}*" if sign == "*" else anything if sign == "?" else re.escape(sign) for sign in pattern]
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None


def by_text(family: str, wanted: str, value: str, reading: Reading) -> Answers:
    """Whether a string matches."""
    if family == "StringLike":
        return {glob(wanted, reading.letters(value))}
    return {reading.fold(wanted) == reading.fold(value)} if family == "StringEqualsIgnoreCase" else {wanted == value}


def by_quantity(family: str, wanted: str, value: str, reading: Reading) -> Answers:
    """Whether a truth value, a number, an address or an ARN matches; open where what is wanted is not one."""
    if family == "Bool":
        return {lower(wanted) == value} if lower(wanted) in ("true", "false") else OPEN
    if family == "IpAddress":
        if not re.fullmatch(r"[0-9.]+(/[0-9]+)?|[0-9a-f:]+/[0-9]+", wanted):
            return OPEN
        return {ipaddress.ip_address(value) in ipaddress.ip_network(wanted, strict=False)}
    return by_number(family, wanted, value) if family.startswith("Numeric") else by_arn(wanted, value, reading)


def by_number(family: str, wanted: str, value: str) -> Answers:
    """Whether a number compares as it should."""
    if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", wanted):
        return OPEN
    x, y = Fraction(value), Fraction(wanted)
    compared = {"Equals": x == y, "LessThan": x < y, "LessThanEquals": x <= y, "GreaterThan": x > y, "GreaterThanEquals": x >= y}
    return {compared[family[7:]]}


def by_arn(wanted: str, value: str, reading: Reading) -> Answers:
    """Whether an ARN matches, segment by segment."""
    if wanted.count(":") < 5:
        return OPEN
    pattern, found = wanted.split(":", 5), reading.letters(value).split(":", 5)
    segments = enumerate(zip(pattern, found, strict=False))
    return {len(found) == 6 and all(glob(one, other, "." if place == 5 else "[^:]") for place, (one, other) in segments)}


def lower(text: str) -> str:
    """A to Z in lower case."""
    return "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in text)


def as_list(value: Any) -> list[Any]:
    """A list."""
    return value if isinstance(value, list) else [value]


def as_text(value: Any) -> str:
    """What a value of a condition is as a string."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def account_of(arn: str) -> str | None:
    """The account in an ARN."""
    segments = arn.split(":")
    return segments[4] if len(segments) > 5 and re.fullmatch("[0-9]{12}", segments[4]) else None


class World:
    """The bucket's partition, which assumptions hold, and the accounts that the texts name."""

    def __init__(self, certificate: Any) -> None:
        """Of a certificate."""
        self.partition, self.assumptions = certificate["partition"], certificate["assumptions"]
        self.exempt = certificate["goal"]["exempt"]
        self.accounts = set(re.findall("[0-9]{12}", certificate["document"] + " ".join(certificate["goal"]["exempt"])))

    def names(self, kind: str, name: str, caller: tuple[str, str]) -> Answers:  # noqa: PLR0911 (a kind each)
        """Whether a name in a Principal is the caller's or its account's."""
        who, self_ = caller
        if kind == "AWS" and name == "*":
            return YES if who != "service" or "aws-star-covers-services" in self.assumptions else OPEN
        if kind == "Service":
            return YES if who == "service" and self_ == name else OPEN if who == "service" and "*" in name else NO
        if kind != "AWS":
            return NO if who == "anonymous" else OPEN
        if who != "identity":
            return NO
        root = re.fullmatch(rf"arn:{self.partition}:iam::([0-9]{{12}}):root", name)
        account = name if re.fullmatch("[0-9]{12}", name) else root[1] if root else None
        if account:
            return YES if account_of(self_) == account else NO
        if re.fullmatch(rf"arn:{self.partition}:iam::([0-9]{{12}}|cloudfront):(role|user)/[^*?]+", name):
            return YES if self_ == name else NO
        return OPEN

    def principal(self, statement: Any, caller: tuple[str, str]) -> Answers:
        """Whether the statement is about this caller."""
        element = statement.get("Principal", statement.get("NotPrincipal"))
        if element == "*":
            return YES if "Principal" in statement else OPEN
        found = either([self.names(kind, name, caller) for kind, names in element.items() for name in as_list(names)])
        return found if "Principal" in statement else YES if found == NO else OPEN

    def action(self, statement: Any, action: str) -> Answers:
        """Whether the statement is about this action."""
        patterns = as_list(statement.get("Action", statement.get("NotAction")))
        if not patterns:
            return NO
        found = []
        for pattern in patterns:
            service, _, name = pattern.partition(":")
            if pattern == "*":
                found.append(YES)
            elif re.search("[*?]", service) or ":" not in pattern:
                found.append(OPEN)
            else:
                found.append({lower(service) == "s3" and glob(lower(name), lower(action[3:]))})
        return either(found) if "Action" in statement else opposite(either(found))

    def resource(self, statement: Any, resource: str, reading: Reading) -> Answers:
        """Whether the statement is about this resource."""
        patterns = as_list(statement.get("Resource", statement.get("NotResource")))
        if not patterns:
            return NO
        found = []
        for pattern in patterns:
            head, tail = pattern.split(":")[:5], ":".join(pattern.split(":")[5:])
            if pattern == "*":
                found.append(YES)
            elif pattern.count(":") < 5 or re.search("[*?]", ":".join(head)) or "${" in pattern:
                found.append(OPEN)
            else:
                same = head == ["arn", self.partition, "s3", "", ""]
                found.append({same and glob(tail, reading.letters(resource.split(":", 5)[5]))})
        return either(found) if "Resource" in statement else opposite(either(found))

    def value(self, family: str, key: str, wanted: str, value: str, reading: Reading) -> Answers:
        """Whether one value matches one that is wanted; open where AWS does not say."""
        texts = family in ("StringEquals", "StringLike", "StringEqualsIgnoreCase")
        if key in BOOL and texts and "string-op-on-bool-key" not in self.assumptions:
            return OPEN
        fits = (key in NUMERIC and family.startswith("Numeric")) or (key in BOOL and (texts or family == "Bool"))
        fits |= (key in ADDRESS and family == "IpAddress") or (key in ARN and family.startswith("Arn"))
        if not fits and not (texts and key not in NUMERIC + ADDRESS):
            return OPEN
        if "${" in wanted:
            return OPEN
        return by_text(family, wanted, value, reading) if texts else by_quantity(family, wanted, value, reading)

    def condition(self, operator: str, key: str, wanted: list[str], values: list[str] | None, reading: Reading) -> Answers:  # noqa: PLR0911 (a row each)
        """Whether one condition holds."""
        quantifier, _, rest = operator.rpartition(":")
        name = rest.removesuffix("IfExists")
        negated = "Not" in name
        family = name.replace("Not", "", 1)
        nothing = reading.empty == "absent" or (reading.empty == "mixed" and (family == "Null" or quantifier == "ForAllValues"))
        if values is not None and nothing:
            values = [value for value in values if value] or None
        if family == "Null":
            if quantifier:
                return {quantifier == "ForAllValues"}
            asked = {lower(text) for text in wanted}
            return {("true" if values is None else "false") in asked} if asked and asked <= {"true", "false"} else OPEN
        if not wanted or any(self.value(family, key, text, value, reading) == OPEN for text in wanted for value in self.probe(key)):
            return OPEN  # an error, or not said: nothing is known of the condition at all
        if values is None:
            if quantifier == "ForAnyValue":
                return OPEN if rest != name else NO
            return {negated or rest != name or quantifier == "ForAllValues"}
        if key in SEVERAL and not quantifier:
            return OPEN
        found = [either([self.value(family, key, text, value, reading) for text in wanted]) for value in values]
        found = [opposite(one) for one in found] if negated else found
        return either(found) if quantifier == "ForAnyValue" else both(found)

    @staticmethod
    def probe(key: str) -> list[str]:
        """A value of the key's type."""
        return ["1.0"] if key in NUMERIC else ["true"] if key in BOOL else ["10.0.0.1"] if key in ADDRESS else ["arn:aws:iam::1:x"]

    def surely_denies(self, statements: list[Any], request: Any) -> bool:
        """True iff in each reading some statement surely denies."""
        return all(any(self.denies(statement, request, reading) for statement in statements) for reading in readings(request))

    def denies(self, statement: Any, request: Any, reading: Reading) -> bool:
        """True iff the statement surely denies the request, so read."""
        if statement["Effect"] != "Deny":
            return False
        answers = [
            self.principal(statement, request["caller"]),
            self.action(statement, request["action"]),
            self.resource(statement, request["resource"], reading),
        ]
        for operator, block in statement.get("Condition", {}).items():
            for key, value in block.items():
                wanted = [as_text(one) for one in as_list(value)]
                answers.append(self.condition(operator, lower(key), wanted, request["keys"].get(lower(key)), reading))
        return all(answer == YES for answer in answers)

    def occurs(self, request: Any) -> bool:
        """False iff an assumption says that there is no such request."""
        (kind, name), keys, said = request["caller"], request["keys"], self.assumptions
        own = account_of(name) if kind == "identity" else None
        is_service, arn, account = keys.get("aws:principalisawsservice"), keys.get("aws:principalarn"), keys.get("aws:principalaccount")
        impossible = {
            "secure-transport-present": "aws:securetransport" not in keys,
            "tls-version-absent-on-http": keys.get("aws:securetransport") == ["false"] and "s3:tlsversion" in keys,
            "tls-versions-are-known": "s3:tlsversion" in keys and keys["s3:tlsversion"][0] not in ("1.0", "1.1", "1.2", "1.3"),
            "source-ip-or-vpc-endpoint": ("aws:sourceip" in keys) == ("aws:sourcevpce" in keys),
            "anonymous-has-no-identity": kind == "anonymous" and bool(is_service or arn or "aws:principalorgid" in keys),
            "service-principal-keys": (is_service == ["true"]) != (kind == "service")
            or keys.get("aws:principalservicename") != ([name] if kind == "service" else None),
            "principal-keys-agree": (kind == "identity" and arn != [name])
            or (kind == "service" and arn is not None)
            or (account != [own] if own else account is None if kind == "identity" else account is not None and account[0] in self.accounts)
            or (kind == "identity" and account is not None and account[0] in self.exempt),
        }
        return not any(impossible.get(one, False) for one in said)
