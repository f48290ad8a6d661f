"""
Checks a proof that a bucket policy denies what it is said to deny: `verify.py CERTIFICATE [POLICY.json]`.

It needs Python 3.10 and two files, this one and tables.json beside it. docs/certificate.md says what a certificate is and means.
It ends with 0 (accepted), 1 (rejected), 2 (not a certificate), or 3 (the proof rests on a form that is not modelled here, which is named).

How: for each thing that a request has (who asks, the action, the resource, each condition key) it makes one representative for every set
of values that the texts involved cannot tell apart, and puts all combinations to `denies`, AWS's rule for one request and one statement.
What AWS leaves open is never counted as denied.
"""

import hashlib
import ipaddress
import itertools
import json
import re
import sys
from decimal import Decimal
from functools import cache, lru_cache, partial, reduce
from pathlib import Path
from typing import Any, NamedTuple

TABLES_SHA256 = "1e1ec144021ef3ea10878ef39bb48030adc13672ee0098c53ef9ce690107b27f"
ROOT_KEEPS = ("s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy")
OF_CALLER = ("aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:principalservicename", "aws:principalisawsservice")
ARN, ACCOUNT, ORGANIZATION, SERVICE, IS_SERVICE = OF_CALLER
TRANSPORT, TLS, IP, ENDPOINT = "aws:securetransport", "s3:tlsversion", "aws:sourceip", "aws:sourcevpce"
TIED = ((TRANSPORT, TLS), (IP, ENDPOINT))  # keys of which an assumption says which values occur together
NOT_SHOWN = ("aws:referer", "aws:useragent")  # people keep shared secrets in conditions on these
MOST_BYTES, MOST_BYTES_OF_POLICY, MOST_WORK, SIXTEEN_BITS, COLONS = 8_000_000, 20_480, 10_000_000, 0xFFFF, 5
FOLDED = {"i": "\u0130\u0131", "k": "\u212a", "s": "\u017f"}  # letters beyond ASCII that may be the same, where case does not count
EMPTY_OR_ABSENT = ("", "")  # of a key: an empty value that is nothing to Null and to ForAllValues, and a string to other operators

ANY = {"bucket", "object", "other"}  # what an ARN in a policy may be that of
Json = Any
Value = tuple[str, ...] | None  # what a request has of a condition key: values, or None where it is absent
Request = dict[str, Any]  # "Principal" (a Caller), "Action", "Resource" (what follows arn:PARTITION:s3:::), and condition keys


class EndError(Exception):
    """The answer, where it is not that the certificate proves its claim: the exit status, and what is printed."""


def end_if(condition: object, status: int, why: str) -> None:
    """End where this is so."""
    if condition:
        raise EndError(status, why)


class Open(NamedTuple):
    """Neither yes nor no: AWS does not say, or (`modelled` false) this verifier does not know."""

    why: str
    modelled: bool = True


Answer = bool | Open


class Caller(NamedTuple):
    """Who asks: `anonymous`, `service` with its name, or `identity` with what `aws:PrincipalArn` is of it."""

    kind: str
    name: str = ""

    def account(self) -> str | None:
        """The account that the ARN names."""
        found = re.match("arn:[^:]*:[^:]*:[^:]*:([0-9]{12}):", self.name)
        return found[1] if found and self.kind == "identity" else None


class Test(NamedTuple):
    """Looks at one thing that a request has: an element of a statement, a condition of one, or a question of the certificate."""

    subject: str  # Effect, Principal, Action, Resource, or a condition key in lower case
    operator: str  # the element's name, with Not before it or without; an operator of AWS's; or the question
    wanted: tuple[str, ...]  # in a Principal KIND:NAME
    variables: bool = False  # whether `${` begins a policy variable


Statement = tuple[Test, ...]  # its effect, its elements, its conditions


class Claim:
    """What a certificate is about, and what may still be spent on it."""

    left = MOST_WORK

    def __init__(self, certificate: Json, statements: dict[str, Statement]) -> None:
        """Of a certificate of the right form, with the statements of its documents by number."""
        self.bucket, self.partition, self.statements = certificate["bucket"], certificate["partition"], statements
        self.said, self.exempt = certificate["assumptions"], certificate["goal"]["exempt"]

    def spend(self, steps: int) -> None:
        """Give up where the steps are more than are left."""
        self.left -= steps
        end_if(self.left < 0, 3, "a proof of more cases than are looked at here")


@cache
def tables() -> Json:
    """Actions, condition keys, operators, and the forms of a certificate and of a policy."""
    raw = Path(__file__).with_name("tables.json").read_bytes()
    end_if(hashlib.sha256(raw).hexdigest() != TABLES_SHA256, 2, "tables.json is not the file that belongs to this verifier")
    return json.loads(raw)


# Three-valued answers


def both(answers: list[Answer]) -> Answer:
    """AND."""
    return False if any(answer is False for answer in answers) else next((answer for answer in answers if answer is not True), True)


def either(answers: list[Answer]) -> Answer:
    """OR."""
    return True if any(answer is True for answer in answers) else next((answer for answer in answers if answer is not False), False)


