"""Which policy hangs on which bucket: `aws-s3-bucket-has-policy` through the SDK, asked as the engine asks."""

import json
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crossguard.documents import compliant, deny, snippet, write
from tests.crossguard.pack import (
    BUCKET,
    BUCKET_POLICY,
    BUCKET_V2,
    DOCUMENT_POLICIES,
    HAS_POLICY,
    NATIVE_BUCKET,
    NATIVE_BUCKET_POLICY,
    UNKNOWN,
    Answer,
    Double,
    Resource,
    make_double,
)

BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
DIRECTORY = "aws:s3/directoryBucket:DirectoryBucket"


def bucket(name: str, kind: str = BUCKET, **props: Any) -> Resource:
    """A bucket whose name is its own, and known."""
    return Resource(kind, name, {"bucketName" if kind == NATIVE_BUCKET else "bucket": name, **props})


def policy(name: str, target: str, *leads_to: Resource, kind: str = BUCKET_POLICY) -> Resource:
    """A policy for the bucket of this name, which was made from these resources."""
    dependencies = {"bucket": [one.urn for one in leads_to]} if leads_to else {}
    return Resource(kind, name, {"bucket": target, "policyDocument" if kind == NATIVE_BUCKET_POLICY else "policy": "{}"}, dependencies)


def reported(answer: Answer) -> list[tuple[str, str]]:
    """The level and the name of each resource that the stack policy speaks of, in its order."""
    return [(one.level, one.urn.split("::")[-1]) for one in answer.said if one.policy == HAS_POLICY]


@pytest.mark.parametrize("kind", [BUCKET, BUCKET_V2, NATIVE_BUCKET])
@pytest.mark.parametrize("attached", [BUCKET_POLICY, NATIVE_BUCKET_POLICY])
def test_a_known_name_attaches(kind: str, attached: str, preview: Double) -> None:
    """By name alone, across both providers, without any dependency."""
    data = bucket("data", kind)
    assert reported(preview.analyze_stack(data, policy("p", "data", kind=attached))) == []
    assert reported(preview.analyze_stack(data, policy("p", "data2", kind=attached))) == [("mandatory", "data")]


def test_a_known_name_wins_over_dependencies(preview: Double) -> None:
    """The name is what AWS will be told; what it was made from is not."""
    a, b = bucket("a"), bucket("b")
    assert reported(preview.analyze_stack(a, b, policy("p", "a", b))) == [("mandatory", "b")]


def test_a_name_of_another_stack_matches_nothing_here(preview: Double) -> None:
    """Such a policy is not adrift: it is known to hang elsewhere, so a bare bucket is a violation and no note."""
    assert reported(preview.analyze_stack(bucket("a"), policy("p", "somebody-elses"))) == [("mandatory", "a")]


def test_dependencies_lead_to_the_bucket(preview: Double) -> None:
    """An unknown name is followed to the bucket that it was made from."""
    a, b = bucket("a"), bucket("b")
    assert reported(preview.analyze_stack(a, b, policy("p", UNKNOWN, a))) == [("mandatory", "b")]


def test_dependencies_are_followed_through_other_resources(preview: Double) -> None:
    """The `bucket` of a BucketPublicAccessBlock, and of another policy after it, lead on."""
    a, b = bucket("a"), bucket("b")
    block = Resource(BLOCK, "block", {"bucket": UNKNOWN}, {"bucket": [a.urn]})
    first = policy("first", UNKNOWN, block)
    second = policy("second", UNKNOWN, first)
    assert reported(preview.analyze_stack(second, b, block, a, first)) == [("mandatory", "a"), ("mandatory", "b")]


def test_other_properties_lead_nowhere(preview: Double) -> None:
    """A policy whose document was made from a bucket need not hang on it, and `dependsOn` says nothing at all."""
    a = bucket("a")
    adrift = Resource(BUCKET_POLICY, "p", {"bucket": UNKNOWN, "policy": UNKNOWN}, {"policy": [a.urn], "": [a.urn]})
    assert reported(preview.analyze_stack(a, adrift)) == [("advisory", "")]


