"""
A universe so small that all its requests can be listed, and documents that cannot see beyond it.

Two letters in object keys, two values of a header, HTTP or HTTPS, two kinds of callers: whatever a document of this grammar
says of a request, it says of one in the list, too. So deciding is the same as asking every request in turn.
"""

import itertools
from random import Random

from bucketpolicy.goal import SSE, TRANSPORT, Absent, AbsentOrOther, Equal, Goal, Target
from bucketpolicy.request import Anonymous, Identity, Principal, Request
from tests.differential.naive import Json

_HERE = "arn:aws:s3:::bkt"
_ACCOUNT = "111122223333"
_PATTERNS = ("*", "a*", "*a", "b*", "?", "??*", "a", "ab", "?b*", "a*b", "*a*", "?*")
_VALUES = ("a", "b")
_GLOBS = ("a", "b", "*", "a*", "?", "*b")
_TAG = "s3:x-amz-storage-class"
_PEOPLE: tuple[Principal, ...] = (
    Anonymous(),
    Identity("user", _ACCOUNT, f"arn:aws:iam::{_ACCOUNT}:user/u"),
    Identity("user", "444455556666", "arn:aws:iam::444455556666:user/u"),
)
#: Every key of up to three letters, `x` standing for all letters but `a` and `b`.
_NAMES = tuple("".join(letters) for size in (1, 2, 3) for letters in itertools.product("abx", repeat=size))
#: The values that globs of one letter tell apart, and the absent key.
_CHOICES: tuple[str | None, ...] = (None, "a", "b", "x", "ab", "ax", "ba", "xb", "xx")


def small_goal(rng: Random) -> Goal:
    """A goal about one header or about transport."""
    restriction = rng.choice((Absent(SSE), Absent(SSE), AbsentOrOther(SSE, ("a",)), Equal(TRANSPORT, "false")))
    return Goal("bkt", "aws", (Target(("s3:PutObject",), "object", (restriction,)),))


def small_document(rng: Random) -> Json:
    """Up to four Deny statements over this universe."""
    statements = [_statement(rng) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.5:
        first, opposite = dict(statements[0], Principal="*", Condition={}), {"Resource": "NotResource", "NotResource": "Resource"}
        statements += [first, {opposite.get(element, element): value for element, value in first.items()}]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(rng: Random) -> Json:
    conditions: dict[str, dict[str, Json]] = {}
    for _ in range(rng.choice((0, 1, 1, 2))):
        operator, key, values = _condition(rng)
        conditions.setdefault(operator, {})[key] = values
    patterns = rng.sample(_PATTERNS, rng.choice((1, 1, 2, 3)))
    return {
        "Effect": "Deny",
        "Principal": rng.choice(("*", "*", "*", {"AWS": "*"}, {"AWS": _ACCOUNT})),
        rng.choice(("Action", "Action", "NotAction")): rng.choice(("s3:PutObject", "s3:Put*", "s3:GetObject", "*")),
        rng.choice(("Resource", "Resource", "NotResource")): [f"{_HERE}/{pattern}" for pattern in patterns],
        "Condition": conditions,
    }


def _condition(rng: Random) -> tuple[str, str, Json]:
    key = rng.choice((SSE, SSE, _TAG))
    match rng.randrange(5):
        case 0:
            return rng.choice(("Bool", "BoolIfExists")), TRANSPORT, rng.choice(("true", "false"))
        case 1:
            return "Null", key, rng.choice(("true", "false"))
        case 2:
            return rng.choice(("StringLike", "StringNotLike", "StringLikeIfExists")), key, rng.sample(_GLOBS, rng.choice((1, 2)))
        case 3:
            return rng.choice(("ForAllValues:StringLike", "ForAnyValue:StringNotLike")), key, rng.sample(_GLOBS, rng.choice((1, 2)))
    return rng.choice(("StringEquals", "StringNotEquals", "StringEqualsIfExists", "StringNotEqualsIfExists")), key, rng.sample(_VALUES, 1)


def requests(goal: Goal) -> tuple[Request, ...]:
    """Every request of the goal in this universe."""
    (target,) = goal.targets
    (restriction,) = target.restrictions
    found = []
    for caller, name, transport in itertools.product(_PEOPLE, _NAMES, ("true", "false")):
        for sse, tag in itertools.product(_CHOICES, _CHOICES):
            match restriction:
                case Absent():
                    fits = sse is None
                case AbsentOrOther():
                    fits = sse != "a"
                case _:
                    fits = transport == "false"
            if fits:
                values = {TRANSPORT: transport, SSE: sse, _TAG: tag}
                context = tuple(sorted((key, (value,)) for key, value in values.items() if value is not None))
                found.append(Request(caller, "s3:PutObject", f"{_HERE}/{name}", context))
    Random(0).shuffle(found)
    return tuple(found)
