"""Ways in which a stack's author might get past the pack, through the real CLI: docs/enforcement.md has the table."""

import json
from pathlib import Path

import pytest

from tests.e2e.conftest import MakeProject
from tests.e2e.programs import _START, ALL_REQUESTS, BAD, BARE, GOOD, HAS_POLICY, TRANSPORT, UPLOADS
from tests.e2e.test_analyze import analyze

pytestmark = pytest.mark.e2e

#: A bucket and what hangs on it, one for each way that a first preview shows.
WAYS = f"""{_START}
class Fake(pulumi.ComponentResource):
    def __init__(self, name, properties):
        super().__init__("aws:s3/bucketPolicy:BucketPolicy", name, properties)
        self.register_outputs(properties)


def make(name, **properties):
    return aws.s3.Bucket(name, bucket=f"way-{{name}}", **properties)


def good(name):
    return write(f"arn:aws:s3:::way-{{name}}", HEADER, TLS)


component = make("component")
Fake("component", {{"bucket": "way-component", "policy": good("component")}})
unknown = make("component-of-an-output")
Fake("component-of-an-output", {{"bucket": unknown.id, "policy": good("component-of-an-output")}})

make("endpoints")
elsewhere = aws.Provider(
    "elsewhere", region="eu-west-1", endpoints=[aws.ProviderEndpointArgs(s3="http://127.0.0.1:9")], skip_credentials_validation=True
)
aws.s3.BucketPolicy("endpoints", bucket="way-endpoints", policy=good("endpoints"), opts=pulumi.ResourceOptions(provider=elsewhere))

make("two")
aws.s3.BucketPolicy("two", bucket="way-two", policy=good("two"))
aws.s3.BucketPolicy("two-again", bucket="way-two", policy=write("arn:aws:s3:::way-two", HEADER))
make("twice")
aws.s3.BucketPolicy("twice", bucket="way-twice", policy=good("twice"))
aws.s3.BucketPolicy("twice-again", bucket="way-twice", policy=write("arn:aws:s3:::way-twice", TLS, HEADER))

make("secret")
aws.s3.BucketPolicy("secret", bucket=pulumi.Output.secret("way-secret"), policy=pulumi.Output.secret(write("arn:aws:s3:::way-secret", TLS)))

make("odd $(name) \\u202e<{{%fg 1%}}>")
aws.s3.BucketPolicy("odd-name", bucket="*", policy=write("arn:aws:s3:::*", HEADER, TLS))

make("asset")
pulumi.CustomResource("aws:s3/bucketPolicy:BucketPolicy", "asset", {{"bucket": "way-asset", "policy": pulumi.StringAsset(good("asset"))}})

make("sentinel")
pulumi.CustomResource(
    "aws:s3/bucketPolicy:BucketPolicy", "sentinel", {{"bucket": "way-sentinel", "policy": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}
)

borrowed, lender = make("borrowed"), make("lender")
aws.s3.BucketPolicy("borrowed", bucket=borrowed.id, policy=good("lender"))
aws.s3.BucketPolicy("lender", bucket=lender.id, policy=good("lender"))
"""


def test_each_way_of_a_first_preview_is_caught(project: MakeProject, pack: str) -> None:
    """What hides, or only looks like a policy, is reported at its bucket; the same document twice and `bucket.id` are not."""
    outcome = project(WAYS).run("preview", "--policy-pack", pack)
    assert outcome.status == 1
    assert "failed to run" not in outcome.text
    mandatory = [(each.policy, each.name) for each in outcome.violations if each.level == "mandatory"]
    odd = next(name for policy, name in mandatory if policy == HAS_POLICY and name.startswith("odd"))
    assert mandatory == [
        *((HAS_POLICY, name) for name in sorted(("borrowed", "component", "component-of-an-output", "endpoints", odd, "two"))),
        *((TRANSPORT, name) for name in ("asset", "odd-name", "two-again")),
        *((UPLOADS, name) for name in ("asset", "odd-name", "secret")),
    ]
    said = {each.name: each.message for each in outcome.violations if each.policy == HAS_POLICY}
    assert all("is a component" in said[name] for name in ("component", "component-of-an-output"))
    assert "`endpoints`" in said["endpoints"]
    assert all(name in said["two"] for name in ("`two`", "`two-again`"))
    assert all(name in said["borrowed"] for name in ("`way-borrowed`", "`way-lender`"))
    assert [each.level for each in outcome.violations if each.name == "sentinel"] == ["advisory", "advisory"]