def test_a_policy_adrift_leaves_one_note_for_all(preview: Double) -> None:
    """No bucket without a policy can be told from one with it; the note names them all, and what is known is reported first."""
    a, b, c, d = map(bucket, "abcd")
    adrift = policy("p", UNKNOWN, a, b)
    answer = preview.analyze_stack(a, b, c, d, adrift, policy("q", "d"), policy("r", "d"))
    assert reported(answer) == [("mandatory", "d"), ("advisory", "")]
    note = answer.said[-1].text
    assert "is not known" in note
    assert [name for name in "abcd" if f"`{name}`" in note] == ["a", "b", "c"]


def test_a_policy_adrift_is_no_excuse_in_an_update(update: Double) -> None:
    """There every bucket without a policy is a violation of its own."""
    a, b = bucket("a"), bucket("b")
    assert reported(update.analyze_stack(b, a, policy("p", UNKNOWN))) == [("mandatory", "a"), ("mandatory", "b")]


def test_unknown_can_be_made_a_violation(preview: Double) -> None:
    """`whenUnknown: mandatory` turns the note into a violation on each bucket."""
    preview.configure(has_policy={"whenUnknown": "mandatory"})
    a, b = bucket("a"), bucket("b")
    assert reported(preview.analyze_stack(b, a, policy("p", UNKNOWN))) == [("mandatory", "a"), ("mandatory", "b")]


def test_two_policies_on_a_bucket_are_one_violation_that_names_both(preview: Double) -> None:
    """The last write wins, silently: by name, by dependencies, or by one of each."""
    data = bucket("data")
    answer = preview.analyze_stack(data, policy("one", "data"), policy("two", UNKNOWN, data), policy("three", "data", data))
    assert reported(answer) == [("mandatory", "data")]
    assert all(f"`{name}`" in answer.of(HAS_POLICY) for name in ("one", "two", "three"))


@pytest.mark.parametrize("kind", [BUCKET, BUCKET_V2])
@pytest.mark.parametrize("text", [compliant("data"), UNKNOWN])
def test_an_inline_policy_counts_where_analyze_saw_it(kind: str, text: str, preview: Double) -> None:
    """Known or not; a BucketPolicy beside it makes two, and where the input is gone the bucket is bare again."""
    data = bucket("data", kind)
    preview.analyze(data._replace(props={**data.props, "policy": text}))
    assert reported(preview.analyze_stack(data._replace(props={**data.props, "policy": text}))) == []
    assert reported(preview.analyze_stack(data, policy("p", "data"))) == [("mandatory", "data")]
    preview.analyze(data)
    assert reported(preview.analyze_stack(data)) == [("mandatory", "data")]


def test_a_leftover_policy_output_is_no_evidence(update: Double) -> None:
    """After a refresh the output holds what was attached, also when the BucketPolicy has left the program; the message says so."""
    data = bucket("data")
    update.analyze(data)
    answer = update.analyze_stack(data._replace(props={"bucket": "data", "policy": compliant("data")}))
    assert reported(answer) == [("mandatory", "data")]
    assert "last read" in answer.of(HAS_POLICY)
    assert "last read" not in update.analyze_stack(data._replace(props={"bucket": "data", "policy": ""})).of(HAS_POLICY)


def test_an_empty_bag_is_not_part_of_the_operation(update: Double) -> None:
    """Such a bucket is not reported, such a policy counts where its dependencies lead; both also in an update."""
    a, b = bucket("a"), bucket("b")
    empty = Resource(BUCKET_POLICY, "p", {}, {"bucket": [a.urn]})
    update.analyze(empty)
    assert reported(update.analyze_stack(a, b._replace(props={}), empty)) == []


