"""
Which buckets a document is about, by the names in it; and when two documents are one.

In a first preview a policy may not know its bucket (`bucket=bucket.id`) although its document was built from the bucket's name.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from bucketpolicy.canonical import hash_document
from bucketpolicy.document import Document
from bucketpolicy.parse import MAX_BYTES, parse
from crossguard.resources.source import Found, Source

_ARN = re.compile(r"arn:[^:]*:s3:::([^/]*)")
_WILD = re.compile(r"[*?$]")


class Named(NamedTuple):
    """`plain`: the buckets that the document names. `wild`: whether it may be about others besides, by a wildcard or a `NotResource`."""

    plain: frozenset[str]
    wild: bool


@lru_cache(maxsize=16)
def find_named(text: str) -> Named:
    """The buckets in the document's resources; of a text that is no document nothing is known."""
    document = parse(text) if len(text) <= MAX_BYTES else None
    if not isinstance(document, Document):
        return Named(frozenset(), wild=True)
    elements = [statement.resources for statement in document.statements]
    found = [_ARN.match(pattern) for element in elements for pattern in element.patterns]
    names = frozenset(arn[1] for arn in found if arn is not None)
    plain = frozenset(name for name in names if not _WILD.search(name))
    return Named(plain, wild=None in found or len(plain) < len(names) or any(element.negated for element in elements))


def identify(source: Source) -> str:
    """The hash by which the document is known again; "" where it is not known, or none that S3 takes."""
    if not isinstance(source, Found) or len(source.text) > MAX_BYTES or not isinstance(parse(source.text), Document):
        return ""
    return hash_document(source.text)


def settle(source: Source, pick_buckets: Callable[[frozenset[str]], frozenset[str]]) -> Source:
    """The source with the bucket that its document names, where its own is not known and exactly one is picked as of this operation."""
    if not isinstance(source, Found) or source.bucket is not None:
        return source
    names = pick_buckets(find_named(source.text).plain)
    return source._replace(bucket=next(iter(names))) if len(names) == 1 else source


def is_about_another(text: str, bucket: str | None, pick_buckets: Callable[[frozenset[str]], frozenset[str]]) -> str | None:
    """The bucket of this operation that the document is about, where it is surely about none of the name `bucket`; None elsewhere."""
    if bucket is not None and any(f":::{bucket}{end}" in text for end in '/"'):
        return None
    plain, wild = find_named(text)
    if wild or bucket in plain:
        return None
    return min(pick_buckets(plain), default=None)
