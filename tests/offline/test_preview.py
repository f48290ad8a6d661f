"""Programs through the embedded engine: what is judged, in which round, and what is said where something cannot be."""

import json
from collections.abc import Callable
from pathlib import Path

import pulumi
import pulumi_aws as aws
import pytest

from offline.run import BlindSpot, Run
from offline.testing import ProgramError, find_violations, run_program
from tests.offline.cli import run

#: The SDK says it of itself while it is imported.
pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor of:DeprecationWarning")

HEADER = "aws-s3-bucket-policy-denies-unencrypted-uploads"
TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
ALL_TRANSPORT = "aws-s3-bucket-policy-denies-all-insecure-requests"
HAS_POLICY = "aws-s3-bucket-has-policy"


def write(arn: str, *more: object) -> str:
    """A compliant document for the bucket with this ARN, with further statements."""
    everyone = {"Effect": "Deny", "Principal": "*"}
    header = {"Null": {"s3:x-amz-server-side-encryption": "true"}}
    statements = [
        {**everyone, "Action": "s3:PutObject", "Resource": f"{arn}/*", "Condition": header},
        {**everyone, "Action": "s3:*", "Resource": [arn, f"{arn}/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": [*statements, *more]})


def attach(bucket: "aws.s3.Bucket", policy: pulumi.Input[str], name: str = "data") -> None:
    """A bucket policy on a bucket."""
    aws.s3.BucketPolicy(name, bucket=bucket.id, policy=policy)


def tell(run: Run) -> list[tuple[str, str, str]]:
    """Level, policy and resource of each diagnostic that counts."""
    return [(each.level, each.policy, each.urn.split("::")[-1]) for each in run.diagnostics]


def tell_first(run: Run) -> list[tuple[str, str]]:
    """Level and policy of what the first preview said."""
    return [(each.level, each.policy) for each in run.first]


def document(run: Run, name: str = "data") -> object:
    """The document of a bucket policy, as it was seen in the run that counts."""
    return next(seen.inputs["policy"] for seen in run.resources if seen.name == name and seen.type.endswith("BucketPolicy"))


def make_compliant() -> None:
    """A bucket whose policy is made from its ARN."""
    bucket = aws.s3.Bucket("data")
    attach(bucket, bucket.arn.apply(write))


def test_a_document_made_from_an_arn_is_decided_before_anything_exists() -> None:
    """The first preview cannot know it; the resolved one does, and counts."""
    run = run_program(make_compliant)
    assert (run.mode, run.resolved) == ("preview", True)
    assert tell_first(run) == [("advisory", TRANSPORT), ("advisory", HEADER)]
    assert tell(run) == []
    assert run.notes == ()


def test_a_violation_of_a_resolved_document_counts() -> None:
    """Mandatory, where the first preview gave a note."""

    def program() -> None:
        bucket = aws.s3.Bucket("data")
        attach(
            bucket,
            bucket.arn.apply(
                lambda arn: json.dumps(
                    {
                        "Version": "2012-10-17",
                        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}],
                    }
                )
            ),
        )

    assert tell(run_program(program)) == [
        ("advisory", ALL_TRANSPORT, "data"),
        ("mandatory", TRANSPORT, "data"),
        ("mandatory", HEADER, "data"),
    ]


def test_an_update_knows_everything_at_once() -> None:
    """There is nothing to resolve."""
    run = run_program(make_compliant, update=True)
    assert (run.mode, run.resolved, run.first) == ("update", False, ())
    assert tell(run) == []


def test_a_program_without_resources_is_run_once() -> None:
    """Nothing of it could be resolved."""
    calls: list[int] = []

    def program() -> None:
        calls.append(1)
        pulumi.ComponentResource("own:index:Part", "part")

    assert run_program(program).resolved is False
    assert len(calls) == 1


def test_a_bucket_that_is_made_of_an_output_is_seen() -> None:
    """A first preview does not call what makes it."""

    def program() -> None:
        aws.sns.Topic("news").arn.apply(lambda arn: aws.s3.Bucket("logs", bucket=f"logs-{arn.split(':')[4]}"))

    assert ("mandatory", "aws-s3-bucket-has-policy", "logs") in tell(run_program(program))


