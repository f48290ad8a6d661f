"""An answer stays far below the 4 MB that the engine takes, whatever it is shown."""

import json

from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

from tests.crossguard.documents import deny, document
from tests.crossguard.pack import BUCKET, BUCKET_POLICY, HAS_POLICY, Double, Resource

LIMIT = 3 << 20


def test_thousands_of_buckets_without_a_policy(update: Double) -> None:
    """The first ones get all their words, the next ones a line, and the rest a count."""
    request = analyzer_pb2.AnalyzeStackRequest()
    for number in range(5000):
        properties = struct_pb2.Struct()
        properties.update({"bucket": f"data-{number:05}-{'x' * 50}"})
        name = f"{'n' * 40}-{number:05}"
        urn = f"urn:pulumi:dev::shop::{BUCKET}::{name}"
        request.resources.append(analyzer_pb2.AnalyzerResource(type=BUCKET, name=name, urn=urn, properties=properties))
    response = update._call("AnalyzeStack", request)
    messages = [one.message for one in response.diagnostics if one.policyName == HAS_POLICY]
    assert response.ByteSize() < LIMIT
    whole = [message.count("\n") > 1 for message in messages]
    assert whole == sorted(whole, reverse=True)
    assert 500 < sum(whole) <= 2000
    assert messages[-1].endswith(f"{5000 - len(messages) + 1} more buckets have the same violation.")


def test_a_document_of_five_megabytes(update: Double) -> None:
    """It is refused by its size, and not quoted."""
    text = json.dumps(document(deny("data", {"StringEquals": {"aws:PrincipalTag/x": ["hunter2" * 100] * 7000}})))
    assert len(text) > 4 << 20
    answer = update.analyze(Resource(BUCKET_POLICY, "policy", {"bucket": "data", "policy": text}))
    assert sum(len(one.text) for one in answer.said) < 2000
    assert "hunter2" not in str(answer)