@pytest.mark.parametrize(
    "resource",
    [
        bucket("data--euc1-az1--x-s3"),
        Resource(DIRECTORY, "data", {"bucket": "data--euc1-az1--x-s3"}),
        Resource("aws:lightsail/bucket:Bucket", "data", {"name": "data"}),
        Resource("aws:s3control/bucket:Bucket", "data", {"bucket": "data"}),
        Resource("aws:s3tables/tableBucket:TableBucket", "data", {"name": "data"}),
    ],
    ids=lambda resource: resource.type,
)
def test_buckets_of_other_services_need_no_policy(resource: Resource, preview: Double) -> None:
    """They are no buckets of the stack, and neither is anything else."""
    assert reported(preview.analyze_stack(resource)) == []


def test_a_policy_on_a_directory_bucket_is_not_adrift(preview: Double) -> None:
    """Its dependencies lead to a bucket, which is another service's."""
    directory = Resource(DIRECTORY, "d", {"bucket": "d--euc1-az1--x-s3"})
    assert reported(preview.analyze_stack(directory, bucket("a"), policy("p", UNKNOWN, directory))) == [("mandatory", "a")]


def test_a_policy_on_a_bucket_that_is_only_read_is_adrift_without_its_name(preview: Double) -> None:
    """The SDK drops the URN of a read from the dependencies; with the name known nothing is missing."""
    read = bucket("read")
    assert reported(preview.analyze_stack(bucket("a"), policy("p", UNKNOWN, read))) == [("advisory", "")]
    assert reported(preview.analyze_stack(bucket("a"), policy("p", "read", read))) == [("mandatory", "a")]


def test_a_stack_without_buckets_is_not_applicable(preview: Double) -> None:
    """There is nothing to count as compliant."""
    only_policy = preview.analyze_stack(policy("p", "data"))
    nothing = preview.analyze_stack(Resource("pulumi:pulumi:Stack", "shop-dev", {}))
    assert [dict(answer.skipped) for answer in (only_policy, nothing)] == [{HAS_POLICY: "the stack has no S3 bucket"}] * 2


def test_exempted_buckets_are_left_out(preview: Double) -> None:
    """By name, by resource name or by URN; the others are judged."""
    a, b, c, d = map(bucket, "abcd")
    entries = [{"bucket": "a", "reason": "r"}, {"bucket": "name:b", "reason": "r"}, {"bucket": c.urn, "reason": "r"}]
    preview.configure(has_policy={"exemptions": entries})
    assert reported(preview.analyze_stack(a, b, c, d)) == [("mandatory", "d")]
    assert reported(preview.analyze_stack(a, policy("p", "a"), policy("q", "a"))) == []


def test_an_expired_exemption_is_told(preview: Double) -> None:
    """The violation says that it has expired, and when."""
    preview.configure(has_policy={"exemptions": [{"bucket": "a", "reason": "r", "owner": "me", "expires": "2026-11-23"}]})
    answer = preview.analyze_stack(bucket("a"), bucket("b"), policy("p", "b"), policy("q", "b"))
    assert "2026-11-23" in next(one.text for one in answer.said if one.urn.endswith("::a"))


def test_a_glob_that_might_match_an_unknown_name_leaves_a_note(preview: Double) -> None:
    """With `bucket_prefix` the name is not known in a preview; with a policy attached nothing hangs on it."""
    entries = [{"bucket": "logs-*", "reason": "r"}]
    prefixed = Resource(BUCKET, "a", {"bucket": UNKNOWN})
    preview.configure(has_policy={"exemptions": entries})
    assert reported(preview.analyze_stack(prefixed)) == [("advisory", "")]
    assert reported(preview.analyze_stack(prefixed, policy("p", UNKNOWN, prefixed))) == []