def turn(answer: Answer, negated: bool) -> Answer:  # noqa: FBT001
    """NOT, where it is negated."""
    return answer if isinstance(answer, Open) or not negated else not answer


# Patterns: what they mean, and one string for every set of strings that they cannot tell apart.
# No pattern holds a letter beyond 16 bits. In a request it is like any letter that no pattern holds, or (as AWS may count it) like two.


MANY, ONE, MANY_IN_SEGMENT, ONE_IN_SEGMENT = range(4)  # `*`, `?`, and the same without a colon
REPEATED = (MANY, MANY_IN_SEGMENT)
Pattern = tuple[str | int, ...]  # a string stands for any one of its letters
ACCOUNT_ID: Pattern = ("0123456789",) * 12


def glob(text: str) -> Pattern:
    """`*` is any string, `?` any one letter."""
    return tuple({"*": MANY, "?": ONE}.get(letter, letter) for letter in text)


def within_segment(pattern: Pattern) -> Pattern:
    """The same, but no wildcard reaches beyond a colon."""
    return tuple({MANY: MANY_IN_SEGMENT, ONE: ONE_IN_SEGMENT}.get(sign, sign) if isinstance(sign, int) else sign for sign in pattern)


def close(pattern: Pattern, places: set[int]) -> frozenset[int]:
    """These places in a pattern, and those behind wildcards that may stand for nothing."""
    for place, sign in enumerate(pattern):
        if place in places and sign in REPEATED:
            places.add(place + 1)
    return frozenset(places)


def stands_for(sign: str | int, letter: str) -> bool:
    """True iff a sign of a pattern may stand for this letter."""
    return letter in sign if isinstance(sign, str) else letter != ":" or sign in (MANY, ONE)


@lru_cache(maxsize=200_000)
def step(pattern: Pattern, places: frozenset[int], letter: str) -> frozenset[int]:
    """Where in the pattern one can be after one more letter."""
    passed = {place for place in places if place < len(pattern) and stands_for(pattern[place], letter)}
    return close(pattern, {place if pattern[place] in REPEATED else place + 1 for place in passed})


def matches(pattern: Pattern, text: str) -> bool:
    """True iff the pattern stands for this string."""
    return len(pattern) in reduce(lambda places, letter: step(pattern, places, letter), text, close(pattern, {0}))


@lru_cache(maxsize=1_000)
def represent(claim: Claim, patterns: frozenset[Pattern], prefix: str = "") -> tuple[str, ...]:
    """Of the strings that begin so and go on, one for every combination of patterns that match and do not."""
    single = {pattern for pattern in patterns if all(isinstance(sign, str) and len(sign) == 1 for sign in pattern)}
    literals = {"".join(map(str, pattern)) for pattern in single}
    beginnings = {text[:length] for text in literals for length in range(len(text) + 1)}
    mentioned = {letter for pattern in patterns for sign in pattern if isinstance(sign, str) for letter in sign} | {":"}
    claim.spend(len(mentioned) ** 2)  # so that they are fewer than the letters to choose from
    fresh = next(letter for letter in map(chr, (*range(97, 123), *range(0x4E00, 0x9FFF))) if letter not in mentioned)
    order = sorted(patterns - single, key=repr)

    def follow(state: tuple[frozenset[int], ...], letter: str) -> tuple[frozenset[int], ...]:
        return tuple(step(pattern, places, letter) for pattern, places in zip(order, state, strict=True))

    start = reduce(follow, prefix, tuple(close(pattern, {0}) for pattern in order))
    waiting, seen, found = [(start, prefix)], {(start, prefix if prefix in beginnings else None)}, dict[object, str]()
    for before, word in waiting:  # which grows on the way
        for letter in (fresh, *sorted(mentioned)):
            claim.spend(len(order) + 1)
            state, longer = follow(before, letter), word + letter
            verdicts = [len(pattern) in places for pattern, places in zip(order, state, strict=True)]
            found.setdefault((*verdicts, longer if longer in literals else None), longer)
            if (mark := (state, longer if longer in beginnings else None)) not in seen:
                seen.add(mark)
                waiting.append((state, longer))
    return tuple(found.values())


# Conditions


class Operator(NamedTuple):
    """An operator of AWS's, taken apart; `kinds` are the types of key that it is for, where it is modelled."""

    quantifier: str
    if_exists: bool
    family: str
    negated: bool
    kinds: list[str]


@cache
def read_operator(text: str) -> Operator | None:
    """The operator that is written so; None where AWS has none."""
    found = re.fullmatch("(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?", text)
    known = tables()["operators"].get(found[2]) if found else None
    return Operator(found[1] or "", bool(found[3]), *known) if found and known and found[2] + (found[3] or "") != "NullIfExists" else None


def fold(text: str) -> str:
    """Lower case for A to Z only."""
    return re.sub("[A-Z]", lambda letter: chr(ord(letter[0]) + 32), text)


def key_type(key: str) -> Json:
    """The type of a key's values and whether a request may carry several; None where the key is not known."""
    name, slash, tag = key.partition("/")
    return tables()["keys"].get(name + slash) if bool(slash) == bool(tag) and "$" not in tag else None