#: The bad document is in the state, and the program has a good one that the options keep from being written.
IGNORED = GOOD.replace(
    "policy=with_name(data, HEADER, TLS)", 'policy=with_name(data, HEADER, TLS), opts=pulumi.ResourceOptions(ignore_changes=["policy"])'
)
RENAMED = BAD.replace('"data-policy"', '"data-policy-2"').replace(
    "policy=with_name(data, TLS)", 'policy=with_name(data, TLS), opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="data-policy")])'
)
RETAINED = GOOD.replace(
    "policy=with_name(data, HEADER, TLS)", "policy=with_name(data, HEADER, TLS), opts=pulumi.ResourceOptions(retain_on_delete=True)"
)


def test_options_hide_nothing(project: MakeProject, pack: str) -> None:
    """`ignoreChanges` keeps the old document, which is the one that is judged; an alias renames what is judged all the same."""
    program = project(BAD)
    assert program.run("up", "--skip-preview").status == 0
    for text, name in ((IGNORED, "data-policy"), (RENAMED, "data-policy-2")):
        program.write(text)
        outcome = program.run("preview", "--policy-pack", pack)
        assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", name),))


def test_what_is_retained_does_not_count(project: MakeProject, pack: str) -> None:
    """With `retainOnDelete` the policy stays in AWS when it leaves the program: the stack has none, and that is what is said."""
    program = project(RETAINED)
    assert program.run("up", "--skip-preview", "--policy-pack", pack).status == 0
    program.write(BARE)
    outcome = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((HAS_POLICY, "mandatory", "data"),))


IMPORTED = f"""{_START}
data = aws.s3.Bucket("data", bucket="imported-data")
aws.s3.BucketPolicy(
    "data-policy",
    bucket=data.bucket,
    policy=write("arn:aws:s3:::imported-data", TLS),
    opts=pulumi.ResourceOptions(import_="imported-data"),
)
"""


def test_an_import_is_judged(project: MakeProject, pack: str) -> None:
    """What a program imports is judged by its inputs like everything else."""
    program = project(IMPORTED)
    (program.home / "cloud" / "imported-data").write_text("{}", "utf-8")
    outcome = program.run("preview", "--policy-pack", pack)
    assert outcome.status == 1
    assert (UPLOADS, "mandatory", "data-policy") in outcome.found