def test_a_wrong_configuration_is_reported_once_on_the_stack(preview: Double) -> None:
    """Nothing is judged with it, whether there are buckets or not."""
    preview.configure(has_policy={"exemption": []})
    for resources in ((bucket("a"), bucket("b")), (Resource("pulumi:pulumi:Stack", "shop-dev", {}),)):
        answer = preview.analyze_stack(*resources)
        assert reported(answer) == [("mandatory", "")]
        assert "`exemption`" in answer.of(HAS_POLICY)


@st.composite
def stacks(draw: st.DrawFn) -> list[Resource]:
    """Buckets and policies in all kinds of relations, and other resources between them."""
    buckets = [bucket(f"b{n}", draw(st.sampled_from([BUCKET, BUCKET_V2, NATIVE_BUCKET]))) for n in range(draw(st.integers(0, 6)))]
    buckets = [one if draw(st.booleans()) else one._replace(props={}) for one in buckets]
    blocks = [
        Resource(BLOCK, f"k{n}", {"bucket": UNKNOWN}, {"bucket": [draw(st.sampled_from(buckets)).urn]})
        for n in range(draw(st.integers(0, 3)) if buckets else 0)
    ]
    policies = [
        policy(
            f"p{n}",
            draw(st.sampled_from([UNKNOWN, "b0", "b1", "elsewhere"])),
            *draw(st.lists(st.sampled_from(buckets + blocks), max_size=2) if buckets else st.just([])),
        )
        for n in range(draw(st.integers(0, 6)))
    ]
    return [*buckets, *blocks, *policies, Resource("pulumi:pulumi:Stack", "shop-dev", {})]


@given(stacks(), st.randoms(use_true_random=False))
def test_the_order_of_resources_does_not_matter(resources: list[Resource], chance: random.Random) -> None:
    """The engine sends them in an order of its own each time: the same answer, each bucket at most once, in the order of URNs."""
    double = make_double()
    answer = double.analyze_stack(*resources)
    shuffled = resources.copy()
    chance.shuffle(shuffled)
    urns = [one.urn for one in answer.said if one.urn]
    assert answer == double.analyze_stack(*shuffled)
    assert urns == sorted(set(urns))


def test_ten_thousand_resources_in_any_order(preview: Double) -> None:
    """1,000 buckets with their policies among other resources, one bare, one contested: exactly these two are named."""
    buckets = [bucket(f"b{n:04}") for n in range(1000)]
    policies = [policy(f"p{n:04}", UNKNOWN, one) for n, one in enumerate(buckets) if n != 17]
    others = [Resource("random:index/randomId:RandomId", f"r{n}", {"hex": UNKNOWN}) for n in range(8000)]
    stack = [*buckets, *policies, *others, policy("again", "b0500")]
    random.Random(7).shuffle(stack)
    assert reported(preview.analyze_stack(*stack)) == [("mandatory", "b0017"), ("mandatory", "b0500")]


def test_a_ring_of_dependencies_leads_nowhere(preview: Double) -> None:
    """The engine allows none, but nothing may hang."""
    one = Resource(BLOCK, "one", {"bucket": UNKNOWN})
    two = Resource(BLOCK, "two", {"bucket": UNKNOWN}, {"bucket": [one.urn]})
    ring = one._replace(dependencies={"bucket": [two.urn, one.urn]})
    assert reported(preview.analyze_stack(bucket("a"), ring, two, policy("p", UNKNOWN, two))) == [("advisory", "")]


def test_names_that_are_encrypted_are_not_the_same_name(update: Double) -> None:
    """`pulumi policy analyze` shows every secret that it cannot decrypt as the same text; dependencies still lead to the right bucket."""
    a, b = (bucket(name)._replace(props={"bucket": "[secret]"}) for name in "ab")
    assert reported(update.analyze_stack(a, b, policy("p", "[secret]", a))) == [("mandatory", "b")]


