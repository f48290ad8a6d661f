"""
Who delivers into a bucket and may not send the encryption header: a Deny of uploads without it would silence them, and nobody is told.

Pure: of a document, the services and load balancers that it lets upload; of a resource, the bucket that it makes AWS deliver to.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from bucketpolicy.document import Document, Statement
from bucketpolicy.goal import SSE, Absent, AbsentOrOther, Goal
from bucketpolicy.semantics.evaluate import match_action

UPLOAD = "s3:PutObject"
_LOGGING = "logging.s3.amazonaws.com"
_DELIVERY = "delivery.logs.amazonaws.com"
_TRAIL = "cloudtrail.amazonaws.com"
_CONFIG = "config.amazonaws.com"
_BALANCERS = "logdelivery.elasticloadbalancing.amazonaws.com"
#: The accounts of Elastic Load Balancing, which deliver access logs in the older regions (docs: "Enable access logs").
_BALANCER_ACCOUNTS = frozenset(
    {
        "127311923021",
        "033677994240",
        "027434742980",
        "797873946194",
        "098369216593",
        "754344448648",
        "589379963580",
        "718504428378",
        "383597477331",
        "600734575887",
        "114774131450",
        "783225319266",
        "582318560864",
        "985666609251",
        "054676820928",
        "156460612806",
        "652711504416",
        "635631232127",
        "009996457667",
        "897822967062",
        "076674570225",
        "507241528517",
        "048591011584",
        "190560391635",
        "638102146993",
        "037604701340",
    }
)
_ACCOUNT = re.compile(r"(?:arn:[^:]*:iam::)?([0-9]{12})(?::root)?")
_BUCKET_ARN = re.compile(r"arn:[^:]*:s3:::([^/]+)")


class Sender(NamedTuple):
    """
    Somebody who delivers into a bucket.

    `principal` is what `exemptPrincipals` takes; `statement` and `sid` say which statement lets it upload, `resource` which resource of the
    stack makes it deliver ("" and 0 where it is the other).
    """

    principal: str
    statement: int = 0
    sid: str | None = None
    resource: str = ""


class Delivery(NamedTuple):
    """A bucket that a resource of the stack has AWS deliver to, by its name, and who delivers."""

    bucket: str
    sender: Sender


class Silenced(NamedTuple):
    """A service that delivers into a bucket because of this resource, and whose uploads the bucket's document denies."""

    resource: str
    bucket: str
    principal: str


def asks_for_header(goal: Goal) -> bool:
    """True iff a statement that denies the goal denies uploads for lack of the encryption header."""
    return any(
        isinstance(item, Absent | AbsentOrOther) and item.key == SSE and UPLOAD in target.actions
        for target in goal.targets
        for item in target.restrictions
    )


def find_silenced(document: Document, goal: Goal, declared: Iterable[Sender] = ()) -> tuple[Sender, ...]:
    """The senders, of the document and of the stack, whom a Deny of the goal would silence: all that are not exempt, each once."""
    if not asks_for_header(goal):
        return ()
    found = {sender.principal: sender for sender in (*declared, *find_allowed(document))}
    return tuple(sender for sender in found.values() if not _is_exempt(sender.principal, goal.exempt))


def _is_exempt(principal: str, exempt: tuple[str, ...]) -> bool:
    accounts = (account[1] for name in exempt if (account := _ACCOUNT.fullmatch(name)))
    return principal in (*exempt, *accounts)


def find_allowed(document: Document) -> Iterator[Sender]:
    """The services, and the accounts of load balancers, that the document lets upload."""
    for statement in document.statements:
        if statement.effect == "Allow" and match_action(statement.actions, UPLOAD) is True and not statement.principals.negated:
            yield from _list_senders(statement)


def _list_senders(statement: Statement) -> Iterator[Sender]:
    for kind, text in statement.principals.entries:
        account = _ACCOUNT.fullmatch(text)
        if kind == "Service" and "*" not in text:
            yield Sender(text, statement.number, statement.sid)
        elif kind == "AWS" and account is not None and account[1] in _BALANCER_ACCOUNTS:
            yield Sender(account[1], statement.number, statement.sid)


# Resources -----------------------------------------------------------------------------------------------------------------------------

