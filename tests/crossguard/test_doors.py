"""Other doors to S3: what plainly makes buckets past the pack gets a note, and nothing else does."""

import json
from typing import Any

import pytest

from tests.crossguard.pack import BUCKET, HAS_POLICY, UNKNOWN, Double, Resource

TEMPLATE = {"Resources": {"Data": {"Type": "AWS::S3::Bucket"}}}
PLAIN = [
    Resource("aws:index/s3Bucket:S3Bucket", "door", {"bucket": "data"}),
    Resource("aws:index/s3BucketPolicy:S3BucketPolicy", "door", {}),
    Resource("aws:cloudcontrol/resource:Resource", "door", {"typeName": "AWS::S3::Bucket", "desiredState": "{}"}),
    Resource("aws-native:index:ExtensionResource", "door", {"type": "AWS::S3::BucketPolicy"}),
    Resource("aws:cloudformation/stack:Stack", "door", {"templateBody": json.dumps(TEMPLATE)}),
    Resource("aws:cloudformation/stackSet:StackSet", "door", {"templateBody": "Resources:\n  Data: {Type: 'AWS::S3::BucketPolicy'}"}),
    Resource("aws-native:cloudformation:Stack", "door", {"templateBody": TEMPLATE}),
    Resource("aws-native:cloudformation:StackSet", "door", {"templateBody": json.dumps(TEMPLATE)}),
]
OTHERS = [
    Resource("aws:cloudcontrol/resource:Resource", "door", {"typeName": "AWS::S3::BucketNotification"}),
    Resource("aws:cloudcontrol/resource:Resource", "door", {"typeName": "AWS::SQS::Queue"}),
    Resource("aws:cloudformation/stack:Stack", "door", {"templateBody": UNKNOWN}),
    Resource("aws:cloudformation/stack:Stack", "door", {"templateUrl": "https://example.com/t.json"}),
    Resource("aws-native:cloudformation:Stack", "door", {"templateBody": ["AWS::S3::Bucket"]}),
    Resource("pulumi-python:dynamic:Resource", "door", {"typeName": "AWS::S3::Bucket"}),
]


@pytest.mark.parametrize("door", PLAIN, ids=lambda door: door.type)
def test_a_door_that_shows_gets_a_note(door: Resource, update: Double) -> None:
    """Also in an update, and in a stack that has no bucket of its own; it blocks nothing."""
    answer = update.analyze_stack(door)
    assert [(one.policy, one.level) for one in answer.said] == [(HAS_POLICY, "advisory")]
    assert "`door`" in answer.of(HAS_POLICY)
    assert "runs again" not in answer.of(HAS_POLICY)


@pytest.mark.parametrize("other", OTHERS, ids=repr)
def test_what_does_not_show_gets_none(other: Resource, update: Double) -> None:
    """Neither what makes something else, nor what says nothing: the docs do."""
    answer = update.analyze_stack(other)
    assert (answer.said, dict(answer.skipped)) == ((), {HAS_POLICY: "the stack has no S3 bucket"})


def test_a_note_comes_beside_violations(preview: Double) -> None:
    """One note tells of everything."""
    preview.configure(has_policy={"inPreview": "advisory"})
    answer = preview.analyze_stack(PLAIN[0], Resource(BUCKET, "bare", {"bucket": "bare"}))
    assert all(name in answer.of(HAS_POLICY) for name in ("`door`", "`bare`"))


@pytest.mark.parametrize("target", ["name:do*", PLAIN[0].urn])
def test_an_exemption_silences_it(target: str, update: Double) -> None:
    """By its name or its URN, since the name of its bucket is not seen."""
    config: dict[str, Any] = {"exemptions": [{"bucket": target, "reason": "judged by cfn-guard"}]}
    update.configure(has_policy=config)
    assert update.analyze_stack(PLAIN[0]).said == ()
