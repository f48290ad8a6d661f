"""What the document policies say, and at which level: through the SDK, asked as the engine asks."""

import json
from typing import Any

import pulumi.runtime
import pytest

from crossguard import policy
from crossguard.judging import assess
from tests.crossguard.documents import FORMATTED, HEADER_ABSENT, OVER_HTTP, compliant, deny, document, snippet, write
from tests.crossguard.pack import (
    ALL_REQUESTS,
    BUCKET,
    BUCKET_POLICY,
    BUCKET_V2,
    DOCUMENT_POLICIES,
    HAS_POLICY,
    NATIVE_BUCKET_POLICY,
    TRANSPORT,
    UNKNOWN,
    UPLOADS,
    Answer,
    Double,
    Resource,
    attach,
    make_double,
)

BLOCKED = {UPLOADS: "mandatory", TRANSPORT: "mandatory", ALL_REQUESTS: "advisory"}
NOTED = {UPLOADS: "advisory", TRANSPORT: "advisory"}


def test_a_compliant_document_passes_in_silence(preview: Double) -> None:
    """No diagnostic, and applicable: it counts as passed."""
    assert Answer((), {}) == preview.analyze(attach(compliant("data")))


def test_the_benchmarks_snippet_is_rejected_by_both_halves(preview: Double) -> None:
    """Its two conditions are ANDed, so that neither half is enforced."""
    answer = preview.analyze(attach(snippet("data")))
    assert answer.levels() == BLOCKED
    assert all("is not denied" in one.text for one in answer.said)


@pytest.mark.parametrize("kind", [BUCKET, BUCKET_V2])
def test_an_inline_policy_is_judged_like_an_attached_one(kind: str, preview: Double) -> None:
    """The deprecated `policy` of a bucket is a bucket policy."""
    assert preview.analyze(Resource(kind, "data", {"bucket": "data", "policy": compliant("data")})).said == ()
    assert preview.analyze(Resource(kind, "data", {"bucket": "data", "policy": snippet("data")})).levels() == BLOCKED


def test_an_object_of_aws_native_is_judged_like_a_text(preview: Double) -> None:
    """`policyDocument` is an object or a text."""
    for value in (json.loads(compliant("data")), compliant("data")):
        assert preview.analyze(Resource(NATIVE_BUCKET_POLICY, "p", {"bucket": "data", "policyDocument": value})).said == ()
    bad = Resource(NATIVE_BUCKET_POLICY, "p", {"bucket": "data", "policyDocument": json.loads(snippet("data"))})
    assert preview.analyze(bad).levels() == BLOCKED


# What is not known yet


def test_an_unknown_document_is_a_note_in_a_preview(preview: Double) -> None:
    """One line from each mandatory policy; the advisory one leaves the talking to them."""
    answer = preview.analyze(attach(UNKNOWN))
    assert (answer.levels(), set(answer.skipped)) == (NOTED, {ALL_REQUESTS})
    assert all("is not known" in one.text for one in answer.said)
    assert all("\n" not in one.text for one in answer.said)


def test_an_unknown_document_is_a_violation_in_an_update(update: Double) -> None:
    """There nothing unknown is let through, and `whenUnknown` changes nothing."""
    update.configure(uploads={"whenUnknown": "advisory"})
    answer = update.analyze(attach(UNKNOWN))
    assert answer.levels() == BLOCKED
    assert all("is not known" in one.text for one in answer.said)


def test_unknown_can_be_made_a_violation(preview: Double) -> None:
    """`whenUnknown: mandatory`, for each policy by itself."""
    preview.configure(uploads={"whenUnknown": "mandatory"})
    assert preview.analyze(attach(UNKNOWN)).levels() == {UPLOADS: "mandatory", TRANSPORT: "advisory"}


def test_a_part_of_an_object_that_is_unknown_is_named(preview: Double) -> None:
    """The rest of the object stays unread, and the note says which part is missing."""
    value = document(deny("data", HEADER_ABSENT, Resource=UNKNOWN))
    answer = preview.analyze(Resource(NATIVE_BUCKET_POLICY, "p", {"bucket": "data", "policyDocument": value}))
    assert answer.levels() == NOTED
    assert "`policyDocument.Statement[0]" in answer.of(UPLOADS)


