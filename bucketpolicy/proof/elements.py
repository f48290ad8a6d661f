"""
What `Action` and `Resource` of a statement say about a target: as bits of its actions, and as globs over the object's key.

The ARN of a general-purpose bucket is `arn:PARTITION:s3:::BUCKET`, of an object `arn:PARTITION:s3:::BUCKET/KEY`. Wildcards do not reach
over segments of an ARN, the sixth of which takes everything; what AWS does with wildcards in the first five is open.
"""

from functools import lru_cache
from typing import Literal, NamedTuple

from bucketpolicy.document import Names
from bucketpolicy.proof.globs import ANY, ARN_SEGMENTS, EVERYTHING, MANY, Glob, Match, join, matches, read_text, strip_prefix

_NO_VALUE = "AWS does not say what `NotResource` covers where a policy variable has no value"
UNKNOWN_BUCKET = "the bucket's name is not known"
_WILD_SEGMENTS = "AWS does not say what a wildcard in the first five segments of an ARN matches"
_NO_SEGMENTS = "AWS does not say what an ARN with fewer than six segments matches"
_WILD_SERVICE = "S3 takes no action whose service is not written out"


class Scope(NamedTuple):
    """Where the requests of a target go: the bucket itself, or its objects; `bucket` None for a name that is not known."""

    partition: str
    bucket: str | None
    on: Literal["bucket", "object"]


class Actions(NamedTuple):
    """The actions of a target that an element is about, surely and possibly, as bits; `doubt` where the two differ."""

    sure: int
    maybe: int
    doubt: str = ""


@lru_cache(maxsize=128)
def select_actions(names: Names, actions: tuple[str, ...]) -> Actions:
    """What an `Action` or `NotAction` says about these actions (IAM: "Action vendors must not contain wildcards") (S-06, S-20)."""
    full = (1 << len(actions)) - 1
    sure = maybe = 0
    for pattern in names.patterns:
        # Lower case turns some other letters into ASCII ones (the Kelvin sign into a `k`), which no action is written with.
        found = _select(pattern.lower(), actions) if pattern.isascii() else 0
        maybe |= found
        sure |= found if _writes_service(pattern) else 0
    doubt = "" if sure == maybe else _WILD_SERVICE
    if not names.negated:
        return Actions(sure, maybe, doubt)
    return Actions(full & ~maybe, full & ~sure, doubt) if names.patterns else Actions(0, 0)


def _writes_service(pattern: str) -> bool:
    service, colon, _ = pattern.partition(":")
    return pattern == "*" or (colon == ":" and "*" not in service and "?" not in service)


def _select(pattern: str, actions: tuple[str, ...]) -> int:
    if pattern in ("*", "s3:*"):
        return (1 << len(actions)) - 1
    glob = read_text(pattern, wildcards=True, variables=False).maybe[0]
    return sum(matches(glob, action.lower()) << bit for bit, action in enumerate(actions))


class Objects(NamedTuple):
    """
    The objects that an element is about, by globs over their keys (`inside`), or all others.

    On a bucket: any glob stands for the bucket. `variables` must be in the request where it is true.
    """

    sure: tuple[Glob, ...]
    maybe: tuple[Glob, ...]
    inside: bool
    doubt: str = ""
    variables: tuple[str, ...] = ()


@lru_cache(maxsize=1024)
def select_objects(names: Names, scope: Scope, *, variables: bool) -> Objects:
    """What a `Resource` or `NotResource` says about the objects (or the bucket) of this scope (S-06, S-25)."""
    if not names.patterns:
        return Objects((), (), inside=True)
    found = [_read(pattern, scope, variables=variables) for pattern in names.patterns]
    matched = [match for match in found if match.maybe]
    sure = tuple(glob for match in matched for glob in match.sure)
    maybe = tuple(glob for match in matched for glob in match.maybe)
    doubt = next((match.doubt for match in matched if match.doubt), "")
    if names.negated and any(match.keys for match in found):
        return Objects((EVERYTHING,), sure, inside=False, doubt=_NO_VALUE)
    if names.negated:
        return Objects(maybe, sure, inside=False, doubt=doubt)
    shared = set(matched[0].keys).intersection(*(match.keys for match in matched)) if matched else ()
    return Objects(sure, maybe, inside=True, doubt=doubt, variables=tuple(sorted(shared)))


