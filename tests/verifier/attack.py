"""
Random documents and goals, put to the verifier; what it accepts is attacked with requests of small alphabets.

`python -m tests.verifier.attack 20000 7` makes so many with that seed, and prints how many were accepted and how many of these wrongly.
"""

import contextlib
import io
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

from tests.verifier.making import ASSUMPTIONS, BUCKET, SSE, certify
from tests.verifier.naive import World, account_of
from verifier import verify

ROLE, USER, ROOT = "arn:aws:iam::111122223333:role/p/r", "arn:aws:iam::111122223333:user/u", "arn:aws:iam::111122223333:root"
OTHER_ROLE, OTHER_ROOT = "arn:aws:iam::222233334444:role/r", "arn:aws:iam::222233334444:root"
IDENTITY, SESSION = "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E", "arn:aws:sts::111122223333:assumed-role/r/s"
LOGS, OTHER_SERVICE = "logging.s3.amazonaws.com", "x.amazonaws.com"
FEDERATED, STRANGE = "arn:aws:sts::111122223333:federated-user/f", "arn:aws:new::333344445555:thing"
CALLERS = [
    ("anonymous", ""),
    *(("service", name) for name in (LOGS, OTHER_SERVICE)),
    *(
        ("identity", arn)
        for arn in (ROLE, USER, ROOT, OTHER_ROLE, OTHER_ROOT, IDENTITY, FEDERATED, STRANGE, "arn:aws:iam::999999999999:user/u")
    ),
]
NAMES = {
    "AWS": ["*", "111122223333", ROOT, ROLE, USER, OTHER_ROLE, "222233334444", IDENTITY, SESSION],
    "Service": [LOGS, "*", OTHER_SERVICE],
}
TEXTS = [
    "",
    "a",
    "b",
    "A",
    "ab",
    "aa",
    "k",
    "K",
    "aws:kms",
    "AES256",
    "\u212a",
    "\U0001f600",
    "a\U0001f600",
    "é",
    "*",
    "?",
    "a*",
    "*a",
    "?a",
    "??",
    "a?",
    "**",
]
PREFIX = f"arn:aws:s3:::{BUCKET}"
OBJECTS = [
    "a",
    "b",
    "ab",
    "ba",
    "aa",
    "c",
    "\n",
    "a\n",
    "a:b",
    "\U0001f600",
    "a\U0001f600",
    "k",
    "K",
    "é",
    "aab",
    "*",
    "?",
    "${aws:username}",
]
RESOURCES = ["/*", "/?*", "/a*", "/*a", "/?", "/??", "*", "/a", "/*b*", "", "/", "/b?", "/${aws:username}*", "/**", "/a?*"]
ACTIONS = [
    "s3:PutObject",
    "s3:putobject",
    "s3:*",
    "*",
    "s3:Put*",
    "s3:*Object",
    "s3:GetObject",
    "s3:PutObject?",
    "*:PutObject",
    "s3:?utObject",
    "s3:*BucketPolicy",
]
TRANSPORT, TLS, IP, ENDPOINT = "aws:securetransport", "s3:tlsversion", "aws:sourceip", "aws:sourcevpce"
ARN, ACCOUNT, SERVICE, IS_SERVICE = "aws:principalarn", "aws:principalaccount", "aws:principalservicename", "aws:principalisawsservice"
TEXT_KEYS = [SSE, ENDPOINT, "aws:principaltag/x", "aws:referer", "aws:principalorgid"]
STRING = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"]
NUMBERS = ["1.0", "1.1", "1.2", "1.3", "1", "0", "2", "1.20", "x"]
NUMERIC = [
    "NumericEquals",
    "NumericNotEquals",
    *(f"Numeric{order}" for order in ("LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")),
]
BLOCKS = ["10.0.0.0/8", "10.0.0.1", "0.0.0.0/1", "128.0.0.0/1", "0.0.0.0/0", "::/0", "2001:db8::/32", "2001:db8::1"]
ADDRESSES = ["10.0.0.1", "10.0.0.2", "11.0.0.0", "200.0.0.1", "2001:db8::1", "2001:db9::", "::"]
ARN_PATTERNS = [
    ROLE,
    USER,
    "arn:aws:iam::*:role/p/*",
    "arn:aws:iam::111122223333:*",
    "arn:aws:*::111122223333:*",
    "*",
    "arn:aws:iam::*:root",
    OTHER_ROLE,
]
PAIRS = [
    ("Null", "true", "Null", "false"),
    ("StringEquals", "a", "StringNotEquals", "a"),
    ("StringLike", "a*", "StringNotLike", "a*"),
    ("StringEquals", "a", "StringNotEqualsIfExists", "a"),
    ("StringEqualsIgnoreCase", "k", "StringNotEqualsIgnoreCase", "k"),
    ("StringLikeIfExists", "*", "Null", "false"),
    ("StringLike", "?*", "StringNotLike", "?*"),
    ("ForAnyValue:StringEquals", "a", "ForAllValues:StringNotEquals", "a"),
    ("StringNotEquals", "", "StringEquals", ""),
]