_Props = Mapping[str, object]
#: A property by its name, None where it is not there: few of them are looked at.
_Get = Callable[[str], object]
_Reader = Callable[[_Get], Iterator[tuple[object, str]]]


def find_deliveries(resource_type: str, name: str, get: _Get) -> tuple[Delivery, ...]:
    """The buckets that a resource, told of by this name, has AWS deliver to; `get` gives its properties, without what is not known."""
    reader = _READERS.get(resource_type)
    found = tuple(reader(get)) if reader is not None else ()
    if not found:
        return ()
    kind = resource_type.rpartition(":")[2]
    return tuple(
        Delivery(bucket, Sender(principal, resource=f"{kind} `{name}`"))
        for bucket, principal in ((_name_bucket(target), principal) for target, principal in found)
        if bucket
    )


def _name_bucket(target: object) -> str:
    """The name of a bucket that is given by its name or by an ARN below it."""
    if not isinstance(target, str):
        return ""
    arn = _BUCKET_ARN.match(target)
    return arn[1] if arn else "" if target.startswith("arn:") else target


def _blocks(value: object) -> Iterator[_Props]:
    """A block of properties, which is a mapping or a list of them."""
    if isinstance(value, list | tuple):
        yield from (each for each in value if isinstance(each, Mapping))
    elif value is not None and isinstance(value, Mapping):
        yield value


def _read(key: str, principal: str) -> _Reader:
    """The bucket is in one property."""
    return lambda get: iter([(get(key), principal)])


def _read_server_logging(*keys: str, target: str) -> _Reader:
    """A bucket with server access logging."""
    return lambda get: ((block.get(target), _LOGGING) for key in keys for block in _blocks(get(key)))


def _read_flow_log(get: _Get) -> Iterator[tuple[object, str]]:
    if get("logDestinationType") == "s3":
        yield get("logDestination"), _DELIVERY


def _read_balancer(get: _Get) -> Iterator[tuple[object, str]]:
    """Network load balancers deliver as other services of a network do."""
    principal = _DELIVERY if (get("loadBalancerType") or get("type")) == "network" else _BALANCERS
    for key in ("accessLogs", "connectionLogs"):
        for block in _blocks(get(key)):
            if block.get("enabled") is not False:
                yield block.get("bucket"), principal
    for block in _blocks(get("loadBalancerAttributes")):
        if str(block.get("key", "")).endswith("_logs.s3.bucket"):
            yield block.get("value"), principal


_READERS: dict[str, _Reader] = {
    "aws:s3/bucketLogging:BucketLogging": _read("targetBucket", _LOGGING),
    "aws:s3/bucketLoggingV2:BucketLoggingV2": _read("targetBucket", _LOGGING),
    "aws:s3/bucket:Bucket": _read_server_logging("logging", "loggings", target="targetBucket"),
    "aws:s3/bucketV2:BucketV2": _read_server_logging("logging", "loggings", target="targetBucket"),
    "aws-native:s3:Bucket": _read_server_logging("loggingConfiguration", target="destinationBucketName"),
    "aws:ec2/flowLog:FlowLog": _read_flow_log,
    "aws-native:ec2:FlowLog": _read_flow_log,
    "aws:cloudtrail/trail:Trail": _read("s3BucketName", _TRAIL),
    "aws-native:cloudtrail:Trail": _read("s3BucketName", _TRAIL),
    "aws:cfg/deliveryChannel:DeliveryChannel": _read("s3BucketName", _CONFIG),
    "aws-native:configuration:DeliveryChannel": _read("s3BucketName", _CONFIG),
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": _read("destinationArn", _DELIVERY),
    "aws-native:route53resolver:ResolverQueryLoggingConfig": _read("destinationArn", _DELIVERY),
    "aws:lb/loadBalancer:LoadBalancer": _read_balancer,
    "aws:alb/loadBalancer:LoadBalancer": _read_balancer,
    "aws:applicationloadbalancing/loadBalancer:LoadBalancer": _read_balancer,
    "aws:elasticloadbalancingv2/loadBalancer:LoadBalancer": _read_balancer,
    "aws:elb/loadBalancer:LoadBalancer": _read_balancer,
    "aws:elasticloadbalancing/loadBalancer:LoadBalancer": _read_balancer,
    "aws-native:elasticloadbalancingv2:LoadBalancer": _read_balancer,
}
