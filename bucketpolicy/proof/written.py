"""
What S3 and its clients can write into a request: the values of closed lists, and a number, an instant or an address of a cell.

Nothing is proved with what is here. A request that needs a value which cannot be written is one that nobody can send.
"""

from bucketpolicy.goal import EARLIEST, TLS_VERSION
from bucketpolicy.proof.conditions import EPOCH, Kind
from bucketpolicy.proof.cubes import OBJECT, key_variable
from bucketpolicy.proof.intervals import UNIT, V6

CLOSED: dict[str, tuple[str, ...]] = {
    "=s3:x-amz-server-side-encryption": ("AES256", "aws:kms", "aws:kms:dsse", "aws:fsx", "aws:backup"),
    "=s3:x-amz-server-side-encryption-customer-algorithm": ("AES256",),
    "=s3:x-amz-acl": (
        "private",
        "public-read",
        "public-read-write",
        "authenticated-read",
        "aws-exec-read",
        "bucket-owner-read",
        "bucket-owner-full-control",
        "log-delivery-write",
    ),
    "=s3:x-amz-storage-class": (
        "STANDARD",
        "REDUCED_REDUNDANCY",
        "STANDARD_IA",
        "ONEZONE_IA",
        "INTELLIGENT_TIERING",
        "GLACIER",
        "GLACIER_IR",
        "DEEP_ARCHIVE",
    ),
    "=s3:object-lock-mode": ("GOVERNANCE", "COMPLIANCE"),
    "=s3:object-lock-legal-hold": ("ON", "OFF"),
    "=s3:x-amz-metadata-directive": ("COPY", "REPLACE"),
    "=s3:accesspointnetworkorigin": ("Internet", "VPC"),
    "=aws:principaltype": ("Account", "User", "FederatedUser", "AssumedRole", "Anonymous"),
    "=s3:authtype": ("REST-HEADER", "REST-QUERY-STRING", "POST"),
    "=s3:signatureversion": ("AWS4-HMAC-SHA256", "AWS"),
}
"""The only values that S3 takes, for keys whose values AWS lists; nothing is proved with it, and no request is shown with another one."""

_OF_BUCKET = (
    "aws:resourceaccount",
    "s3:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:requestedregion",
    "s3:buckettag/",
    "aws:resourcetag/",
)


def is_of_bucket(key: str) -> bool:
    """Whether the key (in lower case) says something of the bucket, so that it has the same value in every request (S-62)."""
    return key.startswith(_OF_BUCKET)


EXAMPLES = {
    OBJECT: ("example.txt",),
    "=aws:principalarn": ("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE",),
    "=aws:principalorgid": ("o-exampleorg1",),
    "=aws:referer": ("https://example.com/",),
    "=aws:requestedregion": ("us-east-1", "eu-west-1"),
    "=aws:sourceaccount": ("111122223333", "444455556666"),
    "=aws:sourcevpc": ("vpc-0a1b2c3d", "vpc-4e5f6a7b"),
    "=aws:sourcevpce": ("vpce-0a1b2c3d", "vpce-4e5f6a7b"),
    "=aws:useragent": ("example/1.0",),
    "=aws:userid": ("AIDAEXAMPLEUSERID1",),
    "=aws:username": ("example",),
    "=s3:x-amz-acl": ("private", "bucket-owner-full-control"),
    "=s3:x-amz-server-side-encryption-aws-kms-key-id": (
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:us-east-1:444455556666:key/5678abcd-12ab-34cd-56ef-1234567890ab",
    ),
}
"""Values that read well, the best first."""


def write_cell(name: str, sort: Kind, cell: tuple[int, int]) -> str | None:
    """Some value of the cell as S3 sends it, or None where there is none: a negative number, or an instant of the past."""
    if sort == "address":
        return _write_address(cell)
    # The values v of the cell, in units: twice v lies in it.
    low, high = -(-cell[0] // 2), (cell[1] - 1) // 2
    if sort == "date":
        return _write_date(low, high, seconds=name == key_variable(EPOCH))
    if name == key_variable(TLS_VERSION):
        for text, value in (("1.2", 12), ("1.3", 13), ("1.1", 11), ("1.0", 10)):
            if low <= value * UNIT // 10 <= high:
                return text
        return _write_decimal(low, high)
    whole = max(-(-low // UNIT), min(0, high // UNIT))
    return str(whole) if low <= whole * UNIT <= high and whole >= 0 else None


def _write_decimal(low: int, high: int) -> str | None:
    size = UNIT
    while size:
        value = max(-(-low // size), min(0, high // size)) * size
        if low <= value <= high:
            whole, part = divmod(value, UNIT)
            return f"{whole}.{part:015d}".rstrip("0").rstrip(".") if whole >= 0 else None
        size //= 10
    return None


def _write_date(low: int, high: int, *, seconds: bool) -> str | None:
    """Some instant, as S3 gives it in this key: in `seconds` since 1970 or as a date; none of the past (S-63)."""
    from datetime import datetime, timezone  # noqa: PLC0415 - few documents need it, and every start of the pack would pay

    for second in (1893456000, EARLIEST, -(-low // UNIT), high // UNIT):
        if low <= second * UNIT <= high and EARLIEST <= second < 253402300800:  # noqa: PLR2004 - the year 10000
            if seconds:
                return str(second)
            return datetime.fromtimestamp(second, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None


def _write_address(cell: tuple[int, int]) -> str:
    from ipaddress import IPv4Address, IPv6Address  # noqa: PLC0415 - as above

    first, end = cell
    if first < V6:
        wanted = int(IPv4Address("203.0.113.10"))
        return str(IPv4Address(wanted if first <= wanted < end else first))
    wanted = V6 + int(IPv6Address("2001:db8::10"))
    return str(IPv6Address((wanted if first <= wanted < end else first) - V6))