def some(random: Random, values: list[str], most: int = 3) -> Any:
    """A value, or a list of a few."""
    chosen = random.choices(values, k=random.choice((1, 1, 1, 2, most)))
    return chosen[0] if len(chosen) == 1 and random.random() < 0.7 else chosen


def make_condition(random: Random) -> tuple[str, str, Any]:  # noqa: PLR0911 (a kind of key each)
    """An operator, a key and values."""
    suffix = random.choice(("", "", "IfExists"))
    quantifier = random.choice(("", "", "", "", "ForAnyValue:", "ForAllValues:"))
    kind = random.randrange(11)
    if kind == 0:
        return (
            "Null",
            random.choice([*TEXT_KEYS, TRANSPORT, TLS, IP, ARN, IS_SERVICE]),
            random.choice(("true", "false", True, ["true", "false"], "x")),
        )
    if kind == 1:
        return (
            random.choice((f"{quantifier}Bool{suffix}", f"StringEquals{suffix}", f"StringNotEquals{suffix}")),
            random.choice((TRANSPORT, IS_SERVICE)),
            random.choice(("true", "false", "False", False)),
        )
    if kind == 2:
        return random.choice(NUMERIC) + suffix, random.choice((TLS, TLS, SSE)), some(random, NUMBERS)
    if kind == 3:
        return random.choice(("IpAddress", "NotIpAddress")) + suffix, IP, some(random, BLOCKS)
    if kind == 4:
        operator = random.choice(("ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike", "StringLike", "StringNotLike", "StringNotEquals"))
        return operator + suffix, ARN, some(random, ARN_PATTERNS)
    if kind == 5:
        return (
            random.choice(("StringEquals", "StringNotEquals", "StringLike")) + suffix,
            ACCOUNT,
            some(random, ["111122223333", "1111*", "222233334444"]),
        )
    if kind == 6:
        return random.choice(("StringEquals", "StringNotEquals", "StringLike")) + suffix, SERVICE, some(random, [LOGS, "*.amazonaws.com"])
    if kind == 7:
        return quantifier + random.choice(STRING) + suffix, "aws:tagkeys", some(random, TEXTS)
    return quantifier + random.choice(STRING) + suffix, random.choice(TEXT_KEYS), some(random, TEXTS)


def make_principal(random: Random) -> Any:
    """`*`, or some names."""
    if random.random() < 0.2:
        return "*"
    kind = random.choice(("AWS", "AWS", "AWS", "Service"))
    return {kind: some(random, NAMES[kind])} | ({"CanonicalUser": "f" * 64} if random.random() < 0.05 else {})


def add(statement: dict[str, Any], operator: str, key: str, value: Any) -> None:
    """A condition more."""
    statement.setdefault("Condition", {}).setdefault(operator, {})[key] = value


