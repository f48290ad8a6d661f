"""Who delivers into a bucket because the stack says so: told before by the document policies, and in any order by the stack policy."""

from typing import Any

import pytest
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

from crossguard.judging import senders
from crossguard.pack.kinds import DELIVERING
from crossguard.resources.documents import copy_known, read
from tests.crossguard.documents import HEADER_ABSENT, compliant, deny, transport_only, write
from tests.crossguard.pack import BUCKET, HAS_POLICY, UNKNOWN, UPLOADS, Double, Resource, attach

LOGS = Resource(BUCKET, "logs", {"bucket": "logs"})
FLOW = Resource("aws:ec2/flowLog:FlowLog", "flow", {"logDestinationType": "s3", "logDestination": "arn:aws:s3:::logs/vpc", "tags": UNKNOWN})
TRAIL = Resource("aws:cloudtrail/trail:Trail", "trail", {"s3BucketName": "logs"})
BALANCER = Resource("aws:lb/loadBalancer:LoadBalancer", "web", {"subnets": [UNKNOWN], "accessLogs": {"bucket": "logs", "enabled": True}})


def test_both_lists_of_types_agree() -> None:
    """One is read at every resource, before the other is loaded."""
    assert senders._READERS.keys() == DELIVERING


@pytest.mark.parametrize("sender", [FLOW, TRAIL, BALANCER], ids=lambda sender: sender.name)
def test_a_sender_that_was_declared_before_is_told_with_the_fix(sender: Resource, preview: Double) -> None:
    """The fix would silence it, and a remediation adds nothing."""
    preview.configure(uploads={"enforcementLevel": "remediate"})
    assert UPLOADS in preview.remediate(attach(transport_only("logs"), "logs"))
    assert preview.analyze(sender).said == ()
    assert "`exemptPrincipals:" in preview.analyze(attach(transport_only("logs"), "logs")).of(UPLOADS)
    assert preview.remediate(attach(transport_only("logs"), "logs")) == {}
    assert UPLOADS in preview.remediate(attach(transport_only("data"), "data"))


@pytest.mark.parametrize("sender", [FLOW, TRAIL, BALANCER], ids=lambda sender: sender.name)
def test_the_stack_policy_tells_whom_a_document_silences(sender: Resource, update: Double) -> None:
    """Whenever it was declared; nothing is violated, so it is a note."""
    answer = update.analyze_stack(LOGS, attach(compliant("logs"), "logs"), sender)
    assert [(one.policy, one.level) for one in answer.said] == [(HAS_POLICY, "advisory")]
    assert f"`{sender.name}` to `logs`" in answer.of(HAS_POLICY)
    assert "`exemptPrincipals: [" in answer.of(HAS_POLICY)


@pytest.mark.parametrize("sender", [FLOW, TRAIL, BALANCER], ids=lambda sender: sender.name)
def test_the_fix_for_a_bucket_without_a_policy_says_whom_it_would_silence(sender: Resource, preview: Double) -> None:
    """Whenever it was declared, and once for each service; whoever delivers elsewhere is not silenced."""
    text = preview.analyze_stack(LOGS, sender, sender._replace(name="another")).of(HAS_POLICY)
    assert text.count("would silence") == text.count("`exemptPrincipals: [") == 1
    assert "another` delivers here)" in text
    assert "would silence" not in preview.analyze_stack(LOGS._replace(props={"bucket": "data"}), sender).of(HAS_POLICY)


SPARED = write(deny("logs", {**HEADER_ABSENT, "StringNotEquals": {"aws:PrincipalServiceName": "cloudtrail.amazonaws.com"}}))


@pytest.mark.parametrize(
    ("document", "sender"),
    [
        (SPARED, TRAIL),
        (transport_only("logs"), TRAIL),
        ("once upon a time", TRAIL),
        (compliant("logs"), TRAIL._replace(props={"s3BucketName": UNKNOWN})),
        (compliant("logs"), TRAIL._replace(props={"s3BucketName": "elsewhere"})),
        (compliant("logs"), FLOW._replace(props={"logDestinationType": "cloud-watch-logs", "logDestination": "arn:aws:s3:::logs"})),
    ],
)
def test_whom_nothing_silences_is_not_told_of(document: str, sender: Resource, update: Double) -> None:
    """Spared, not denied, not known, or delivering elsewhere."""
    assert update.analyze_stack(LOGS, attach(document, "logs"), sender).said == ()


def test_the_partition_is_that_of_the_document(update: Double) -> None:
    """What is denied in China is denied there."""
    here = LOGS._replace(region="cn-north-1")
    assert update.analyze_stack(here, attach(compliant("logs", "aws-cn"), "logs"), TRAIL).levels() == {HAS_POLICY: "advisory"}


def test_thousands_of_senders_are_counted(update: Double) -> None:
    """The note stays short."""
    senders = [TRAIL._replace(name=f"trail-{number}") for number in range(1000)]
    assert ", and 960 more." in update.analyze_stack(LOGS, attach(compliant("logs"), "logs"), *senders).of(HAS_POLICY)


def test_a_mistake_in_reading_a_sender_aborts_nothing(preview: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    """The safety net reports where our code failed."""

    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("crossguard.policy.note_deliveries", fail)
    assert all("cannot be decided" in one.text for one in preview.analyze(TRAIL).said)
    assert preview.analyze(TRAIL).said != ()


def test_only_so_much_of_a_resource_is_read() -> None:
    """As many parts as a document can have bytes."""
    assert len(str(copy_known({"a": list(range(100_000)), "b": {"c": 1}}))) < 150_000
    assert copy_known("x") == "x"


def test_what_is_not_known_is_left_out() -> None:
    """At any depth, by the SDK's own proxy, which raises where such a value is read."""
    proxy = unknown_checking_proxy(deserialize_properties({"rules": ["x", UNKNOWN, {"a": UNKNOWN, "b": "c"}]}))
    assert copy_known(read(proxy, "rules")) == ["x", {"b": "c"}]