def test_what_a_document_depends_on_is_answered_and_nothing_else() -> None:
    """A list that is not known yet stays so: a program that would break on an empty one lives."""

    def program() -> None:
        role = aws.iam.Role("writer", assume_role_policy="{}")
        certificate = aws.acm.Certificate("site", domain_name="example.com", validation_method="DNS")
        options = certificate.domain_validation_options
        aws.route53.Record(
            "proof", zone_id="Z1", name=options[0].resource_record_name, type="CNAME", ttl=60, records=[options[0].resource_record_value]
        )
        bucket = aws.s3.Bucket("data")
        allow = {"Effect": "Allow", "Action": "s3:PutObject"}
        text = pulumi.Output.all(bucket.arn, role.arn).apply(
            lambda given: write(given[0], {**allow, "Principal": {"AWS": given[1]}, "Resource": f"{given[0]}/*"})
        )
        attach(bucket, text)

    run = run_program(program)
    assert tell(run) == []
    assert ":role/writer" in str(document(run))


def test_a_document_of_a_data_source_is_resolved_whatever_it_is_made_of() -> None:
    """While it is unknown it has no dependencies: in the end everything is answered."""

    def program() -> None:
        identity = aws.cloudfront.OriginAccessIdentity("site")
        bucket = aws.s3.Bucket("data")
        everyone = aws.iam.GetPolicyDocumentStatementPrincipalArgs(
            type="AWS",
            identifiers=[identity.iam_arn],  # type: ignore[list-item]  # as below
        )
        statement = aws.iam.GetPolicyDocumentStatementArgs(
            actions=["s3:GetObject"],
            resources=[pulumi.Output.concat(bucket.arn, "/*")],  # type: ignore[list-item]  # the SDK's type for plain calls
            principals=[everyone],
        )
        attach(bucket, aws.iam.get_policy_document_output(statements=[statement]).json)

    run = run_program(program)
    assert "CloudFront Origin Access Identity" in str(document(run))
    assert ("mandatory", HEADER, "data") in tell(run)


def test_a_run_with_resolved_outputs_that_fails_leaves_the_first_verdict() -> None:
    """And says so."""
    calls: list[int] = []

    def program() -> None:
        calls.append(1)
        make_compliant()
        if len(calls) > 1:
            message = "only once"
            raise RuntimeError(message)

    run = run_program(program)
    assert run.resolved is False
    assert {level for level, _, _ in tell(run)} == {"advisory"}
    assert run.blind_spots == (BlindSpot("the run with resolved outputs was left out: the program failed", weighs=True),)


def test_what_only_the_first_preview_saw_still_counts() -> None:
    """A program may take another way when it knows more."""
    calls: list[int] = []

    def program() -> None:
        calls.append(1)
        make_compliant()
        if len(calls) == 1:
            aws.s3.BucketPolicy("gone", bucket="elsewhere", policy='{"Version": "2012-10-17", "Statement": []}')

    assert {(level, name) for level, _, name in tell(run_program(program))} == {("mandatory", "gone"), ("advisory", "gone")}


def test_a_bucket_that_is_read_is_not_shown_to_the_pack() -> None:
    """Its policy is, with the name and the ARN of what exists already."""

    def program() -> None:
        attach(aws.s3.Bucket.get("theirs", "theirs-1"), aws.s3.Bucket.get("again", "theirs-1").arn.apply(write))

    run = run_program(program)
    assert [seen.type for seen in run.resources if seen.type.endswith(":Bucket")] == []
    assert document(run) == write("arn:aws:s3:::theirs-1")
    assert tell(run) == []