def make_statements(random: Random, base: list[tuple[str, str, Any]]) -> list[dict[str, Any]]:
    """Statements that together deny what the base says, or once did: each is split in two a few times, and some are damaged."""
    statement = {"Effect": "Deny", "Principal": random.choice(("*", "*", {"AWS": "*"})), "Action": random.choice(ACTIONS[:6])}
    statement["Resource"] = f"{PREFIX}{random.choice(RESOURCES[:2])}"
    for condition in base:
        add(statement, *condition)
    statements = [statement]
    for _ in range(random.choice((0, 1, 1, 2))):
        chosen = random.randrange(len(statements))
        statements[chosen : chosen + 1] = split(random, statements[chosen])
    while random.random() < 0.35:
        damage(random, statements)
    return statements


#: How an element is split in two: its name, the name of its opposite, and what makes a value of it.
ELEMENTS: tuple[tuple[str, str, Callable[[Random], Any]], ...] = (
    ("Resource", "NotResource", lambda random: some(random, [PREFIX + end for end in RESOURCES])),
    ("Principal", "NotPrincipal", make_principal),
    ("Action", "NotAction", lambda random: some(random, ACTIONS)),
)
OPPOSITES = (
    ("StringEquals", "StringNotEquals"),
    ("StringLike", "StringNotLike"),
    ("IpAddress", "NotIpAddress"),
    ("ArnLike", "ArnNotLike"),
)


def split(random: Random, statement: dict[str, Any]) -> list[dict[str, Any]]:
    """Two statements that together deny what the one does, more or less: by an element and its opposite, or by two conditions."""
    one, two = (json.loads(json.dumps(statement)) for _ in range(2))
    kind = random.randrange(5)
    if kind < len(ELEMENTS) and ELEMENTS[kind][0] in one:
        element, opposite, make = ELEMENTS[kind]
        one[element] = two[opposite] = make(random)
        del two[element]
    elif kind == 3:
        key = random.choice((*TEXT_KEYS, "aws:tagkeys"))
        first, value, second, other = random.choice(PAIRS)
        add(one, first, key, value)
        add(two, second, key, other)
    else:
        operator, *rest = make_condition(random)
        add(one, operator, *rest)
        add(two, oppose(operator), *rest)
    return [one, two]


def oppose(operator: str) -> str:
    """The operator that holds where this one does not; itself, where there is none."""
    swaps = dict(OPPOSITES) | {right: left for left, right in OPPOSITES}
    return next((swaps[name] for name in swaps if operator.startswith(name)), operator)


def damage(random: Random, statements: list[dict[str, Any]]) -> None:
    """Change one statement so that less is denied, mostly; or take it out."""
    statement = random.choice(statements)
    kind = random.randrange(6)
    if kind == 0:
        add(statement, *make_condition(random))
    elif kind <= len(ELEMENTS):
        element, _, make = ELEMENTS[kind - 1]
        if element in statement:
            statement[element] = make(random)
    elif kind == 4 and len(statements) > 1:
        statements.remove(statement)
    elif kind == 5:
        statement["Effect"] = "Allow"


GOALS: list[tuple[list[Any], list[tuple[str, str, Any]]]] = [
    ([{"key": SSE, "is": "absent"}], [("Null", SSE, "true")]),
    ([{"key": SSE, "is": "absent"}], [("StringNotEquals", SSE, "a")]),
    ([{"key": SSE, "is": "absent-or-other", "values": ["a"]}], [("StringNotEquals", SSE, "a")]),
    ([{"key": SSE, "is": "absent-or-other", "values": ["k", "K"]}], [("StringNotEqualsIgnoreCase", SSE, "k")]),
    ([{"key": TRANSPORT, "is": "equal", "values": ["false"]}], [("Bool", TRANSPORT, "false")]),
    ([{"key": TRANSPORT, "is": "equal", "values": ["false"]}], [("NumericLessThanIfExists", TLS, "1.2")]),
    ([{"key": TRANSPORT, "is": "equal", "values": ["false"]}], [("StringNotEquals", TRANSPORT, "true")]),
    ([{"key": TLS, "is": "below", "values": ["1.2"]}], [("NumericLessThan", TLS, "1.2")]),
    ([{"key": TLS, "is": "below", "values": ["1.2"]}], [("NumericLessThanEquals", TLS, "1.1")]),
    ([], []),
    ([{"key": IP, "is": "absent"}], [("Null", ENDPOINT, "false")]),
]