def _read(pattern: str, scope: Scope, *, variables: bool) -> Match:
    """The globs over keys for one pattern; on a bucket `EVERYTHING` where it matches (S-23, S-24)."""
    if pattern == "*":
        return Match((EVERYTHING,), (EVERYTHING,))
    head = f"arn:{scope.partition}:s3:::"
    if pattern.startswith(head):
        tail = pattern[len(head) :]
        if scope.bucket is not None and tail.startswith(scope.bucket + "/") and "${" not in tail:
            # What most documents hold: the very name, so that only the key is left to read.
            key = tail[len(scope.bucket) + 1 :]
            return read_text(key, wildcards=True, variables=False) if scope.on == "object" else Match((), ())
        return _confine(read_text(tail, wildcards=True, variables=variables), scope, "")
    segments = pattern.split(":", ARN_SEGMENTS - 1)
    if len(segments) == ARN_SEGMENTS and not any(char in segment for segment in segments[:-1] for char in "*?$"):
        return Match((), (), read_text(pattern, wildcards=True, variables=variables).keys)
    whole = _confine(read_text(pattern, wildcards=True, variables=variables), scope, head)
    doubt = _NO_SEGMENTS if len(segments) < ARN_SEGMENTS else _WILD_SEGMENTS
    return Match((), whole.maybe, whole.keys, doubt)


def _confine(match: Match, scope: Scope, head: str) -> Match:
    """From texts behind `head` in the ARN to keys of objects."""
    if scope.bucket is None:
        return _guess(match, scope, head)
    name = head + scope.bucket
    if scope.on == "object":
        name += "/"
        sure, maybe = (tuple(rest for glob in globs for rest in strip_prefix(glob, name)) for globs in (match.sure, match.maybe))
    else:
        sure, maybe = (tuple(EVERYTHING for glob in globs if matches(glob, name)) for globs in (match.sure, match.maybe))
    return Match(sure, maybe, match.keys, match.doubt if sure != maybe else "")


def _guess(match: Match, scope: Scope, head: str) -> Match:
    """The same where the bucket may have any name: sure is what holds for all of them, maybe what may hold for one."""
    sure: list[Glob] = []
    maybe: list[Glob] = []
    for glob in match.maybe:
        rests = strip_prefix(glob, head) if head else (glob,)
        for rest in rests:
            if _fits_some_name(rest, scope):
                maybe.append(EVERYTHING)
            if glob in match.sure:
                sure += _fits_all_names(rest, scope)
    if sure and sure == maybe:
        return Match(tuple(sure), tuple(maybe), match.keys)
    return Match(tuple(sure), tuple(maybe), match.keys, UNKNOWN_BUCKET)


def _fits_some_name(glob: Glob, scope: Scope) -> bool:
    wild = not isinstance(glob, str)
    return wild or ("/" in glob) == (scope.on == "object")


_SHORTEST_NAME = 3


def _fits_all_names(glob: Glob, scope: Scope) -> list[Glob]:
    """The globs over keys that hold whatever the bucket's name: the pattern begins with a `*` that can take the whole name."""
    if isinstance(glob, str) or MANY not in glob:
        return []
    first = glob.index(MANY)
    if first > _SHORTEST_NAME or any(step != ANY for step in glob[:first]):
        return []
    rest = glob[first:]
    if scope.on == "bucket":
        return [EVERYTHING] if rest == EVERYTHING else []
    result: list[Glob] = [rest]
    if rest[1:2] == ("/",):
        result.append(join(list(rest[2:])))
    return result