def test_a_bucket_that_was_only_read_is_judged_from_a_state(update: Double) -> None:
    """`pulumi policy analyze` shows it without inputs and with its outputs, and a pack is not told the difference."""
    read = bucket("read")
    inputs = update.analyze(read._replace(props={}))
    assert (inputs.said, set(inputs.skipped)) == ((), set(DOCUMENT_POLICIES))
    assert reported(update.analyze_stack(read._replace(props={"bucket": "read", "policy": ""}))) == [("mandatory", "read")]


@pytest.mark.parametrize("kind", [BUCKET_POLICY, NATIVE_BUCKET_POLICY])
def test_a_policy_that_is_only_read_does_not_count(kind: str, update: Double) -> None:
    """`pulumi policy analyze` shows it without inputs, so no policy judges its document: a bucket must not pass by it, and is told so."""
    data, read = bucket("data"), policy("read", "data", kind=kind)
    inputs = update.analyze(read._replace(props={}))
    assert (inputs.said, set(inputs.skipped)) == ((), set(DOCUMENT_POLICIES))
    answer = update.analyze_stack(data, read)
    assert reported(answer) == [("mandatory", "data")]
    assert "`BucketPolicy.get`" in answer.of(HAS_POLICY)
    assert "`BucketPolicy.get`" not in update.analyze_stack(data, read._replace(props={"bucket": "other"})).of(HAS_POLICY)


def test_a_policy_that_is_only_read_contends_with_nothing(update: Double) -> None:
    """Beside the one that the stack attaches it is the same policy, seen twice; of an unknown bucket it leaves nothing in doubt."""
    read = policy("read", "data")
    update.analyze(read._replace(props={}))
    assert reported(update.analyze_stack(bucket("data"), policy("own", "data"), read)) == []
    assert reported(update.analyze_stack(bucket("data"), read._replace(props={"bucket": "[secret]"}))) == [("mandatory", "data")]
    update.analyze(read)
    assert reported(update.analyze_stack(bucket("data"), read)) == []


@pytest.mark.parametrize(
    ("own", "other", "without"),
    [("us-east-1", "cn-north-1", ["b"]), ("cn-north-1", "eu-west-1", ["b"]), ("us-east-1", "eu-west-1", []), ("us-east-1", None, [])],
)
def test_a_name_is_one_bucket_in_each_partition(own: str, other: str | None, without: list[str], preview: Double) -> None:
    """A policy of one partition leaves the bucket of the same name in another without; where no region is seen they may be one."""
    a, b, attached = (
        Resource(BUCKET, "a", {"bucket": "same"}, region=own),
        Resource(BUCKET, "b", {"bucket": "same"}, region=other),
        policy("p", "same")._replace(region=own),
    )
    assert reported(preview.analyze_stack(a, b, attached)) == [("mandatory", name) for name in without]


def test_the_fix_is_for_the_buckets_own_partition(preview: Double) -> None:
    """The ARNs in it are those of the region of the bucket, else of its provider."""
    answer = preview.analyze_stack(bucket("a")._replace(region="cn-north-1"), bucket("b", region="us-gov-west-1"), bucket("c"))
    shown = [next(part for part in ("aws-cn", "aws-us-gov", "aws") if f"arn:{part}:s3:::" in one.text) for one in answer.said]
    assert shown == ["aws-cn", "aws-us-gov", "aws"]


COMPONENT = None
OTHERWHERE = '[{"s3":"http://127.0.0.1:4566"}]'


@pytest.mark.parametrize("kind", [BUCKET_POLICY, NATIVE_BUCKET_POLICY])
@pytest.mark.parametrize("target", ["data", UNKNOWN])
def test_a_component_attaches_nothing(kind: str, target: str, preview: Double) -> None:
    """It has no provider and creates nothing, whatever it calls itself, and the message names it."""
    data = bucket("data")
    fake = policy("fake", target, data, kind=kind)._replace(region=COMPONENT)
    answer = preview.analyze_stack(data, fake)
    assert reported(answer) == [("mandatory", "data")]
    assert "The BucketPolicy `fake` is a component" in answer.of(HAS_POLICY)
    assert reported(preview.analyze_stack(data, fake, policy("real", "data"))) == []