def make_tree(random: Random, statements: list[Any], depth: int = 0) -> Any:
    """A tree that asks whatever comes, and names all statements, or some, at its leaves."""
    if depth > 2 or random.random() < 0.6:
        numbers = list(range(1, len(statements) + 1))
        return {"denied_by": numbers if random.random() < 0.8 else random.sample(numbers, random.randint(0, len(numbers)))}
    number = random.randint(1, len(statements))
    tests: list[Any] = [{"statement": number, "element": element} for element in ("Principal", "Action", "Resource")]
    conditions = statements[number - 1].get("Condition", {})
    tests += [{"statement": number, "operator": operator, "key": key} for operator, block in conditions.items() for key in block]
    tests += [question for where, _ in GOALS for question in where]
    return {"split": random.choice(tests), "yes": make_tree(random, statements, depth + 1), "no": make_tree(random, statements, depth + 1)}


def make_certificate(random: Random) -> Any:
    """A certificate whose claim may be true."""
    where, base = random.choice(GOALS)
    statements = make_statements(random, base)
    assumptions = tuple(name for name in ASSUMPTIONS if name != "refused-by-s3" and random.random() < 0.85)
    exempt = tuple(random.choices([ROLE, USER, ROOT, "111122223333", LOGS, IDENTITY, "222233334444"], k=random.choice((0, 0, 1, 2))))
    actions = random.choice((("s3:PutObject",), ("s3:PutObject", "s3:GetObject")))
    document = {"Version": "2012-10-17", "Statement": statements}
    return certify(document, where, actions=actions, proof=make_tree(random, statements), exempt=exempt, assumptions=assumptions)


def make_requests(random: Random, certificate: Any, most: int) -> Iterator[Any]:
    """Requests of the goal, near what the document says."""
    world, goal = World(certificate), certificate["goal"]
    target = goal["targets"][0]
    mentioned = {
        key
        for statement in json.loads(certificate["document"])["Statement"]
        for block in statement.get("Condition", {}).values()
        for key in block
    }
    for _ in range(most):
        caller = random.choice(CALLERS)
        keys: dict[str, list[str]] = {}
        pools = {TRANSPORT: ["true", "false"], IS_SERVICE: ["true", "false"], TLS: ["1.0", "1.1", "1.2", "1.3", "1.15", "5"], IP: ADDRESSES}
        pools |= {
            ARN: [ROLE, OTHER_ROLE, USER],
            ACCOUNT: ["111122223333", "222233334444", "999999999999", "x"],
            SERVICE: [LOGS, OTHER_SERVICE],
        }
        pools |= dict.fromkeys(TEXT_KEYS, TEXTS) | {ENDPOINT: TEXTS[1:], "aws:principalorgid": TEXTS[1:]}
        for key, pool in pools.items():
            if random.random() < 0.7 and (key in mentioned or random.random() < 0.5):
                keys[key] = [random.choice(pool)]
        if random.random() < 0.7:
            keys["aws:tagkeys"] = list(dict.fromkeys(random.choices([text for text in TEXTS if text], k=random.choice((1, 1, 2, 3)))))
        repair(random, keys, caller, target["where"])
        request = {
            "caller": caller,
            "action": random.choice(target["actions"]),
            "resource": f"{PREFIX}/{random.choice(OBJECTS)}",
            "keys": keys,
        }
        spared = caller[0] != "anonymous" and (
            caller[1] in goal["exempt"] or (caller[0] == "identity" and account_of(caller[1]) in goal["exempt"])
        )
        if not spared and world.occurs(request) and all(is_answered(question, keys) for question in target["where"]):
            yield request