def test_a_document_that_is_malformed_is_a_violation_in_a_preview(preview: Double) -> None:
    """Only what is unknown is softened."""
    answer = preview.analyze(attach("{"))
    assert answer.levels() == BLOCKED
    assert all("cannot be decided" in one.text for one in answer.said)


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        (write(deny("", HEADER_ABSENT, Resource="arn:aws:s3:::*"), deny("", OVER_HTTP, Resource="arn:aws:s3:::*", Action="s3:*")), {}),
        (write({**deny("data", {}), "Effect": "Allow"}), BLOCKED),
        (write(deny("data", OVER_HTTP)), {UPLOADS: "mandatory", TRANSPORT: "advisory", ALL_REQUESTS: "advisory"}),
        (compliant("data"), NOTED),
        (write(deny("data", {**HEADER_ABSENT, "NumericEquals": {"s3:TlsVersion": "${aws:username}"}}, Resource="arn:aws:s3:::*")), BLOCKED),
        (write(deny("data", {}, Resource="arn:aws:s3express:eu-central-1:111122223333:bucket/data--euc1-az1--x-s3")), NOTED),
    ],
    ids=["everywhere", "no-deny", "header-forgotten", "own-arns", "undecided-whatever-the-name", "directory-bucket"],
)
def test_a_known_document_of_an_unknown_bucket(text: str, levels: dict[str, str], preview: Double) -> None:
    """It is decided where the answer is the same for every name, else its name is what is not known."""
    assert levels == preview.analyze(attach(text, UNKNOWN)).levels()


@pytest.mark.parametrize("named", ["", "/data", "a b", ".data", "b\u00fccher", "data-*-logs"])
def test_an_unknown_name_is_none_that_no_bucket_can_have(named: str, preview: Double) -> None:
    """Of such a name in the document nothing is asked: the answer would be no bucket's."""
    assert preview.analyze(attach(write(deny(named, HEADER_ABSENT), deny(named, OVER_HTTP)), UNKNOWN)).levels()[UPLOADS] == "advisory"


# Outputs formatted as text

FORMATTED_BY_NODE = "Calling [toString] on an [Output<T>] is not supported."


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (compliant(FORMATTED), "data"),
        (compliant(FORMATTED_BY_NODE), "data"),
        ('{"Statement": [{"Resource": "' + FORMATTED + '"}]}', "data"),
        (compliant("data"), FORMATTED),
        (compliant("data"), f"{FORMATTED_BY_NODE}-suffix"),
    ],
)
def test_an_output_in_a_text_is_recognised(text: str, target: str, preview: Double) -> None:
    """An f-string over an Output is no document and no name; the message says what to do instead."""
    answer = preview.analyze(attach(text, target))
    assert answer.levels() == BLOCKED
    assert all("Output" in one.text for one in answer.said)


@pytest.mark.parametrize("target", ["arn:aws:s3:::data", "data/*", "*", "a b", "data\n"])
def test_a_name_that_no_bucket_can_have_is_not_judged(target: str, preview: Double) -> None:
    """An ARN for a name, say: whatever the document denies, it is on no bucket."""
    answer = preview.analyze(attach(compliant(target), target))
    assert answer.levels() == BLOCKED
    assert all("cannot be decided" in one.text and "`bucket`" in one.text for one in answer.said)


# Mistakes of our own


def fail(*_: object, **__: object) -> Any:
    """A bug."""
    message = "hunter2"
    raise ZeroDivisionError(message)


