"""What a stack's author chooses takes time in proportion to its size: ten times as much of it, at most fifteen times the work."""

import time
from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple, cast

import pytest
from pulumi_policy import StackValidationArgs

from crossguard import policy
from crossguard.pack.rule import StackRule
from crossguard.resources.documents import find
from crossguard.resources.seen_inputs import SeenInputs
from crossguard.resources.source import Missing
from policies import ALL
from tests.crossguard.pack import BUCKET, BUCKET_POLICY, NATIVE_BUCKET_POLICY

SMALL, LARGE = 300, 3000
#: What is measured takes a multiple of the clock's own step, and the rest is noise of a busy machine.
NOISE = 0.03
WHEN = policy.When(date(2026, 1, 1), preview=True)


class Provider(NamedTuple):
    """A provider without inputs."""

    props: Mapping[str, Any] = MappingProxyType({})


class Shown(NamedTuple):
    """A resource as the stack policy sees it."""

    resource_type: str
    name: str
    props: dict[str, Any]
    property_dependencies: "Mapping[str, list[Shown]]" = MappingProxyType({})
    provider: Provider | None = Provider()

    @property
    def urn(self) -> str:
        """The URN."""
        return f"urn:pulumi:dev::shop::{self.resource_type}::{self.name}"


class Stack(NamedTuple):
    """What the SDK hands to a stack policy."""

    resources: list[Shown]

    def get_config(self) -> dict[str, Any]:
        """No configuration."""
        return {}


def share_a_name(size: int) -> list[Shown]:
    """So many buckets and so many policies, all of one name."""
    buckets = [Shown(BUCKET, f"b{number}", {"bucket": "same"}) for number in range(size)]
    return buckets + [Shown(BUCKET_POLICY, f"p{number}", {"bucket": "same", "policy": f'{{"Id": "{number}"}}'}) for number in range(size)]


def end_a_chain(size: int) -> list[Shown]:
    """So many policies at the end of a chain of so many resources."""
    chain = [Shown(BUCKET, "b", {"bucket": "b"})]
    for number in range(size):
        chain.append(Shown("aws:s3/bucketVersioning:BucketVersioning", f"v{number}", {}, {"bucket": [chain[-1]]}))
    return chain + [Shown(BUCKET_POLICY, f"p{number}", {"policy": "{}"}, {"bucket": [chain[-1]]}) for number in range(size)]


def depend_on_all(size: int) -> list[Shown]:
    """So many policies, of which one was made from so many buckets, and the others from that one."""
    buckets = [Shown(BUCKET, f"b{number}", {"bucket": f"b{number}"}) for number in range(size)]
    first = Shown(BUCKET_POLICY, "first", {}, {"bucket": buckets})
    return [*buckets, first, *(Shown(BUCKET_POLICY, f"p{number}", {}, {"bucket": [first]}) for number in range(size))]


def have_none(size: int) -> list[Shown]:
    """So many buckets without a policy."""
    return [Shown(BUCKET, f"b{number}", {"bucket": f"b{number}"}) for number in range(10 * size)]


def name_each_other(size: int) -> list[Shown]:
    """So many buckets, each with a policy that is about the next."""
    buckets = [Shown(BUCKET, f"b{number}", {"bucket": f"bucket-{number}"}) for number in range(size)]
    return buckets + [
        Shown(
            BUCKET_POLICY,
            f"p{number}",
            {"policy": f'{{"Statement": {{"Resource": "arn:aws:s3:::bucket-{number + 1}/*"}}}}'},
            {"bucket": [one]},
        )
        for number, one in enumerate(buckets)
    ]


def measure(resources: list[Shown]) -> float:
    """The least CPU seconds that the stack policy takes."""
    rule = next(rule for rule in ALL if isinstance(rule, StackRule))
    return min(_time(lambda: list(policy.judge_stack(rule, _hand_over(resources), SeenInputs(), WHEN))) for _ in range(3))


def _hand_over(resources: list[Shown]) -> StackValidationArgs:
    return cast("StackValidationArgs", Stack(resources))


def _time(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("make", [share_a_name, end_a_chain, depend_on_all, have_none, name_each_other])
def test_a_stack_ten_times_as_large_takes_ten_times_as_long(make: Callable[[int], list[Shown]]) -> None:
    """Whatever its buckets and policies are called and made from."""
    small, large = make(SMALL), make(LARGE)
    assert measure(large) <= 15 * measure(small) + NOISE


class Counting(dict[str, Any]):
    """A document that counts how often it is looked into."""

    looks = 0

    def __getitem__(self, key: str) -> Any:
        """The member, counted."""
        Counting.looks += 1
        return super().__getitem__(key)


def test_an_object_of_a_million_members_is_not_read_to_its_end() -> None:
    """S3 takes 20,480 bytes, and each member has one at least."""
    Counting.looks = 0
    document = Counting({f"k{number}": "x" for number in range(100_000)})
    source = find(NATIVE_BUCKET_POLICY, {"bucket": "data", "policyDocument": document})
    assert isinstance(source, Missing)
    assert "more than 20480 bytes" in source.reason
    assert Counting.looks < 21_000
