"""
A goal: the set of requests that a bucket policy must deny.

A goal is data: `decide` turns it into domains, `evaluate` into a membership test, the oracles of the tests into formulas.
"""

from typing import Literal, NamedTuple

SSE = "s3:x-amz-server-side-encryption"
SSE_KMS_KEY = "s3:x-amz-server-side-encryption-aws-kms-key-id"
SSE_CUSTOMER = "s3:x-amz-server-side-encryption-customer-algorithm"
TRANSPORT = "aws:securetransport"
TLS_VERSION = "s3:tlsversion"

EARLIEST = 1_793_059_200
"""2026-10-27T00:00:00Z, the day of the tables, in seconds since 1970: no request is shown with a time before."""

FEW, MANY = 12, 60
"""On how many requests a denial is tried, in a pack that runs at every preview and where there is time: known before anything is judged."""


class Absent(NamedTuple):
    """The key is not in the request."""

    key: str


class AbsentOrOther(NamedTuple):
    """The key is not in the request, or its value is none of `accepted` (compared exactly)."""

    key: str
    accepted: tuple[str, ...]


class Equal(NamedTuple):
    """The key is in the request with this very value (Bool keys: `true` or `false`)."""

    key: str
    value: str


class Below(NamedTuple):
    """The key is in the request and its number is smaller than `bound`."""

    key: str
    bound: str


Restriction = Absent | AbsentOrOther | Equal | Below


class Target(NamedTuple):
    """
    One box of requests: these actions, on the bucket itself or on any of its objects, with these restrictions.

    `actions` are names of the action table; keys without a restriction are free.
    `sid` names the statement that a repair adds for it, and never changes once published: people recognise the statement by it.
    """

    actions: tuple[str, ...]
    on: Literal["bucket", "object"]
    restrictions: tuple[Restriction, ...]
    sid: str = "DenyRequests"


class Assumptions(NamedTuple):
    """The switches of docs/assumptions.md, which says what each takes for granted; field names have `_` for `-`."""

    secure_transport_present: bool = True
    tls_version_absent_on_http: bool = True
    string_op_on_bool_key: bool = True
    aws_star_covers_services: bool = True
    source_ip_or_vpc_endpoint: bool = True
    anonymous_has_no_identity: bool = True
    service_principal_keys: bool = True
    principal_keys_agree: bool = True
    partition_from_document: bool = True
    inapplicable_keys_absent: bool = False
    refused_by_s3: bool = True
    tls_versions_are_known: bool = True


class Goal(NamedTuple):
    """
    The union of `targets`, on one bucket, by every principal but the exempt ones.

    `bucket` None: the name is not known, and only what holds for every name may be claimed.
    `exempt`: IAM ARNs, account ids (all identities of the account) and service names, as configured; a role ARN stands for its sessions.
    A root identity calling Get/Put/DeleteBucketPolicy is in no goal: the root may be the owner's, which S3 never lets a policy deny there.
    """

    bucket: str | None
    partition: str
    targets: tuple[Target, ...]
    exempt: tuple[str, ...] = ()
    assumptions: Assumptions = Assumptions()
