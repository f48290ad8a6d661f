"""
What Pulumi marks secret is judged and never quoted: neither a document, nor a bucket's name, nor a request that is made of them.

The pack itself is shown no marks. So whatever was said of a resource that has one is said again without a quotation: what was found, the
numbers of statements, the assumptions and the document's hash stay.
"""

from collections.abc import Mapping
from typing import NamedTuple

from crossguard.pack.kinds import BUCKET_NAME, INLINE, POLICY_DOCUMENT
from offline.engine.protocol.values import contains_secret
from offline.report.content import Bucket, Result, Stack
from offline.run import Diagnostic, Run, Seen

_FOUND = {
    "is not denied": "A request that this policy speaks of is not denied.",
    "cannot be decided": "The document cannot be decided.",
    "is not known": "What this policy asks for is not known before an update.",
}
_OTHER = "What this policy asks for does not hold."
_WHY = (
    "Nothing more is shown, since Pulumi marks the document or the name of the bucket as secret.\n"
    "`python -m offline check` on the document shows the request and the fix to whoever may read it."
)


class _Secrets(NamedTuple):
    """URNs of resources whose document or name is secret, and of those whose bucket's name is."""

    all: frozenset[str]
    names: frozenset[str]


def conceal_diagnostics(run: Run) -> Run:
    """The run, in which nothing quotes what is secret."""
    secret = _find_secrets(run).all
    return run._replace(diagnostics=_conceal_all(run.diagnostics, secret), first=_conceal_all(run.first, secret)) if secret else run


def conceal_stack(stack: Stack, run: Run) -> Stack:
    """What a report says of the run, in which nothing quotes what is secret."""
    secrets = _find_secrets(run)
    if not secrets.all:
        return stack
    seen = {each.urn: each for each in run.resources}
    return stack._replace(buckets=tuple(_conceal_bucket(bucket, secrets, seen) for bucket in stack.buckets))


def _conceal_bucket(bucket: Bucket, secrets: _Secrets, seen: Mapping[str, Seen]) -> Bucket:
    """A bucket of the stack says itself whether its name is secret; of another one its policies say it."""
    members = {bucket.urn, *(result.place.urn for result in bucket.results)}
    if not members & secrets.all:
        return bucket
    own = seen[bucket.urn].type in BUCKET_NAME
    hidden = bucket.urn in secrets.names if own else bool(members & secrets.names)
    told = tuple(_conceal_result(result) if hidden or result.place.urn in secrets.all else result for result in bucket.results)
    open_to_all = {result.certificate for result in told}
    certificates = tuple(certificate for certificate in bucket.certificates if certificate.name in open_to_all)
    concealed = bucket._replace(results=told, fix=(), certificates=certificates)
    return concealed._replace(name="", label=f"{seen[bucket.urn].name} (name is secret)") if hidden else concealed


def _conceal_result(result: Result) -> Result:
    message = _conceal(result.message) if result.outcome in ("violation", "advisory", "unknown") else result.message
    return result._replace(message=message, request=None, nearest=None, remark="", sids=(), certificate="")


def _conceal_all(diagnostics: tuple[Diagnostic, ...], secret: frozenset[str]) -> tuple[Diagnostic, ...]:
    return tuple(each._replace(message=_conceal(each.message)) if each.urn in secret else each for each in diagnostics)


def _conceal(message: str) -> str:
    """The message in words of its own; one that was concealed stays as it is."""
    if message.endswith(_WHY):
        return message
    found = next((said for phrase, said in _FOUND.items() if phrase in message), _OTHER)
    return f"{found}\n{_WHY}"


#: By the type of a resource: the property that holds a bucket's name, and the one that holds a document.
_NAMES = {**dict.fromkeys(POLICY_DOCUMENT, "bucket"), **BUCKET_NAME}
_DOCUMENTS = {**dict.fromkeys(INLINE, "policy"), **POLICY_DOCUMENT}


def _find_secrets(run: Run) -> _Secrets:
    names = frozenset(seen.urn for seen in run.resources if _is_secret(seen, _NAMES.get(seen.type, "")))
    documents = frozenset(seen.urn for seen in run.resources if _is_secret(seen, _DOCUMENTS.get(seen.type, "")))
    return _Secrets(names | documents, names)


def _is_secret(seen: Seen, key: str) -> bool:
    return key != "" and any(_contains_secret(properties.get(key)) for properties in (seen.inputs, seen.outputs))


def _contains_secret(value: object) -> bool:
    """What is nested too deeply to be looked through counts as secret."""
    if not isinstance(value, dict | list):
        return False
    try:
        return contains_secret(value)
    except RecursionError:
        return True
