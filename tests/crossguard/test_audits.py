"""Audits of discovered resources ask resource policies only, with what was read as properties."""

from typing import Any

import pytest

from tests.crossguard.documents import compliant, transport_only
from tests.crossguard.pack import (
    ALL_REQUESTS,
    BUCKET,
    BUCKET_V2,
    DOCUMENT_POLICIES,
    NATIVE_BUCKET,
    TRANSPORT,
    UPLOADS,
    Double,
    Resource,
    boot,
)

READ = {"bucket": "data", "arn": "arn:aws:s3:::data", "bucketDomainName": "data.s3.amazonaws.com", "hostedZoneId": "Z3AQBSTGFYJSTF"}


def discovered(kind: str = BUCKET, **props: Any) -> Resource:
    """A bucket with the properties that were read, and no provider."""
    return Resource(kind, "data", READ | props, region=None)


@pytest.mark.parametrize("kind", [BUCKET, BUCKET_V2])
@pytest.mark.parametrize("props", [{"policy": ""}, {"policy": None}, {}])
def test_a_discovered_bucket_without_a_policy_violates(kind: str, props: dict[str, Any], update: Double) -> None:
    """No stack policy is asked, so the others say what gets through, and that there was no policy."""
    answer = update.analyze(discovered(kind, **props))
    assert answer.levels() == {UPLOADS: "mandatory", TRANSPORT: "mandatory", ALL_REQUESTS: "advisory"}
    assert all("is not denied" in one.text and "had no policy when it was read" in one.text for one in answer.said)
    assert "arn:aws:s3:::data/*" in answer.of(UPLOADS)


@pytest.mark.parametrize("shown", ["arn", "bucketDomainName"])
def test_one_property_that_no_program_sets_is_enough(shown: str, update: Double) -> None:
    """What is read need not be everything; where there is none the properties are inputs, and the stack policy looks for a policy."""
    read = Resource(BUCKET, "data", {"bucket": "data", shown: READ[shown]})
    assert set(update.analyze(read).levels()) == set(DOCUMENT_POLICIES)
    assert update.analyze(read._replace(props={"bucket": "data", shown: None})).levels() == {}


def test_a_discovered_bucket_is_judged_by_its_policy(update: Double) -> None:
    """What was read is what is attached."""
    assert update.analyze(discovered(policy=compliant("data"))).said == ()
    assert update.analyze(discovered(policy=transport_only("data"))).levels() == {UPLOADS: "mandatory", ALL_REQUESTS: "advisory"}


def test_the_partition_is_that_of_the_region(update: Double) -> None:
    """The statements to attach have its ARNs; also where the name was not read nothing else can be said."""
    assert "arn:aws-cn:s3:::data/*" in update.analyze(discovered(region="cn-north-1")).of(UPLOADS)
    nameless = Resource(BUCKET, "data", {"arn": "arn:aws:s3:::data"})
    assert "arn:aws:s3:::BUCKET/*" in update.analyze(nameless).of(UPLOADS)


def test_a_name_that_is_none_is_said_to_be_none(update: Double) -> None:
    """Nothing can be denied there, or open."""
    assert "not a valid bucket name" in update.analyze(discovered(bucket="a/b")).of(UPLOADS)


def test_an_exemption_applies_to_a_discovered_bucket(update: Double) -> None:
    """By its name; one for a document is for none that is not there."""
    entry = {"bucket": "data", "reason": "r"}
    update.configure(uploads={"exemptions": [entry]}, transport={"exemptions": [{**entry, "document": f"sha256:{'0' * 64}"}]})
    answer = update.analyze(discovered())
    assert (UPLOADS in answer.skipped, answer.levels()[TRANSPORT]) == (True, "mandatory")
    assert "is for another document" in answer.of(TRANSPORT)


def test_a_directory_bucket_and_a_native_one_are_left_alone(update: Double) -> None:
    """One takes another kind of policy, the other has no property that would hold it."""
    for one in (discovered(bucket="data--euc1-az1--x-s3"), Resource(NATIVE_BUCKET, "data", {"bucketName": "data", "arn": READ["arn"]})):
        assert (update.analyze(one).said, set(update.analyze(one).skipped)) == ((), set(DOCUMENT_POLICIES))


def test_an_audit_over_the_wire() -> None:
    """The pack as a process, as `pulumi policy analyze` starts it: no preview."""
    with boot(dry_run=False) as pack:
        assert set(pack.analyze(discovered(policy="")).levels()) == set(DOCUMENT_POLICIES)
        assert pack.analyze(discovered(policy=compliant("data"))).said == ()