@pytest.mark.parametrize("endpoints", [OTHERWHERE, '{"s3": "x"}', [{"s3": "http://localhost"}], "not JSON", UNKNOWN, "[" * 100_000])
def test_a_provider_with_endpoints_of_its_own_attaches_nothing(endpoints: Any, preview: Double) -> None:
    """What they lead to need not be AWS; also where they are not known yet."""
    data = bucket("data")
    answer = preview.analyze_stack(data, policy("local", "data")._replace(endpoints=endpoints))
    assert reported(answer) == [("mandatory", "data")]
    assert "The BucketPolicy `local` goes to its provider's own `endpoints`" in answer.of(HAS_POLICY)


@pytest.mark.parametrize("endpoints", [None, "", "[]", "[{}]", '[{"s3":""}]', []])
def test_endpoints_that_say_nothing_are_none(endpoints: Any, preview: Double) -> None:
    """A provider without any has an empty list, or nothing at all."""
    assert reported(preview.analyze_stack(bucket("data"), policy("p", "data")._replace(endpoints=endpoints))) == []


def test_a_component_is_never_adrift(preview: Double) -> None:
    """Of an unknown bucket it leaves nothing in doubt, also where its inputs are empty and its outputs are not."""
    data = bucket("data")
    fake = policy("fake", UNKNOWN)._replace(region=COMPONENT)
    preview.analyze(fake._replace(props={}))
    assert reported(preview.analyze_stack(data, fake)) == [("mandatory", "data")]


def test_where_nothing_is_created_a_component_is_as_good_as_its_bucket(preview: Double) -> None:
    """A bucket that is a component itself needs no policy of AWS."""
    assert reported(preview.analyze_stack(*(one._replace(region=COMPONENT) for one in (bucket("data"), policy("p", "data"))))) == []


def write_policy(name: str, target: str, document: str, *leads_to: Resource) -> Resource:
    """As `policy`, with this document."""
    attached = policy(name, target, *leads_to)
    return attached._replace(props={**attached.props, "policy": document})


REORDERED = json.dumps({"Statement": json.loads(compliant("data"))["Statement"][::-1], "Version": "2012-10-17", "Id": "x"}, indent=1)


def test_the_same_document_twice_is_no_violation(preview: Double) -> None:
    """Two BucketPolicies, or an inline policy and a BucketPolicy (as `pulumi import` writes): whichever is written last, it is the same."""
    data = bucket("data", policy=compliant("data"))
    twice = (write_policy("one", "data", compliant("data")), write_policy("two", UNKNOWN, REORDERED, data))
    assert reported(preview.analyze_stack(data, *twice)) == []
    preview.analyze(data)
    assert reported(preview.analyze_stack(data, twice[0])) == []
    assert reported(preview.analyze_stack(data, *twice)) == []
    assert reported(preview.analyze_stack(data, *twice, write_policy("three", "data", snippet("data")))) == [("mandatory", "data")]


@pytest.mark.parametrize("document", ["{}", UNKNOWN, "once upon a time", " " * 30_000])
def test_what_is_no_document_is_not_the_same_one(document: str, preview: Double) -> None:
    """What is not known, or what S3 would refuse, may be anything."""
    data = bucket("data", policy=document)
    preview.analyze(data)
    assert reported(preview.analyze_stack(data, write_policy("one", "data", document))) == [("mandatory", "data")]
    assert reported(preview.analyze_stack(bucket("b"), *(write_policy(name, "b", document) for name in "pq"))) == [("mandatory", "b")]


