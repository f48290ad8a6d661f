"""What a resource says of the document attached to its bucket, before anyone judges it."""

from typing import NamedTuple


class NoDocument(NamedTuple):
    """The resource carries no bucket policy of ours; why, in half a sentence."""

    reason: str


class Unknown(NamedTuple):
    """The document, or a part of it at `path`, is not known yet; `bucket` is the bucket's name where that is known."""

    path: str
    bucket: str | None


class Found(NamedTuple):
    """
    A document as text, from this property (`policy` or `policyDocument`).

    `bucket` is None where the name is not known yet, `region` where neither the resource nor its provider says one.
    `raw`: S3 gets the text byte by byte, as nobody on the way normalises its JSON.
    """

    text: str
    property: str
    bucket: str | None
    region: str | None = None
    raw: bool = False


class Missing(NamedTuple):
    """The resource must carry a document and does not, or carries something that is none; a sentence."""

    property: str
    reason: str
    bucket: str | None


class Bare(NamedTuple):
    """A bucket as it was read from the cloud, and it had no policy then. What `Found` says of the other two."""

    bucket: str | None
    region: str | None = None


Source = NoDocument | Unknown | Found | Missing | Bare
