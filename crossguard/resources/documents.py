"""
Where each resource type keeps the document of a bucket policy, and what is known of it.

Reads the SDK's proxies, which raise `UnknownValueError` at an unknown value, and the properties of a remediation, where an unknown value
is the SDK's sentinel as plain text.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from pulumi_policy import proxy

from bucketpolicy.parse import MAX_BYTES
from crossguard.pack.kinds import BUCKET_NAME, DIRECTORY_BUCKET, INLINE, JUDGED, OTHERS, POLICY_DOCUMENT, explain
from crossguard.resources.naming import identify
from crossguard.resources.seen_inputs import SHOWS_NOTHING, Sight
from crossguard.resources.source import Bare, Found, Missing, NoDocument, Source, Unknown

#: What the SDK puts in the place of a value that is not known yet, by its type.
UNKNOWNS = frozenset(
    {
        proxy.UNKNOWN_BOOLEAN_VALUE,
        proxy.UNKNOWN_NUMBER_VALUE,
        proxy.UNKNOWN_STRING_VALUE,
        proxy.UNKNOWN_ARRAY_VALUE,
        proxy.UNKNOWN_ASSET_VALUE,
        proxy.UNKNOWN_ARCHIVE_VALUE,
        proxy.UNKNOWN_OBJECT_VALUE,
    }
)

#: What `pulumi policy analyze` puts in the place of a secret that it cannot decrypt.
_ENCRYPTED = "[secret]"

Props = Mapping[str, object]
_Json = str | float | bool | dict[str, "_Json"] | list["_Json"] | None


_BLANK = "the resource is only read, or not part of this operation: the engine shows none of its properties"

#: The properties of a bucket that only AWS sets.
_ONLY_READ = ("arn", "bucketDomainName")

#: Stands for a value that only an update will know.
NOT_KNOWN = object()


_SHOWS_BLANK = Sight(blank=True)


class _TooLargeError(Exception):
    """A document of more parts than S3 takes bytes."""


class _UnknownLeafError(Exception):
    """An unknown value inside a document; its argument is the path."""


def find(resource_type: str, props: Props, provider: Props | None = None) -> Source:
    """What the resource says of the document attached to its bucket; `provider` are the properties of its provider."""
    if resource_type not in JUDGED or not props:
        return NoDocument(_BLANK if resource_type in JUDGED else explain(resource_type))
    bucket = read_bucket_name(resource_type, props)
    if bucket is not None and is_directory_bucket(bucket):
        return NoDocument(DIRECTORY_BUCKET)
    if resource_type in POLICY_DOCUMENT:
        return _find_document(POLICY_DOCUMENT[resource_type], props, bucket, provider)
    if has_inline_policy(resource_type, props):
        return _find_document("policy", props, bucket, provider)
    if was_read(resource_type, props):
        return Bare(bucket, read_region(props, provider))
    return NoDocument("the bucket has no inline policy; aws-s3-bucket-has-policy looks for an attached one")


def has_inline_policy(resource_type: str, props: Props) -> bool:
    """Whether a bucket's inputs hold a policy, known or not."""
    if resource_type not in INLINE:
        return False
    return read(props, "policy") not in (None, "")


def was_read(resource_type: str, props: Props) -> bool:
    """Whether a bucket's properties are what was read from the cloud: they hold what a program cannot set."""
    return resource_type in INLINE and any(isinstance(read(props, name), str) for name in _ONLY_READ)


def look(resource_type: str, props: Props) -> Sight:
    """What the inputs of a resource show."""
    if resource_type in POLICY_DOCUMENT:
        return SHOWS_NOTHING if props else _SHOWS_BLANK
    bucket = read_bucket_name(resource_type, props)
    return Sight(identify(find(resource_type, props)) if has_inline_policy(resource_type, props) else None, bucket=bucket)


def read_bucket_name(resource_type: str, props: Props) -> str | None:
    """The name of the bucket that this is, or that the policy is attached to; None where it is not known."""
    name = read(props, BUCKET_NAME.get(resource_type, "bucket"))
    return name if isinstance(name, str) and name not in ("", _ENCRYPTED) else None


def is_directory_bucket(bucket: str) -> bool:
    """Directory buckets have this suffix, and no other bucket may."""
    return bucket.endswith("--x-s3")


def is_directory_bucket_type(resource_type: str) -> bool:
    """Whether the resource is a directory bucket by its type."""
    return OTHERS.get(resource_type) == DIRECTORY_BUCKET