def read_number(text: str) -> Decimal | None:
    """The number that is written so."""
    return Decimal(text) if re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{1,12})?", text) else None


def read_block(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The addresses that are meant; None where AWS does not say: an IPv6 address alone, an IPv4 address in IPv6."""
    try:
        block = ipaddress.ip_network(text, strict=False) if re.fullmatch(r"[0-9A-Fa-f.:]+(/[0-9]{1,3})?", text) else None
    except ValueError:
        return None
    mapped = isinstance(block, ipaddress.IPv6Network) and block.subnet_of(ipaddress.IPv6Network("::ffff:0:0/96"))
    return None if mapped or (":" in text and ("/" not in text or "." in text)) else block


def read_pattern(family: str, text: str) -> Pattern | None:
    """The pattern that an operator on strings or ARNs makes of a value; None where AWS does not say."""
    if family.startswith("Arn"):
        *head, last = text.split(":", COLONS)
        return (*within_segment(glob(":".join(head) + ":")), *glob(last)) if len(head) == COLONS else None
    if family == "StringEqualsIgnoreCase":
        return tuple(letter + letter.swapcase() + FOLDED.get(fold(letter), "") for letter in text) if text.isascii() else None
    return glob(text) if family == "StringLike" else tuple(text)


def read_wanted(family: str, text: str) -> Any:
    """What an operator makes of a value; None where it cannot take it, which AWS calls an error, or where AWS does not say."""
    if family in ("Bool", "Null"):
        return fold(text) if fold(text) in ("true", "false") else None
    return (read_number if family.startswith("Numeric") else read_block if family == "IpAddress" else partial(read_pattern, family))(text)


def compare(family: str, wanted: str, value: str) -> bool:
    """Whether one value of a request matches one of a condition, which the operator can take."""
    read = read_wanted(family, wanted)
    if family in ("Bool", "IpAddress"):
        return bool(read == value if family == "Bool" else ipaddress.ip_address(value) in read)
    if family.startswith("Numeric"):
        number = Decimal(value)
        return ("Less" in family and number < read) or ("Greater" in family and number > read) or ("Equals" in family and number == read)
    return matches(read, value)


def is_plain(text: str) -> bool:
    """True iff no letter is beyond 16 bits, or one beyond ASCII that may be the same as one of ASCII."""
    return all(ord(letter) <= SIXTEEN_BITS and letter not in "".join(FOLDED.values()) for letter in text)


def is_odd(text: str, variables: bool) -> bool:  # noqa: FBT001
    """True iff a policy variable or an escape is, or may be, meant, or a letter is not plain."""
    return not is_plain(text) or ("${" in text if variables else "${*}" in text or "${?}" in text)


def trouble_with(claim: Claim, test: Test, operator: Operator) -> Open | None:
    """Why nothing is known of a condition, whatever the request."""
    kind, _ = key_type(test.subject) or ("", False)
    if not kind or not operator.kinds:
        return Open(f"the operator {test.operator}" if kind else f"the condition key {show(test.subject)}", modelled=False)
    if any(is_odd(text, test.variables) for text in test.wanted):
        return Open("policy variables, or letters that AWS may read in two ways", modelled=False)
    if kind not in operator.kinds or (kind == "Bool" and operator.family[:6] == "String" and "string-op-on-bool-key" not in claim.said):
        return Open(f"{test.operator} on {test.subject}", modelled=False)
    readable = test.wanted and all(read_wanted(operator.family, text) is not None for text in test.wanted)
    return None if readable else Open(f"the values of {test.operator}")


def condition_holds(claim: Claim, test: Test, value: Value) -> Answer:
    """Whether a condition holds for what a request has of its key."""
    operator = read_operator(test.operator)
    if operator is None or (operator.family == "Null" and operator.quantifier):
        return operator is not None and operator.quantifier == "ForAllValues"
    if value == EMPTY_OR_ABSENT and (operator.family == "Null" or operator.quantifier == "ForAllValues"):
        value = None
    return trouble_with(claim, test, operator) or value_holds(test, operator, value)


def value_holds(test: Test, operator: Operator, value: Value) -> Answer:
    """As `condition_holds`, where nothing is wrong with the condition."""
    if operator.family == "Null":
        return ("true" if value is None else "false") in map(fold, test.wanted)
    if value is None:
        some = operator.if_exists and Open("ForAnyValue with IfExists, of an absent key")
        return some if operator.quantifier == "ForAnyValue" else operator.negated or operator.if_exists or operator.quantifier != ""
    if not operator.quantifier and (key_type(test.subject) or ("", True))[1]:
        return Open(f"{test.operator} without a quantifier on {test.subject}")
    found = [any(compare(operator.family, text, single) for text in test.wanted) != operator.negated for single in value]
    return any(found) if operator.quantifier == "ForAnyValue" else all(found)


def question_holds(test: Test, value: Value) -> bool:
    """Whether a question about one key is answered with yes."""
    if test.operator == "below":
        return value is not None and any(compare("NumericLessThan", bound, value[0]) for bound in test.wanted)
    is_one = value is not None and value[0] in test.wanted
    return is_one if test.operator == "equal" else not is_one if test.operator == "absent-or-other" else value is None


# Elements


def is_named(claim: Claim, kind: str, name: str, caller: Caller) -> Answer:
    """Whether one name in a Principal is the caller's, or that of an account that the caller belongs to."""
    if kind == "*" or (kind == "AWS" and name == "*"):
        covers = kind == "*" or caller.kind != "service" or "aws-star-covers-services" in claim.said
        return covers or Open('whether {"AWS": "*"} covers services')
    if re.search("[*?]", name) or not name.isascii():
        return Open("a name of odd letters in a principal")
    if kind == "Service":
        return caller == ("service", name)
    if caller.kind == "anonymous" or (kind == "AWS" and caller.kind == "service"):
        return False
    arn = f"arn:{claim.partition}:iam::"
    if account := re.fullmatch(f"{arn}([0-9]{{12}}):root|([0-9]{{12}})", name):
        return caller.account() in account.groups() and caller.account() is not None
    known = kind == "AWS" and re.fullmatch(f"{arn}([0-9]{{12}}|cloudfront):(user|role)/.+", name)
    return caller.name == name if known else Open("whom a principal names")


def principal_matches(claim: Claim, test: Test, caller: Caller) -> Answer:
    """Whether a Principal names the caller. NotPrincipal surely does not spare one of whom nothing is listed, neither account nor name."""
    named = either([is_named(claim, *name.partition(":")[::2], caller) for name in test.wanted])
    return named if test.operator == "Principal" else named is False or Open("whether NotPrincipal spares a caller")


def action_matches(_claim: Claim, _test: Test, text: str, action: str) -> Answer:
    """Whether an Action names the action."""
    service, colon, name = fold(text).partition(":")
    if text != "*" and (not colon or re.search("[^a-z0-9-]", service) or "${" in name):
        return Open("an action whose service is not written out")
    return text == "*" or (service == "s3" and matches(glob(name), fold(action).removeprefix("s3:")))


def resource_matches(claim: Claim, test: Test, text: str, resource: str) -> Answer:
    """Whether a Resource names the resource."""
    found = re.fullmatch("(arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:[a-z0-9-]*):(.*)", text, re.DOTALL)
    if not found:
        return text == "*" or Open("the first five segments of a resource")
    if is_odd(text, test.variables):
        return Open("policy variables, or letters that AWS may read in two ways", modelled=False)
    return found[1] == f"arn:{claim.partition}:s3::" and matches(glob(found[2]), resource)


def holds(claim: Claim, test: Test, request: Request) -> Answer:
    """Whether a test holds for a request."""
    value = request.get(test.subject)
    if test.subject == "Effect":
        return test.operator == "Deny"
    if test.subject == "Principal":
        return principal_matches(claim, test, request["Principal"])
    if test.subject in ("Action", "Resource"):
        matches_one = action_matches if test.subject == "Action" else resource_matches
        answer = either([matches_one(claim, test, text, request[test.subject]) for text in test.wanted])
        return turn(answer, test.operator != test.subject) if test.wanted else False
    return condition_holds(claim, test, value) if read_operator(test.operator) else question_holds(test, value)


def denies(claim: Claim, statement: Statement, request: Request) -> Answer:
    """Whether a statement denies a request: whether its effect is Deny, and all else in it holds."""
    return both([holds(claim, test, request) for test in statement])


# Which requests there are, up to what tests can tell apart


def compared_with(key: str, tests: list[Test]) -> list[tuple[str, str]]:
    """What these tests compare a key with: the family of the operator, and the value."""
    found = [(read_operator(test.operator), test) for test in tests if test.subject == key]
    return [(operator.family if operator else "StringEquals", text) for operator, test in found for text in test.wanted]


def patterns_of(key: str, tests: list[Test]) -> frozenset[Pattern]:
    """The patterns that these tests compare a key with. Where a value cannot be read a condition is open whatever the request."""
    found = [read_pattern(family, text) for family, text in compared_with(key, tests) if is_plain(text)]
    return frozenset(pattern for pattern in found if pattern is not None)


def represent_values(claim: Claim, key: str, tests: list[Test]) -> list[Value]:
    """Absent, empty, and one value for every set of values that the tests of this key cannot tell apart."""
    kind, several = key_type(key) or ("String", True)
    found = ["true", "false"] if kind == "Bool" else ["2026-10-27T00:00:00Z"]  # of a date only Null asks
    if key == TLS and "tls-versions-are-known" in claim.said:
        found = ["1.0", "1.1", "1.2", "1.3"]
    elif kind == "Numeric":
        bounds = sorted({number for _, text in compared_with(key, tests) if (number := read_number(text)) is not None} or {Decimal(0)})
        between = ((low + high) / 2 for low, high in itertools.pairwise(bounds))
        found = [f"{number:f}" for number in (bounds[0] - 1, *bounds, *between, bounds[-1] + 1)]
    elif kind == "Ip":
        blocks = [block for _, text in compared_with(key, tests) if (block := read_block(text))]
        ends = [block.broadcast_address for block in blocks if int(block.broadcast_address) + 1 < 1 << block.max_prefixlen]
        found = ["0.0.0.0", "::", *(str(block.network_address) for block in blocks), *(str(end + 1) for end in ends)]  # noqa: S104
    elif kind in ("String", "Arn"):
        found = [*represent(claim, patterns_of(key, tests))]
    sent = kind in ("String", "Arn") and not several and (key.startswith("s3:") or "/" in key or key in NOT_SHOWN)
    found += [""] if sent else []  # AWS makes the values of other keys, which are never empty
    claim.spend(2 ** min(len(found), 60) if several else len(found))
    sizes = range(1, len(found) + 1 if several else 2)
    values: list[Value] = [value for size in sizes for value in itertools.combinations(dict.fromkeys(found), size)]
    values += [EMPTY_OR_ABSENT] if sent else []
    return values if key == TRANSPORT and "secure-transport-present" in claim.said else [None, *values]


def represent_resources(claim: Claim, on: str, tests: list[Test]) -> list[Request]:
    """The bucket, or of its objects one for every set that the elements cannot tell apart."""
    names = [text.split(":", COLONS)[-1] for test in tests if test.subject == "Resource" for text in test.wanted if is_plain(text)]
    found = [claim.bucket] if on == "bucket" else represent(claim, frozenset(map(glob, names)), f"{claim.bucket}/")
    return [{"Resource": resource} for resource in found]


def represent_callers(claim: Claim, tests: list[Test]) -> list[Request]:
    """Anonymous callers, services, and identities of whatever ARN, known forms or not, each with the keys that say who it is."""
    names = {name.partition(":")[2] for test in tests if test.subject == "Principal" for name in test.wanted} | {*claim.exempt}
    literals = frozenset(tuple(name) for name in names if is_plain(name))
    accounts = {account for name in names for account in re.findall("[0-9]{12}", name)}
    accounts |= {text for _, text in compared_with(ACCOUNT, tests) if re.fullmatch("[0-9]{12}", text)}
    segments = {ACCOUNT_ID, *map(tuple, accounts), *map(within_segment, patterns_of(ACCOUNT, tests))}
    start = f"arn:{claim.partition}:"
    of_accounts = {(*start, MANY_IN_SEGMENT, ":", MANY_IN_SEGMENT, ":", *segment, ":", MANY) for segment in segments}
    arns = represent(claim, literals | patterns_of(ARN, tests) | of_accounts | {(*start, *"iam::", *ACCOUNT_ID, *":root")}, start)
    services = represent(claim, literals | patterns_of(SERVICE, tests))
    callers = [Caller("service", name) for name in services] + [Caller("identity", arn) for arn in arns]
    keys = {key: represent_values(claim, key, tests) for key in OF_CALLER if any(test.subject == key for test in tests)}
    found = []
    for caller in (Caller("anonymous"), *(one for one in callers if not {one.name, one.account()} & {*claim.exempt})):
        choices = [values_of_caller(claim, caller, key, every, accounts) for key, every in keys.items()]
        for values in itertools.product(*choices):
            claim.spend(1)
            found.append({"Principal": caller, **dict(zip(keys, values, strict=True))})
    return found


def values_of_caller(claim: Claim, caller: Caller, key: str, every: list[Value], accounts: set[str]) -> list[Value]:
    """What a caller's requests may have of a key that says who it is."""
    if caller.kind == "anonymous" and key in (ARN, ORGANIZATION, IS_SERVICE) and "anonymous-has-no-identity" in claim.said:
        return [None]
    if key in (SERVICE, IS_SERVICE) and "service-principal-keys" in claim.said:
        if caller.kind == "service":
            return [(caller.name,) if key == SERVICE else ("true",)]
        return [value for value in every if value is None or (key == IS_SERVICE and value != ("true",))]
    if key not in (ARN, ACCOUNT) or "principal-keys-agree" not in claim.said or (key == ARN and caller.kind == "anonymous"):
        return every
    own = caller.account() if key == ACCOUNT else caller.name if caller.kind == "identity" else None
    # A service is of none of the accounts that are named; whoever has an ARN without an account is of some account that is not exempt.
    barred = {None, *((name,) for name in claim.exempt)} if caller.kind == "identity" else {(name,) for name in accounts}
    return [(own,)] if own else [value for value in every if value not in barred and (key == ACCOUNT or value is None)]


def is_possible(claim: Claim, keys: Request) -> bool:
    """False iff an assumption says that these keys do not occur together."""
    http = "tls-version-absent-on-http" in claim.said and keys.get(TRANSPORT) == ("false",)
    tied = "source-ip-or-vpc-endpoint" in claim.said and IP in keys and ENDPOINT in keys
    return not (http and keys.get(TLS) is not None) and not (tied and (keys[IP] is None) == (keys[ENDPOINT] is None))


def is_root(request: Request) -> bool:
    """True iff the caller is the root of an account. Whose the bucket is cannot be seen."""
    return "Principal" in request and bool(re.fullmatch("arn:[^:]*:iam::[0-9]{12}:root", request["Principal"].name))


def represent_parts(claim: Claim, target: Json, tests: list[Test]) -> list[list[Request]]:
    """For each thing that is asked of a request what it may be; keys of which an assumption says that they go together as one."""
    actions, resources = [{"Action": action} for action in target["actions"]], represent_resources(claim, target["on"], tests)
    parts = [actions, resources, represent_callers(claim, tests)]
    keys = dict.fromkeys(test.subject for test in tests if key_type(test.subject) and test.subject not in OF_CALLER)
    for group in (*TIED, *((key,) for key in keys if key not in (*TIED[0], *TIED[1]))):
        asked = [key for key in group if key in keys]
        values = itertools.product(*(represent_values(claim, key, tests) for key in asked))
        parts.append([part for combined in values if is_possible(claim, part := dict(zip(asked, combined, strict=True)))])
    return parts


def keep(claim: Claim, parts: list[Request], way: list[tuple[Test, bool]], statements: list[Statement]) -> list[Request]:
    """Of parts of requests those that may come this way, and of those that no statement tells apart the first."""
    tests = [test for statement in statements for test in statement if test.subject in parts[0]]
    asked = [(test, wanted) for test, wanted in way if test.subject in parts[0]]
    claim.spend(len(parts) * (len(tests) + len(asked) + 1))
    # a part of which an answer is open comes both ways
    comes = [part for part in parts if not any(holds(claim, test, part) is (not wanted) for test, wanted in asked)]
    found: dict[object, Request] = {}
    for part in comes:
        found.setdefault((*(holds(claim, test, part) for test in tests), part.get("Action") in ROOT_KEEPS, is_root(part)), part)
    return [*found.values()]


def check_leaf(claim: Claim, target: Json, way: list[tuple[Test, bool]], statements: list[Statement]) -> None:
    """Rejected with a request unless every one of the target that comes this way is denied by one of these statements."""
    tests = [*(test for test, _ in way), *(test for statement in statements for test in statement)]
    kept = [keep(claim, parts, way, statements) for parts in represent_parts(claim, target, tests)]
    for combined in itertools.product(*kept):
        claim.spend(len(statements) + 1)
        request = {key: value for part in combined for key, value in part.items()}
        answers = [denies(claim, statement, request) for statement in statements]
        if either(answers) is not True and not (request["Action"] in ROOT_KEEPS and is_root(request)):
            reject(claim, request, [*answers, *(holds(claim, test, request) for test, _ in way)])


def reject(claim: Claim, request: Request, answers: list[Answer]) -> None:
    """Say which request may get through, and why more is not known."""
    doubts = [answer for answer in answers if isinstance(answer, Open)]
    unknown = [doubt.why for doubt in doubts if not doubt.modelled]
    unknown += [f"an empty value of {key}, which AWS may read in two ways" for key, value in request.items() if value == EMPTY_OR_ABSENT]
    end_if(unknown or "inapplicable-keys-absent" in claim.said, 3, unknown[0] if unknown else "the assumption inapplicable-keys-absent")
    shown = {key: value if key not in NOT_SHOWN else "(not shown)" for key, value in request.items() if value is not None}
    reason = f" (AWS does not say: {doubts[0].why})" if doubts else ""
    raise EndError(1, f"this request is not surely denied: {show(shown)}{reason}")


# Files


class Number(str):
    """A number of a JSON text, as written."""

    __slots__ = ()


def read_json(text: str) -> Json:
    """A JSON value in which nothing is odd. Raises ValueError where a name occurs twice, or half a letter."""

    def unique(pairs: list[tuple[str, Json]]) -> Json:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name occurs twice in one object")
        return dict(pairs)

    value = json.loads(text, object_pairs_hook=unique, parse_int=Number, parse_float=Number)
    json.dumps(value, ensure_ascii=False).encode()  # fails for half of a surrogate pair
    return value


def fits(form: Json, value: Json) -> bool:
    """True iff a JSON value has this form, which is written in a part of JSON Schema."""
    if "$ref" in form:
        return fits(tables()["forms"][form["$ref"].rpartition("/")[2]], value)
    if "anyOf" in form:
        return any(fits(one, value) for one in form["anyOf"])
    kinds = {"object": dict, "array": list, "string": str, "integer": Number, "number": Number, "boolean": bool, "null": type(None)}
    if type(value) is not kinds[form["type"]] or ("enum" in form and value not in form["enum"]):
        return False
    if isinstance(value, dict):
        named, others = form.get("properties", {}), form.get("additionalProperties", True)
        fitting = all(rule is True or (rule and fits(rule, value[name])) for name in value for rule in [named.get(name, others)])
        return fitting and {*form.get("required", ())} <= {*value}
    if isinstance(value, list):
        return len(value) >= form.get("minItems", 0) and all(fits(form["items"], one) for one in value)
    return bool(re.fullmatch(form.get("pattern", "(?s:.*)"), str(value)))


def listed(value: Json) -> list[Json]:
    """A list, whether or not it was written as one; of a Principal KIND:NAME."""
    if isinstance(value, dict):
        return [f"{kind}:{name}" for kind, names in value.items() for name in listed(names)]
    return value if isinstance(value, list) else [value]


def read_document(text: str, form: str) -> list[Json]:
    """The statements of a document; rejected unless it has the form of a policy, which of a control policy is for all principals."""
    try:
        document = read_json(text)
    except (ValueError, RecursionError) as error:
        raise EndError(1, f"a document is not JSON that S3 takes: {show(str(error))}") from None
    if len(text.encode()) > MOST_BYTES_OF_POLICY or not fits(tables()["forms"][form], document):
        raise EndError(1, "a document does not have the form of a policy, or has more than 20,480 bytes")
    several = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    return [{**one, "variables": document.get("Version") == "2012-10-17"} for one in several]


def read_statement(written: Json) -> Statement:
    """A statement; rejected unless it has its elements, each once, and operators that there are."""
    tests = [Test("Effect", written["Effect"], ())]
    for name in ("Principal", "Action", "Resource"):
        used = [one for one in (name, f"Not{name}") if one in written]
        end_if(len(used) != 1, 1, f"a statement lacks {name}, or has it twice")
        tests.append(Test(name, used[0], tuple(listed(written[used[0]])), written["variables"]))
    for operator, block in written.get("Condition", {}).items():
        known = read_operator(operator) and len({*map(fold, block)}) == len(block)
        end_if(not known, 1, "an operator that AWS does not have, or a key that occurs twice")
        for key, value in block.items():
            wanted = tuple(fold(str(one)) if isinstance(one, bool) else str(one) for one in listed(value))
            tests.append(Test(fold(key), operator, wanted, written["variables"]))
    return tuple(tests)


def kinds_of(bucket: str, resource: str) -> set[str]:
    """What an ARN may be that of: the bucket, its objects, or (where that cannot be told) anything. Nothing where S3 refuses it."""
    *head, tail = resource.split(":", COLONS)
    name, slash, _ = tail.partition("/")
    if len(head) < COLONS or head[0] != "arn" or (head[2:] == ["s3", "", ""] and not re.search("[*?$]", name) and name != bucket):
        return set()
    if head[2:] != ["s3", "", ""] or "$" in name:
        return ANY
    return {"object"} if slash else {"bucket", "object"} if re.search("[*?]", name) else {"bucket"}


def check_acceptance(bucket: str, text: str, documents: list[Json]) -> None:
    """Rejected where S3 is publicly known to refuse a document: the rows of `refused-by-s3` in docs/certificate.md."""
    end_if(not text.startswith("{"), 1, "S3 refuses the document: Policies must be valid JSON and the first byte must be '{'")
    statements = [(one, read_statement(one)) for one in documents]
    asked_on = {fold(name): on for name, on in tables()["actions"].items()}
    for written, (_, principal, *_) in statements:
        kinds = [kinds_of(bucket, resource) for resource in listed(written.get("Resource", []))]
        end_if(not all(kinds), 1, "S3 refuses the document: Policy has invalid resource")
        every = set().union(*kinds) or ANY
        odd = [action for action in listed(written.get("Action", [])) if every.isdisjoint(asked_on.get(fold(action), ANY))]
        end_if(odd, 1, "S3 refuses the document: Action does not apply to any resource(s) in statement")
        odd = [name for name in principal.wanted if re.match(r"AWS:arn:.*[*?]", name, re.DOTALL)]
        end_if(odd, 1, "S3 refuses the document: Invalid principal in policy")
    lists = [test.wanted for _, (_, *tests) in statements for test in tests]
    end_if(not all(lists), 3, "an empty list in a statement, of which it is not known whether S3 takes it")


def read_question(written: Json) -> Test:
    """A question about one key; not modelled unless it is one for the key's type."""
    key, asked, values = fold(written["key"]), written["is"], written.get("values", [])
    kind, several = key_type(key) or ("", True)
    fitting = kind in {"absent": kind, "below": ("Numeric",)}.get(asked, ("String", "Arn", "Bool"))
    told = all(text and is_plain(text) and (asked != "below" or read_number(text)) for text in values)
    if not kind or several or not fitting or not told or (kind == "Bool" and not {*values} <= {"true", "false"}):
        raise EndError(3, f"the question whether {show(key)} is {asked}")
    return Test(key, asked, tuple(values))


def find_statement(claim: Claim, written: Json) -> Statement:
    """The statement of a number, which must be there."""
    end_if(str(written) not in claim.statements or (type(written) is str) == written.isdecimal(), 1, "a statement that there is not")
    return claim.statements[str(written)]


def read_test(claim: Claim, written: Json) -> Test:
    """The test of a split."""
    if "statement" not in written:
        return read_question(written)
    wanted = [written["element"]] if "element" in written else [fold(written["key"]), written["operator"]]
    tests = find_statement(claim, written["statement"])
    found = [test for test in tests if [test.subject, test.operator][: len(wanted)] == wanted]
    end_if(not found, 1, "a statement does not have the condition that the proof asks about")
    return found[0]


def check_tree(claim: Claim, target: Json, tree: Json, way: list[tuple[Test, bool]]) -> None:
    """Both answers to every question, down to the leaves."""
    claim.spend(len(way) + 1)
    if "denied_by" in tree:
        check_leaf(claim, target, way, [find_statement(claim, number) for number in tree["denied_by"]])
    else:
        test = read_test(claim, tree["split"])
        check_tree(claim, target, tree["yes"], [*way, (test, True)])
        check_tree(claim, target, tree["no"], [*way, (test, False)])


def read_claim(certificate: Json) -> Claim:
    """What a certificate is about, and its documents, which are rejected where they are not in order."""
    text = certificate["document"]
    end_if(hashlib.sha256(text.encode()).hexdigest() != certificate["document_sha256"], 1, "document_sha256 is not that of the document")
    texts = {"": text} | {f"{policy['name']}:": policy["document"] for policy in certificate["control_policies"]}
    documents = {name: read_document(one, "control_policy" if name else "policy") for name, one in texts.items()}
    if "refused-by-s3" in certificate["assumptions"]:
        check_acceptance(certificate["bucket"], text, documents[""])
    numbered = ((f"{name}{number}", one) for name, several in documents.items() for number, one in enumerate(several, 1))
    return Claim(certificate, {name: read_statement(one) for name, one in numbered})


def show(value: Json) -> str:
    """A JSON value on one line, of letters that do nothing to a terminal, and no command to a CI system."""
    return json.dumps(value).replace("#", "\\u0023")


def report(certificate: Json, targets: list[Json]) -> None:
    """Print what is claimed, so that a weaker claim shows."""
    print("\n".join(f"{name}: {show(certificate[name])}" for name in ("bucket", "partition", "document_sha256")))
    print("not checked:", show({name: certificate[name] for name in ("pack", "tables", "policy", "stack", "urn") if name in certificate}))
    for target in targets:
        every = {action for action, on in tables()["actions"].items() if target["on"] in on}
        actions = "every action" if {*target["actions"]} == every else ", ".join(target["actions"])
        questions = [f"{show(one.subject)} is {one.operator} {' or '.join(map(show, one.wanted))}".strip() for one in target["where"]]
        where = f"on {'every object of ' if target['on'] == 'object' else ''}the bucket, where {' and '.join(questions) or 'anything'}"
        print(f"claim: denied is {actions} {where}")
    names = ", ".join(show(policy["name"]) for policy in certificate["control_policies"])
    print("exempt:", "; ".join(["roots that read, write or delete the policy", *map(show, certificate["goal"]["exempt"])]))
    print("control policies:", f"{names}; taken to be attached, but service-linked roles are under none" if names else "none")
    asked = "" if "refused-by-s3" in certificate["assumptions"] else " (and it is not asked whether S3 takes the document)"
    print(f"assumptions: {', '.join(certificate['assumptions']) or 'none'}{asked}")


def read_file(path: str) -> Json:
    """The JSON value in a file. Raises ValueError where there is none, or more than is read."""
    with Path(path).open("rb") as file:
        return read_json(file.read(MOST_BYTES).decode())


def is_same(document: str, policy: Json) -> bool:
    """True iff the policy, or what the AWS CLI printed of it, is the document but for white space and the order of members."""
    policy = read_json(policy["Policy"]) if isinstance(policy, dict) and isinstance(policy.get("Policy"), str) else policy
    return json.dumps(policy, sort_keys=True) == json.dumps(read_json(document), sort_keys=True)


def verify(path: str, policy: str | None = None) -> None:
    """Return iff the certificate proves its claim, about this very policy where one is given."""
    certificate, given = read_file(path), None if policy is None else read_file(policy)
    if not fits(tables()["forms"]["certificate"], certificate) or len(certificate["goal"]["targets"]) != len(certificate["proof"]):
        raise EndError(2, "it does not have the form that docs/certificate.md describes")
    end_if(certificate["certificate"] != "1", 3, "a version of the format other than 1")
    targets = [{**target, "where": [*map(read_question, target["where"])]} for target in certificate["goal"]["targets"]]
    strange = [one for target in targets for one in target["actions"] if target["on"] not in tables()["actions"].get(one, ())]
    end_if(strange, 3, "an action that is not known, or not asked on what the claim says")
    report(certificate, targets)
    claim = read_claim(certificate)
    end_if(policy is not None and not is_same(certificate["document"], given), 1, "the policy that is given is another than the document")
    for target, tree in zip(targets, certificate["proof"], strict=True):
        check_tree(claim, target, tree, [(question, True) for question in target["where"]])


def main(arguments: list[str]) -> int:
    """Print the claim and the answer; return the exit status."""
    status, why = 0, "the documents deny what is claimed"
    try:
        end_if(len(arguments) not in (1, 2), 2, "usage: verify.py CERTIFICATE [POLICY.json]")
        verify(*arguments)
    except EndError as end:
        status, why = end.args
    except (OSError, ValueError, RecursionError) as error:
        status, why = 2, show(str(error))
    print(f"{('accepted', 'rejected', 'not a certificate', 'not modelled')[status]}: {why}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