def test_a_bug_is_a_violation_and_no_exception(preview: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exception would abort the user's operation, and silence would be a false pass; the error's own text is not shown."""
    monkeypatch.setattr(assess, "judge", fail)
    assess._judge_cached.cache_clear()
    answer = preview.analyze(attach(compliant("data-of-the-bug"), "data-of-the-bug"))
    assert answer.levels() == BLOCKED
    assert all("internal error" in one.text and "test_judging.py:" in one.text and "hunter2" not in one.text for one in answer.said)


def test_a_bug_in_the_stack_policy_is_a_violation_on_the_stack(preview: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for the others."""
    monkeypatch.setattr(policy, "attach", fail)
    answer = preview.analyze_stack(Resource(BUCKET, "data", {"bucket": "data"}))
    assert answer.levels() == {HAS_POLICY: "mandatory"}
    assert "internal error" in answer.of(HAS_POLICY)


def test_a_bug_in_a_remediation_changes_nothing(preview: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    """The document is judged right afterwards in any case."""
    monkeypatch.setattr(policy, "assess", fail)
    preview.configure(uploads={"enforcementLevel": "remediate"})
    assert preview.remediate(attach(snippet("data"))) == {}


def test_outside_of_an_operation_nothing_counts_as_a_preview(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pulumi policy analyze` says nothing of the operation: what is unknown is then a violation."""
    for name in ("PULUMI_PROJECT", "PULUMI_STACK", "PULUMI_DRY_RUN"):
        monkeypatch.delenv(name, raising=False)
    pulumi.runtime.configure(pulumi.runtime.Settings(project="shop", stack="dev"))
    assert make_double().analyze(attach(UNKNOWN)).levels() == BLOCKED


def test_all_policies_say_why_another_services_bucket_is_left_alone(preview: Double) -> None:
    """The reason is in the figures of Pulumi Cloud."""
    answer = preview.analyze(attach(UNKNOWN, "data--euc1-az1--x-s3"))
    assert (answer.said, set(answer.skipped)) == ((), set(DOCUMENT_POLICIES))
    assert all("directory bucket" in reason for reason in answer.skipped.values())


@pytest.mark.parametrize("kind", ["pulumi:pulumi:Stack", "aws:s3/bucketAcl:BucketAcl", "aws:lightsail/bucket:Bucket"])
def test_a_foreign_resource_is_not_applicable(kind: str, preview: Double) -> None:
    """Whatever it looks like, only the exact types are ours."""
    answer = preview.analyze(Resource(kind, "data", {"bucket": "data", "policy": snippet("data")}))
    assert (answer.said, set(answer.skipped)) == ((), set(DOCUMENT_POLICIES))


# What has passed once


def test_what_passed_once_is_judged_anew_where_anything_counts_that_has_changed(preview: Double) -> None:
    """Its document, its bucket, its region, its configuration: nothing but the very same passes unseen."""
    good = attach(compliant("data"), region="eu-west-1")
    assert (preview.analyze(good).said, preview.analyze(good).said) == ((), ())
    assert preview.analyze(attach(snippet("data"), region="eu-west-1")).levels() == BLOCKED
    assert preview.analyze(attach(compliant("data"), "other", region="eu-west-1")).levels() == BLOCKED
    assert preview.analyze(attach(compliant("data"), region="cn-north-1")).levels() == BLOCKED
    assert preview.analyze(attach(compliant("data"))._replace(region="cn-north-1")).levels() == BLOCKED
    assert preview.analyze(attach(compliant("data"), UNKNOWN, region=UNKNOWN)).levels() == NOTED
    preview.configure(uploads={"algorithms": ["aws:kms"]})
    assert preview.analyze(good).levels() == {UPLOADS: "mandatory"}
    preview.configure(uploads={"exemptions": [{"bucket": "data", "reason": "none"}]})
    assert list(preview.analyze(good).skipped) == [UPLOADS]


def test_a_policy_that_passes_is_seen_by_the_stack_policy(preview: Double) -> None:
    """It is no longer one whose inputs show nothing."""
    bucket = Resource(BUCKET, "data", {"bucket": "data"})
    preview.analyze(Resource(BUCKET_POLICY, "data-policy", {}))
    assert preview.analyze_stack(bucket, attach(compliant("data"))).levels() == {HAS_POLICY: "mandatory"}
    preview.analyze(attach(compliant("data")))
    assert preview.analyze_stack(bucket, attach(compliant("data"))).levels() == {}


@pytest.mark.parametrize("kind", [BUCKET, BUCKET_POLICY, BUCKET_V2])
def test_a_property_without_a_name_is_none_of_those_that_are_read(kind: str, preview: Double) -> None:
    """Whoever has a component write it: the pack looks properties up by the names that the type has, and fails at none."""
    answer = preview.analyze(Resource(kind, "a", {"": compliant("a"), "bucket": "a", "policy": compliant("a")}))
    assert not any("internal error" in each.text for each in answer.said)