def reveal(props: Props) -> Props:
    """
    The properties without the SDK's proxy around them, which takes ten times as long to ask; what is below the first level keeps its own.

    `read` knows what is unknown by its value as well. A remediation needs the proxy: it alone remembers which values are secret.
    """
    if isinstance(props, dict):
        return props
    try:
        return cast("Props", props["__target"])
    except KeyError:
        return props


def read(props: Props, name: str) -> object:
    """One property: None where it is missing or null, `NOT_KNOWN` where its value is not known yet."""
    try:
        value = props.get(name)
    except proxy.UnknownValueError:
        return NOT_KNOWN
    return NOT_KNOWN if isinstance(value, str) and value in UNKNOWNS else value


def read_text(props: Props, name: str) -> str:
    """One property as text, an object as JSON; "" where it is missing, not known, or larger than a document may be."""
    value = read(props, name)
    if isinstance(value, str):
        return value
    source = _find_object(value, name, None, None)
    return source.text if isinstance(source, Found) else ""


def copy_known(value: object) -> object:
    """A property in plain Python without what is not known; of more than S3 would take as a document, the first part."""
    return value if value is None or isinstance(value, str) else _copy_known(value, iter(range(MAX_BYTES)))


def _copy_known(value: object, room: Iterator[int]) -> object:
    if isinstance(value, Mapping):
        known = ((key, read(value, key)) for key in value)
        return {str(key): _copy_known(item, room) for key, item in known if item is not NOT_KNOWN and next(room, None) is not None}
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = (_read_item(value, index) for index in range(len(value)))
        return [_copy_known(item, room) for item in items if item is not NOT_KNOWN and next(room, None) is not None]
    return value


def _read_item(values: Sequence[object], index: int) -> object:
    try:
        return values[index]
    except proxy.UnknownValueError:
        return NOT_KNOWN


def _find_document(name: str, props: Props, bucket: str | None, provider: Props | None) -> Source:
    value = read(props, name)
    if value is NOT_KNOWN:
        return Unknown(name, bucket)
    if value is None:
        return Missing(name, f"the resource has no `{name}`", bucket)
    if value == _ENCRYPTED:
        return Missing(name, "it is encrypted; analyze the output of `pulumi stack export --show-secrets` instead", bucket)
    region = read_region(props, provider)
    if isinstance(value, str):
        # The aws provider normalises the JSON of `policy`; aws-native hands a `policyDocument` that is a string on as it is.
        return Found(value, name, bucket, region, raw=name == "policyDocument")
    return _find_object(value, name, bucket, region)


def _find_object(value: object, name: str, bucket: str | None, region: str | None) -> Source:
    """A document that is an object, as text; the engine has turned its whole numbers into floats."""
    if not isinstance(value, Mapping):
        return Missing(name, f"`{name}` is neither a string nor an object", bucket)
    try:
        return Found(json.dumps(_copy(value, name, iter(range(MAX_BYTES)))), name, bucket, region)
    except _UnknownLeafError as leaf:
        return Unknown(str(leaf), bucket)
    except _TooLargeError:
        return Missing(name, f"`{name}` has more than {MAX_BYTES} bytes, which is all that S3 takes", bucket)
    except RecursionError:
        return Missing(name, f"`{name}` is nested too deeply", bucket)


def _copy(value: object, path: str, room: Iterator[int]) -> _Json:
    """The value in plain Python; `room` ends with more parts than there can be bytes."""
    if next(room, None) is None:
        raise _TooLargeError
    match value:
        case str() if value in UNKNOWNS:
            raise _UnknownLeafError(path)
        case float() if value.is_integer():
            return int(value)
        case str() | float() | bool() | int():
            return value
        case Mapping():
            return {str(key): _copy(_get(value, key, f"{path}.{key}"), f"{path}.{key}", room) for key in value}
        case Sequence():
            return [_copy(_get(value, index, f"{path}[{index}]"), f"{path}[{index}]", room) for index in range(len(value))]
        case _:
            # Null, an asset or an archive: S3 would refuse each of them.
            return None


def _get(container: object, key: object, path: str) -> object:
    try:
        return container[key]  # type: ignore[index]  # a Mapping or a Sequence, by the caller's match
    except proxy.UnknownValueError:
        raise _UnknownLeafError(path) from None


def read_region(props: Props, provider: Props | None) -> str | None:
    """The resource's own region, else its provider's; None where the first one that is set is not known."""
    region = read(props, "region")
    if region in (None, "") and provider is not None:
        region = read(provider, "region")
    return region if isinstance(region, str) and region not in ("", _ENCRYPTED) else None