def test_what_is_left_out_of_an_update_is_looked_at_by_the_next_one(project: MakeProject, pack: str) -> None:
    """`--target` of the bucket alone lets it be made without its policy (documented); a run without targets judges both."""
    program = project(BAD)
    outcome = program.run("up", "--skip-preview", "--target", "**bucket:Bucket::data", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (0, ())
    assert "data-policy" not in program.export()
    outcome = program.run("preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))


LATE = f"""{_START}
data = aws.s3.Bucket("data")
data.arn.apply(lambda arn: aws.s3.BucketPolicy("data-policy", bucket=data.id, policy=write(arn, HEADER, TLS)))
"""


def test_a_policy_made_inside_an_apply_is_let_pass_where_that_is_configured(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """In a first preview it is not there: a violation that names `inPreview`, or a note; the update has it."""
    program = project(LATE)
    outcome = program.run("preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((HAS_POLICY, "mandatory", "data"),))
    assert "`inPreview: advisory`" in outcome.violations[0].message
    config = tmp_path / "config.json"
    config.write_text(json.dumps({HAS_POLICY: {"inPreview": "advisory"}}), "utf-8")
    outcome = program.run("preview", "--policy-pack", pack, "--policy-pack-config", str(config))
    assert outcome.status == 0
    assert [(each.policy, each.level) for each in outcome.violations] == [(HAS_POLICY, "advisory")]
    outcome = program.run("up", "--skip-preview", "--policy-pack", pack, "--policy-pack-config", str(config))
    assert (outcome.status, outcome.found) == (0, ())


#: The form of most examples: the policy does not know its bucket in a first preview, and its document does.
USUAL = f"""{_START}
data = aws.s3.Bucket("data")
aws.s3.BucketPolicy("data-policy", bucket=data.id, policy=with_name(data, HEADER, TLS))
"""


def test_the_usual_form_is_silent_in_a_first_preview(project: MakeProject, pack: str) -> None:
    """`bucket=bucket.id` with a document from `bucket.bucket`: compliant and silent, bad and blocked."""
    program = project(USUAL)
    outcome = program.run("preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (0, ())
    program.write(USUAL.replace("HEADER, TLS", "TLS"))
    outcome = program.run("preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))


def discover(state: Path, policies: dict[str, str]) -> None:
    """Write a state as an export of discovered resources has it: what was read as properties, and no provider."""
    name = "urn:pulumi:discovered::account"
    resources = [
        {
            "urn": f"{name}::aws:s3/bucket:Bucket::{bucket}",
            "custom": True,
            "id": bucket,
            "type": "aws:s3/bucket:Bucket",
            "external": True,
            "inputs": (
                read := {
                    "bucket": bucket,
                    "arn": f"arn:aws:s3:::{bucket}",
                    "bucketDomainName": f"{bucket}.s3.amazonaws.com",
                    "region": "eu-west-1",
                    "policy": policy,
                }
            ),
            "outputs": read,
        }
        for bucket, policy in policies.items()
    ]
    deployment = {"manifest": {"time": "2026-11-27T00:00:00Z", "magic": "", "version": ""}, "resources": resources}
    state.write_text(json.dumps({"version": 3, "deployment": deployment}), "utf-8")


def test_discovered_buckets_are_judged_by_what_was_read(project: MakeProject, pack: str, tmp_path: Path) -> None:
    """`policy analyze --file`: a bucket without a policy violates resource policies, too, since an account's audit asks only those."""
    state = tmp_path / "state.json"
    arn = "arn:aws:s3:::good-bucket"
    statements = [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{arn}/*",
            "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}},
        },
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
    ]
    discover(state, {"good-bucket": json.dumps({"Version": "2012-10-17", "Statement": statements}), "bare-bucket": ""})
    status, violations = analyze(project(BARE), pack, "--file", str(state))
    assert status == 1
    assert [(each.policy, each.name) for each in violations] == [
        (HAS_POLICY, "bare-bucket"),
        (ALL_REQUESTS, "bare-bucket"),
        (TRANSPORT, "bare-bucket"),
        (UPLOADS, "bare-bucket"),
    ]


SENTINEL = f"""{_START}
data = aws.s3.Bucket("data", bucket="sentinel-data")
properties = {{"bucket": "sentinel-data", "policy": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}}
pulumi.CustomResource("aws:s3/bucketPolicy:BucketPolicy", "data-policy", properties)
"""


def test_the_text_of_an_unknown_value_passes_no_update(project: MakeProject, pack: str) -> None:
    """In an update nothing is unknown, so what looks like it is a violation."""
    program = project(SENTINEL)
    outcome = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert outcome.status != 0
    assert "data-policy" not in program.export()
    assert set(outcome.found) >= {(UPLOADS, "mandatory", "data-policy"), (TRANSPORT, "mandatory", "data-policy")}