def repair(random: Random, keys: dict[str, list[str]], caller: tuple[str, str], where: Any) -> None:
    """Make most requests such that they occur and are of the goal."""
    if random.random() < 0.9:
        keys.setdefault(TRANSPORT, [random.choice(("true", "false"))])
        introduce(random, keys, *caller)
    for question in where:
        if question["is"].startswith("absent"):
            keys.pop(question["key"], None) if question["is"] == "absent" or random.random() < 0.3 else None
        else:
            keys[question["key"]] = [question["values"][0] if question["is"] == "equal" else random.choice(("1.0", "1.1"))]
    if random.random() < 0.9:
        keys.pop(random.choice((IP, ENDPOINT)), None)
        if (IP in keys) == (ENDPOINT in keys):
            keys |= {ENDPOINT: ["a"]} if any(question["key"] == IP for question in where) else {IP: ["10.0.0.1"]}
        if keys.get(TRANSPORT) == ["false"]:
            keys.pop(TLS, None) if not any(question["key"] == TLS for question in where) else keys.update({TRANSPORT: ["true"]})


def introduce(random: Random, keys: dict[str, list[str]], kind: str, name: str) -> None:
    """Give a request the keys that its caller has, and no others about a caller."""
    account = account_of(name)
    for key in (IS_SERVICE, SERVICE, ARN) + ((ACCOUNT,) if account else ()):
        keys.pop(key, None)
    if kind == "service":
        keys |= {IS_SERVICE: ["true"], SERVICE: [name]}
    if kind == "anonymous":
        keys.pop("aws:principalorgid", None)
    if kind == "identity":
        keys |= {ARN: [name]} | ({ACCOUNT: [account]} if account else {})
        if random.random() < 0.5:
            keys[IS_SERVICE] = ["false"]


def is_answered(question: Any, keys: dict[str, list[str]]) -> bool:
    """Whether a request fits a question of the goal."""
    value = keys.get(question["key"])
    if question["is"] == "absent":
        return value is None
    if question["is"] == "absent-or-other":
        return value is None or value[0] not in question["values"]
    return value is not None and (
        value[0] in question["values"] if question["is"] == "equal" else float(value[0]) < float(question["values"][0])
    )


def attack(count: int, seed: int, folder: Path, requests: int = 200) -> tuple[Counter[str], list[Any]]:
    """How many certificates had each status, and which were accepted wrongly, with the request that shows it."""
    seen: Counter[str] = Counter()
    wrong = []
    path = folder / "certificate.json"
    for number in range(count):
        random = Random(seed * 10**9 + number)
        certificate = make_certificate(random)
        path.write_text(json.dumps(certificate), encoding="utf-8")
        with contextlib.redirect_stdout(io.StringIO()):
            status = verify.main([str(path)])
        seen[f"status {status}"] += 1
        statements, world = json.loads(certificate["document"])["Statement"], World(certificate)
        broken = 0
        for request in make_requests(random, certificate, requests if status == 0 else requests // 10):
            seen["requests" if status == 0 else "requests of others"] += 1
            if not world.surely_denies(statements, request):
                broken = 1
                if status == 0:
                    wrong.append((certificate, request))
                break
        seen["claims found false"] += broken
    return seen, wrong


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        statuses, mistakes = attack(int(sys.argv[1]), int(sys.argv[2]), Path(scratch))
    sys.stdout.write(f"{dict(sorted(statuses.items()))} accepted wrongly: {len(mistakes)}\n")
    sys.stdout.writelines(f"{json.dumps(certificate)}\n{json.dumps(request)}\n" for certificate, request in mistakes[:5])
