"""A first preview of `bucket=bucket.id`: the policy does not know its bucket, and its document does."""

import pytest

from tests.crossguard.documents import compliant, deny, transport_only, write
from tests.crossguard.pack import (
    ALL_REQUESTS,
    BUCKET,
    BUCKET_POLICY,
    NATIVE_BUCKET,
    NATIVE_BUCKET_POLICY,
    TRANSPORT,
    UNKNOWN,
    UPLOADS,
    Double,
    Resource,
    attach,
)


def show(pack: Double, *names: str, kind: str = BUCKET) -> None:
    """Let the pack see the buckets of this operation."""
    for name in names:
        pack.analyze(Resource(kind, name, {"bucketName" if kind == NATIVE_BUCKET else "bucket": name}))


def test_a_document_that_names_one_bucket_of_this_operation_is_that_buckets(preview: Double) -> None:
    """The policies are silent where it is compliant, and block where it is not; without that bucket nothing is known."""
    assert preview.analyze(attach(compliant("data-1a2b3c4"), UNKNOWN)).levels() == {UPLOADS: "advisory", TRANSPORT: "advisory"}
    show(preview, "data-1a2b3c4", "other")
    assert preview.analyze(attach(compliant("data-1a2b3c4"), UNKNOWN)).said == ()
    answer = preview.analyze(attach(transport_only("data-1a2b3c4"), UNKNOWN))
    assert answer.levels() == {UPLOADS: "mandatory", ALL_REQUESTS: "advisory"}
    assert "arn:aws:s3:::data-1a2b3c4/*" in answer.of(UPLOADS)


def test_an_object_names_its_bucket_too(preview: Double) -> None:
    """The document of aws-native."""
    show(preview, "data", kind=NATIVE_BUCKET)
    document = {"Statement": [deny("data", {"Bool": {"aws:SecureTransport": "false"}}, Action="s3:*")]}
    answer = preview.analyze(Resource(NATIVE_BUCKET_POLICY, "p", {"bucket": UNKNOWN, "policyDocument": document}))
    assert (answer.levels()[UPLOADS], TRANSPORT in answer.levels()) == ("mandatory", False)


@pytest.mark.parametrize(
    "document",
    [
        write(deny("elsewhere", {})),
        write(deny("data*", {})),
    ],
)
def test_a_document_that_names_none_or_several_leaves_it_unknown(document: str, preview: Double) -> None:
    """As before: a note of each mandatory policy."""
    show(preview, "data", "other")
    levels = preview.analyze(attach(document, UNKNOWN)).levels()
    assert (levels[UPLOADS], levels[TRANSPORT]) == ("advisory", "advisory")


def test_another_stacks_bucket_beside_it_does_not_matter(preview: Double) -> None:
    """Only one of the two is of this operation; S3 is known to refuse it all the same, unless that is not asked."""
    show(preview, "data")
    off = {"assumptions": {"refused-by-s3": False}}
    preview.configure(uploads=off, transport=off, all_requests=off)
    both = ["arn:aws:s3:::data/*", "arn:aws:s3:::elsewhere/*"]
    document = write(
        deny("data", {"Null": {"s3:x-amz-server-side-encryption": "true"}}, Resource=both),
        deny("data", {"Bool": {"aws:SecureTransport": "false"}}, Action="s3:*", Resource=[*both, "arn:aws:s3:::data"]),
    )
    assert preview.analyze(attach(document, UNKNOWN)).said == ()


def test_in_an_update_nothing_is_taken_from_the_document(update: Double) -> None:
    """There every name is known, but for one that is secret."""
    show(update, "data")
    assert update.analyze(attach(compliant("data"), UNKNOWN)).levels()[UPLOADS] == "mandatory"


def test_an_exemption_of_that_bucket_applies(preview: Double) -> None:
    """Its name is the one that the document gives."""
    preview.configure(
        uploads={"exemptions": [{"bucket": "data", "reason": "r"}]}, transport={"exemptions": [{"bucket": "x*", "reason": "r"}]}
    )
    show(preview, "data")
    answer = preview.analyze(attach(transport_only("data"), UNKNOWN))
    assert (UPLOADS in answer.skipped, answer.levels()) == (True, {ALL_REQUESTS: "advisory"})


def test_a_remediation_knows_the_bucket_too(preview: Double) -> None:
    """What is missing is added for the bucket that the document names."""
    preview.configure(uploads={"enforcementLevel": "remediate"})
    show(preview, "data")
    (changed,) = preview.remediate(attach(transport_only("data"), UNKNOWN)).values()
    assert "DenyUploadsWithoutEncryptionHeader" in changed["policy"]


def test_the_name_of_a_policy_is_no_bucket_of_the_operation(preview: Double) -> None:
    """Only buckets count: a policy that names a bucket of another stack makes it none of this one."""
    preview.analyze(attach(compliant("elsewhere"), "elsewhere"))
    assert set(preview.analyze(Resource(BUCKET_POLICY, "q", {"bucket": UNKNOWN, "policy": compliant("elsewhere")})).levels()) == {
        UPLOADS,
        TRANSPORT,
    }
