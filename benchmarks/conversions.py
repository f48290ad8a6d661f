"""
How often pulumi-policy converts the same request: the reproduction of the report in docs/performance.md; it needs that package alone.

Packs of 1 to 8 policies that do nothing are asked about one resource and about one stack, in process, through the SDK's own servicer.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any
from unittest import mock

from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2
from pulumi_policy import EnforcementLevel, Policy, ResourceValidationPolicy, StackValidationPolicy
from pulumi_policy.policy import _PolicyAnalyzerServicer

PROPERTIES = 26


def main() -> int:
    """0; what it prints is the finding."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("resources", nargs="?", type=int, default=2_000, help="of the stack")
    resources = parser.parse_args().resources
    print(f"Analyze of one resource of {PROPERTIES} properties, and AnalyzeStack of {resources:,} of them")
    print("policies   conversions   ms       stack policies   conversions   ms")
    one, all_ = ask(analyzer_pb2.AnalyzeRequest), ask_stack(resources)
    for policies in (1, 2, 4, 8):
        calls, spent = measure(make_resource_policies(policies), lambda pack: pack.Analyze(one, None))
        many, taken = measure(make_stack_policies(policies), lambda pack: pack.AnalyzeStack(all_, None))
        print(f"{policies:>8}   {calls:>11}   {spent:<6.3f}   {policies:>14}   {many:>11}   {taken:.0f}")
    return 0


def measure(policies: list[Policy], call: Callable[[Any], object]) -> tuple[int, float]:
    """How often the SDK converts a message of the request, and the fastest of five calls in milliseconds of processor time."""
    pack: Any = _PolicyAnalyzerServicer("pack", "0.0.1", policies, EnforcementLevel.MANDATORY)
    with mock.patch.object(json_format, "MessageToDict", wraps=json_format.MessageToDict) as convert:
        call(pack)
    return convert.call_count, min(clock(lambda: call(pack)) for _ in range(5))


def clock(call: Callable[[], object]) -> float:
    """Milliseconds of processor time."""
    start = time.process_time()
    call()
    return (time.process_time() - start) * 1000


def make_resource_policies(count: int) -> list[Policy]:
    """So many that do nothing."""
    return [ResourceValidationPolicy(f"resource-{n}", "Nothing.", lambda _args, _report: None) for n in range(count)]


def make_stack_policies(count: int) -> list[Policy]:
    """So many that do nothing."""
    return [StackValidationPolicy(f"stack-{n}", "Nothing.", lambda _args, _report: None) for n in range(count)]


def ask_stack(resources: int) -> analyzer_pb2.AnalyzeStackRequest:
    """A stack of so many resources that all have the same provider."""
    return analyzer_pb2.AnalyzeStackRequest(resources=[ask(analyzer_pb2.AnalyzerResource, f"r{n}") for n in range(resources)])


def ask(kind: Callable[..., Any], name: str = "r") -> Any:
    """A resource with its provider, as the engine describes it."""
    properties, inputs = struct_pb2.Struct(), struct_pb2.Struct()
    properties.update({f"property{n}": f"value {n}" for n in range(PROPERTIES)})
    inputs.update({"region": "eu-central-1", "version": "7.51.1"})
    provider = analyzer_pb2.AnalyzerProviderResource(type="pulumi:providers:aws", name="default", urn="urn:provider", properties=inputs)
    return kind(type="aws:s3/bucket:Bucket", name=name, urn=f"urn:{name}", properties=properties, provider=provider)


if __name__ == "__main__":
    sys.exit(main())