def test_a_policy_about_another_bucket_of_the_stack_is_reported(preview: Double) -> None:
    """By the stack policy, which sees the dependency, on the bucket that it hangs on; both are named."""
    a, b = bucket("a-bucket"), bucket("b-bucket")
    answer = preview.analyze_stack(
        a, b, write_policy("p", UNKNOWN, compliant("b-bucket"), a), write_policy("q", "b-bucket", compliant("b-bucket"))
    )
    assert reported(answer) == [("mandatory", "a-bucket")]
    assert all(name in answer.of(HAS_POLICY) for name in ("`p`", "`a-bucket`", "`b-bucket`"))


@pytest.mark.parametrize(
    "document",
    [
        compliant("a-bucket"),
        compliant("elsewhere"),
        compliant("a-*"),
        write(deny("b-bucket", {}, Resource=None, NotResource="arn:aws:s3:::b-bucket")),
    ],
)
def test_a_policy_that_may_be_about_its_bucket_is_not_about_another(document: str, preview: Double) -> None:
    """It names its own, only names of other stacks, a pattern, or everything but another bucket."""
    a, b = bucket("a-bucket"), bucket("b-bucket")
    assert reported(preview.analyze_stack(a, b, write_policy("p", UNKNOWN, document, a), policy("q", "b-bucket"))) == []


def test_a_bucket_whose_name_is_not_known_may_have_a_policy_about_another(preview: Double) -> None:
    """A document cannot name a bucket that has no name yet."""
    a, b = Resource(BUCKET, "a", {"bucket": UNKNOWN}), bucket("b-bucket")
    attached = write_policy("p", UNKNOWN, compliant("b-bucket"), a), write_policy("q", "b-bucket", compliant("b-bucket"))
    assert reported(preview.analyze_stack(a, b, *attached)) == [("mandatory", "a")]


def test_a_bucket_without_a_policy_may_be_a_note_in_a_preview(preview: Double) -> None:
    """With `inPreview: advisory`; without it the violation names the key, since one made inside an `apply` does not exist yet."""
    assert "`inPreview: advisory`" in preview.analyze_stack(bucket("a")).of(HAS_POLICY)
    preview.configure(has_policy={"inPreview": "advisory"})
    answer = preview.analyze_stack(bucket("a"), bucket("b"), bucket("c"), policy("p", "c"), policy("q", "c", bucket("c")))
    assert reported(answer) == [("mandatory", "c"), ("advisory", "")]
    assert all(text in answer.said[-1].text for text in ("`a`", "`b`", "`inPreview`"))


def test_a_bucket_without_a_policy_is_a_violation_in_an_update(update: Double) -> None:
    """Whatever `inPreview` says; and the message has no word of previews."""
    update.configure(has_policy={"inPreview": "advisory"})
    answer = update.analyze_stack(bucket("a"))
    assert reported(answer) == [("mandatory", "a")]
    assert "inPreview" not in answer.of(HAS_POLICY)


def test_one_note_tells_of_both(preview: Double) -> None:
    """Buckets whose policy is not known and buckets that have none yet: with a policy adrift the second kind is the first."""
    preview.configure(has_policy={"inPreview": "advisory", "exemptions": [{"bucket": "x-*", "reason": "r"}]})
    answer = preview.analyze_stack(Resource(BUCKET, "prefixed", {"bucket": UNKNOWN}), bucket("a"))
    assert reported(answer) == [("advisory", "")]
    assert all(text in answer.of(HAS_POLICY) for text in ("attached to `prefixed` is not known", "attached to `a` in this preview"))


def test_where_the_policy_names_its_bucket_the_document_policies_have_asked(preview: Double) -> None:
    """They judge the document against that name: one violation is enough."""
    a, b = bucket("a-bucket"), bucket("b-bucket")
    attached = write_policy("p", "a-bucket", compliant("b-bucket"), a), write_policy("q", "b-bucket", compliant("b-bucket"))
    assert reported(preview.analyze_stack(a, b, *attached)) == []
    assert set(preview.analyze(attached[0]).levels()) == set(DOCUMENT_POLICIES)