def test_a_remediation_holds_for_what_follows() -> None:
    """The pack sees its own repair, and so does the program; before and after are handed on."""
    policies = dict.fromkeys((HEADER, TRANSPORT), "remediate")

    def program() -> None:
        bucket = aws.s3.Bucket("data", bucket="data-of-ours")
        read = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data-of-ours/*"}
        attach(bucket, json.dumps({"Version": "2012-10-17", "Statement": [read]}))

    run = run_program(program, policy_config=policies)
    lengths = sorted(len(json.loads(str(each.after["policy"]))["Statement"]) for each in run.remediated)
    assert ([each.policy for each in run.remediated], lengths) == ([TRANSPORT, HEADER], [2, 3])
    assert [level for level, _, _ in tell(run) if level == "mandatory"] == []
    assert len(json.loads(str(document(run)))["Statement"]) == 3


def test_transforms_change_what_is_judged() -> None:
    """Of one resource and of the whole stack."""

    def attach_inline(arguments: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if arguments.type_ != "aws:s3/bucket:Bucket":
            return None
        return pulumi.ResourceTransformResult({**arguments.props, "policy": write("arn:aws:s3:::data-1")}, arguments.opts)

    def rename(arguments: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**arguments.props, "bucket": "data-1"}, arguments.opts)

    def program() -> None:
        pulumi.runtime.register_resource_transform(attach_inline)
        aws.s3.Bucket("data", opts=pulumi.ResourceOptions(transforms=[rename], protect=True))

    run = run_program(program)
    assert tell(run) == []
    bucket = next(seen for seen in run.resources if seen.type.endswith(":Bucket"))
    assert (bucket.inputs["bucket"], bucket.inputs["policy"]) == ("data-1", write("arn:aws:s3:::data-1"))


def test_transforms_change_what_data_sources_are_asked() -> None:
    """Their arguments."""

    def ask_for_another(arguments: pulumi.InvokeTransformArgs) -> pulumi.InvokeTransformResult:
        return pulumi.InvokeTransformResult(args={**arguments.args, "policyId": "changed"}, opts=arguments.opts)

    def program() -> None:
        pulumi.runtime.register_invoke_transform(ask_for_another)
        document = aws.iam.get_policy_document_output(statements=[])
        aws.s3.BucketPolicy("data", bucket="data-1", policy=document.json)

    assert json.loads(str(document(run_program(program)))) == {"Version": "2012-10-17", "Id": "changed"}


def test_a_transform_that_fails_fails_the_program() -> None:
    """With its name."""

    def refuse(arguments: pulumi.ResourceTransformArgs) -> None:
        raise LookupError(arguments.name)

    def program() -> None:
        aws.s3.Bucket("data", opts=pulumi.ResourceOptions(transforms=[refuse]))

    with pytest.raises(ProgramError, match="a transform of data failed"):
        find_violations(program)


def test_two_resources_of_one_name_are_refused() -> None:
    """As the real engine does."""

    def program() -> None:
        aws.s3.Bucket("data")
        aws.s3.Bucket("data")

    with pytest.raises(
        ProgramError, match="two resources of one URN, which the engine refuses: urn:pulumi:test::project::aws:s3/bucket:Bucket::data"
    ):
        find_violations(program)


def test_a_component_made_inside_its_provider_is_not_looked_into() -> None:
    """That is said."""

    def program() -> None:
        pulumi.ComponentResource("awsx:ecr:Repository", "images", {}, remote=True)

    said = "images is a component made inside its provider (awsx:ecr:Repository), which does not run offline: what is in it was not judged"
    assert run_program(program).blind_spots == (BlindSpot(said),)
    with pytest.raises(ProgramError, match="not looked into: images is a component"):
        find_violations(program)


def test_a_component_made_inside_its_provider_beside_a_bucket() -> None:
    """What is violated is told; a bucket that passes is no proof of another."""

    def program() -> None:
        pulumi.ComponentResource("awsx:ecr:Repository", "images", {}, remote=True)
        aws.s3.Bucket("data")

    assert {found.policy for found in find_violations(program)} == {"aws-s3-bucket-has-policy"}


def test_resources_say_where_they_are_declared() -> None:
    """Relative to the program's folder; what a library declares has no place."""
    run = run_program(Path(__file__).parents[1] / "forms" / "program")
    places = {seen.name: seen.source for seen in run.resources if seen.type.endswith(":Bucket")}
    assert places["id-arn"].startswith("__main__.py:")
    assert next(seen.source for seen in run.resources if seen.type == "pulumi:pulumi:Stack") == ""


@pytest.fixture
def write_program(tmp_path: Path) -> Callable[[str], Path]:
    """Makes a folder of a Python program with this text."""

    def write_one(text: str) -> Path:
        (tmp_path / "Pulumi.yaml").write_text("name: tried\nruntime: python\n", "utf-8")
        (tmp_path / "__main__.py").write_text(text, "utf-8")
        return tmp_path

    return write_one


def fail(program: Path) -> str:
    """What is said of a program that cannot be judged."""
    with pytest.raises(ProgramError) as raised:
        find_violations(program)
    return str(raised.value)


def test_a_failing_program_speaks_for_itself(write_program: Callable[[str], Path]) -> None:
    """Its traceback begins at its own code; the last line is ours."""
    said = fail(write_program('import pulumi\nprint("before")\n{}["key"]\n')).splitlines()
    assert said[0] == "before"
    assert said[1:4] == ["error: Program failed with an unhandled exception:", "Traceback (most recent call last):", said[3]]
    assert "__main__.py" in said[3]
    assert said[-2:] == ["KeyError: 'key'", "the program failed (exit status 32)"]


def test_what_nobody_answered_is_named_where_a_program_fails(write_program: Callable[[str], Path]) -> None:
    """All of it, though the first one would have stopped a program that is given nothing."""
    text = "import pulumi_aws as aws\naws.ec2.get_ami(owners=['self']).id.upper()\naws.ec2.get_vpc().id.upper()\n1 / 0\n"
    asked = "nobody answered aws:ec2/getAmi:getAmi, aws:ec2/getVpc:getVpc"
    for update in (False, True):
        with pytest.raises(
            ProgramError, match=f"{asked}: give the answers with --mocks FILE .--write-mocks FILE writes a table to fill in"
        ):
            find_violations(write_program(text), update=update)


def test_a_data_source_whose_answer_is_not_needed_is_noted(write_program: Callable[[str], Path]) -> None:
    """The program lives, and was looked into with made-up answers."""
    run = run_program(write_program("import pulumi_aws as aws\naws.sns.Topic('t', name=aws.ec2.get_ami_output(owners=['self']).name)\n"))
    assert (run.blind_spots, len(run.notes)) == ((), 1)
    assert run.notes[0].startswith("nobody answered aws:ec2/getAmi:getAmi: made-up answers stood in")


def test_a_policy_document_that_the_provider_refuses_fails_the_program(write_program: Callable[[str], Path]) -> None:
    """With the provider's reason."""
    text = "import pulumi_aws as aws\naws.iam.get_policy_document(statements=[{'sid': 'a'}, {'sid': 'a'}])\n"
    assert "duplicate Sid (a)" in fail(write_program(text))


def test_missing_configuration_is_named(write_program: Callable[[str], Path]) -> None:
    """With the options that give it; and it can be given."""
    program = write_program("import pulumi\npulumi.export('size', pulumi.Config().require('size'))\n")
    assert fail(program).endswith("give the configuration with --config tried:size=VALUE, or a stack that has it with --stack")
    stack = next(seen for seen in run_program(program, config={"size": "9"}).resources if seen.type == "pulumi:pulumi:Stack")
    assert stack.outputs == {"size": "9"}


def test_encrypted_configuration_is_a_placeholder_and_a_note(write_program: Callable[[str], Path]) -> None:
    """Its value is secret, as it would be."""
    program = write_program("import pulumi\npulumi.export('token', pulumi.Config().require_secret('token'))\n")
    (program / "Pulumi.dev.yaml").write_text("config:\n  tried:token: {secure: v1:abc}\n", "utf-8")
    run = run_program(program)
    assert run.notes == ("configuration tried:token is encrypted and was replaced by a placeholder (--config tried:token=VALUE)",)
    assert "value" in str(next(seen for seen in run.resources if seen.type == "pulumi:pulumi:Stack").outputs["token"])


def test_environments_of_the_stack_are_noted(write_program: Callable[[str], Path]) -> None:
    """What they hold is not known here."""
    program = write_program("import pulumi\n")
    (program / "Pulumi.dev.yaml").write_text("environment: [acme/base]\n", "utf-8")
    assert run_program(program).notes == ("the stack's environments (acme/base) are not opened offline (--config KEY=VALUE)",)


def test_a_stack_reference_is_unknown_unless_mocked(write_program: Callable[[str], Path], tmp_path: Path) -> None:
    """By its name."""
    program = write_program("import pulumi\npulumi.export('vpc', pulumi.StackReference('org/net/dev').get_output('vpc'))\n")
    unknown = run_program(program)
    said = "nobody answered stack reference org/net/dev: what depends on it is not known (--mocks FILE)"
    assert unknown.blind_spots == (BlindSpot(said),)
    mocks = tmp_path / "mocks.json"
    mocks.write_text('{"resources": {"org/net/dev": {"vpc": "vpc-1"}}}', "utf-8")
    run = run_program(program, mocks=mocks)
    assert [(seen.name, seen.outputs) for seen in run.resources] == [("default", {}), ("tried-dev", {"vpc": "vpc-1"})]


def test_a_native_bucket_and_its_document(write_program: Callable[[str], Path]) -> None:
    """The document stays an object, and is decided from the bucket's ARN."""
    text = f"""
import json, pulumi

class Resource(pulumi.CustomResource):
    arn: pulumi.Output[str]
    def __init__(self, kind, name, **given):
        super().__init__("aws-native:s3:" + kind, name, {{"arn": None, **given}})

bucket = Resource("Bucket", "data")
document = bucket.arn.apply(lambda arn: json.loads({write("@@")!r}.replace("@@", arn)))
Resource("BucketPolicy", "data", bucket=bucket.id, policyDocument=document)
"""
    run = run_program(write_program(text))
    assert tell(run) == []
    assert any(isinstance(seen.inputs.get("policyDocument"), dict) for seen in run.resources)


ELSEWHERE = """
import json
import pulumi
import pulumi_aws as aws

DENY = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"]}
HTTP = DENY | {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
UPLOADS = DENY | {"Action": "s3:PutObject", "Resource": "arn:aws:s3:::data/*"}
HEADER = UPLOADS | {"Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}}
GOOD = json.dumps({"Version": "2012-10-17", "Statement": [HTTP, HEADER]})


class Fake(pulumi.ComponentResource):
    def __init__(self, name, properties):
        super().__init__("aws:s3/bucketPolicy:BucketPolicy", name, properties)
        self.register_outputs(properties)


aws.s3.Bucket("data", bucket="data", region="eu-west-1")
"""


ENDPOINTS = """
local = aws.Provider("local", endpoints=[aws.ProviderEndpointArgs(s3="http://127.0.0.1:9")])
aws.s3.BucketPolicy("data", bucket="data", policy=GOOD, opts=pulumi.ResourceOptions(provider=local))
"""


def read_attachment(program: Path) -> dict[str, str]:
    """What the report says of the bucket's attachment."""
    report = json.loads(run("preview", str(program), "--format", "json").out)
    (bucket,) = report["stacks"][0]["buckets"]
    result: dict[str, str] = next(each for each in bucket["results"] if each["policy"] == "aws-s3-bucket-has-policy")
    return result


@pytest.mark.parametrize(("region", "remarked"), [("", True), (', region="eu-west-1"', False)])
def test_a_region_that_only_the_bucket_has_is_a_remark(
    write_program: Callable[[str], Path],
    region: str,
    remarked: bool,  # noqa: FBT001  a table
) -> None:
    """The provider would write the policy elsewhere than where the bucket is."""
    attached = f'aws.s3.BucketPolicy("data", bucket="data", policy=GOOD{region})'
    told = read_attachment(write_program(ELSEWHERE + attached))
    assert (told["verdict"], "301" in told["remark"]) == ("attached", remarked)


@pytest.mark.parametrize(
    ("attached", "said"),
    [
        ('Fake("data", {"bucket": "data", "policy": GOOD})', "is a component"),
        (ENDPOINTS, "its provider's own `endpoints`"),
    ],
)
def test_what_creates_nothing_in_aws_attaches_nothing(write_program: Callable[[str], Path], attached: str, said: str) -> None:
    """Through the embedded engine as through the real one."""
    told = read_attachment(write_program(ELSEWHERE + attached))
    assert (told["verdict"], said in told["message"]) == ("unattached", True)
