"""What nobody answers: what is made up for it, what is believed of it, and what is said."""

# The SDK warns when a type of its EC2 is named.
from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest

from offline.run import Diagnostic, Run
from offline.testing import find_violations, run_program
from tests.offline.cli import run as run_command

#: The SDK says it of itself while it is imported.
pytestmark = pytest.mark.filterwarnings("ignore:.*has been deprecated in favor of:DeprecationWarning")

UPLOADS = "aws-s3-bucket-policy-denies-unencrypted-uploads"
TRANSPORT = "aws-s3-bucket-policy-denies-insecure-transport"
ALL_REQUESTS = "aws-s3-bucket-policy-denies-all-insecure-requests"
HAS_POLICY = "aws-s3-bucket-has-policy"
ALL_DOCUMENT = {UPLOADS, TRANSPORT, ALL_REQUESTS}
NETWORK = "acme/network/prod"

Statement = dict[str, Any]


def deny(arn: str, condition: object, action: str = "s3:*") -> Statement:
    """A Deny for everyone."""
    return {"Effect": "Deny", "Principal": "*", "Action": action, "Resource": [arn, f"{arn}/*"], "Condition": condition}


def header(arn: str) -> Statement:
    """The first half of the control."""
    return deny(arn, {"Null": {"s3:x-amz-server-side-encryption": "true"}}, "s3:PutObject") | {"Resource": f"{arn}/*"}


def http(arn: str) -> Statement:
    """The second half."""
    return deny(arn, {"Bool": {"aws:SecureTransport": "false"}})


def write(*statements: Statement) -> str:
    """A document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def tell(run: Run) -> dict[str, str]:
    """Policy and the beginning of what it says."""
    return {each.policy: each.message for each in run.diagnostics}


def is_undecided(message: str) -> bool:
    """Whether it says so, with the source that is missing."""
    return message.startswith("This policy cannot be decided: ") and "aws:ec2/getVpc:getVpc" in message and "--mocks FILE" in message


def attach(make: Callable[[str, aws.ec2.GetVpcResult], list[Statement]], *, plain: bool) -> Callable[[], None]:
    """A program with a bucket whose policy is made of its ARN and a network that nobody knows, asked for in either way."""

    def program() -> None:
        bucket = aws.s3.Bucket("data")
        if plain:
            network = aws.ec2.get_vpc(default=True)
            text = bucket.arn.apply(lambda arn: write(*make(arn, network)))
        else:
            later = aws.ec2.get_vpc_output(default=True)
            text = pulumi.Output.all(bucket.arn, later).apply(lambda known: write(*make(known[0], known[1])))
        aws.s3.BucketPolicy("data", bucket=bucket.id, policy=text)

    return program


@pytest.mark.parametrize("plain", [True, False], ids=["plain", "output"])
def test_a_verdict_that_does_not_rest_on_it_stands(plain: bool) -> None:  # noqa: FBT001
    """Whatever an Allow, or a further Deny, says of it; each data source is named once."""

    def make(arn: str, network: aws.ec2.GetVpcResult) -> list[Statement]:
        allow = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"{arn}/*"}
        from_network = {"StringEquals": {"aws:SourceVpc": network.id}}
        return [header(arn), http(arn), {**allow, "Condition": from_network}, deny(arn, from_network, "s3:DeleteObject")]

    run = run_program(attach(make, plain=plain))
    assert run.diagnostics == ()
    said = "nobody answered aws:ec2/getVpc:getVpc: made-up answers stood in, twice, and only what holds for both counts"
    assert [note for note in run.notes if "aws:ec2/getVpc:getVpc" in note] == [f"{said} (--mocks FILE gives the true one)"]
    assert run.blind_spots == ()


DOUBTFUL: dict[str, Callable[[str, aws.ec2.GetVpcResult], list[Statement]]] = {
    "two networks that are one": lambda arn, network: [
        deny(arn, {"StringEquals": {"aws:SourceVpc": network.id}}),
        deny(arn, {"StringNotEquals": {"aws:SourceVpc": network.id}}),
    ],
    "everybody elsewhere": lambda arn, network: [deny(arn, {"StringNotEquals": {"aws:SourceVpc": network.id}})],
    "a boolean": lambda arn, network: [
        header(arn),
        deny(arn, {"Bool": {"aws:SecureTransport": str(not network.enable_dns_hostnames).lower()}}),
    ],
    "another bucket, perhaps": lambda _, network: [header(f"arn:aws:s3:::{network.id}"), http(f"arn:aws:s3:::{network.id}")],
    "a whole document": lambda arn, network: [header(arn), http(arn)] if network.enable_dns_hostnames else [header(arn)],
}


@pytest.mark.parametrize("name", ["two networks that are one", "another bucket, perhaps", "everybody elsewhere"])
def test_a_verdict_that_rests_on_it_is_undecided(name: str) -> None:
    """Though both made-up answers give the same one."""
    said = tell(run_program(attach(DOUBTFUL[name], plain=True)))
    assert set(said) == ALL_DOCUMENT
    assert all(map(is_undecided, said.values()))


@pytest.mark.parametrize(("name", "policies"), [("a boolean", {TRANSPORT, ALL_REQUESTS}), ("a whole document", ALL_DOCUMENT)])
def test_where_the_two_differ_it_is_undecided(name: str, policies: set[str]) -> None:
    """A boolean is true once and false once."""
    said = tell(run_program(attach(DOUBTFUL[name], plain=True)))
    assert set(said) == policies
    assert all(map(is_undecided, said.values()))


def test_a_violation_stands_that_no_answer_could_mend() -> None:
    """One policy's statement is doubtful, the other's is not there at all."""

    def make(arn: str, network: aws.ec2.GetVpcResult) -> list[Statement]:
        doubtful = header(arn)
        doubtful["Condition"]["StringNotEquals"] = {"aws:SourceVpc": network.id}
        return [doubtful]

    said = tell(run_program(attach(make, plain=True)))
    assert is_undecided(said[UPLOADS])
    assert "statement 1 depends" in said[UPLOADS]
    assert "is not denied" in said[TRANSPORT]
    assert "is not denied" in said[ALL_REQUESTS]


def test_an_update_is_asked_twice_too() -> None:
    """It would fail otherwise."""
    run = run_program(attach(lambda arn, _: [header(arn), http(arn)], plain=True), update=True)
    assert run.diagnostics == ()
    assert any("aws:ec2/getVpc:getVpc" in note for note in run.notes)


def test_a_bucket_by_the_name_that_another_stack_gives() -> None:
    """Its document names it alike: the verdict is the same for every name."""

    def program() -> None:
        name = pulumi.StackReference(NETWORK).get_output("bucketName")
        text = name.apply(lambda known: write(header(f"arn:aws:s3:::{known}"), http(f"arn:aws:s3:::{known}")))
        aws.s3.BucketPolicy("data", bucket=name, policy=text)

    run = run_program(program)
    assert run.diagnostics == ()
    assert any(spot.text.startswith(f"nobody answered stack reference {NETWORK}") for spot in run.blind_spots)


BUCKETS_OF_ANOTHER_STACK = f"""
import pulumi
import pulumi_aws as aws
pulumi.StackReference("{NETWORK}").get_output("buckets").apply(lambda names: [aws.s3.Bucket(name) for name in names])
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project without a program."""
    (tmp_path / "Pulumi.yaml").write_text("name: tried\nruntime: python\n", "utf-8")
    return tmp_path


def write_program(folder: Path, text: str) -> Path:
    """The project with this program."""
    (folder / "__main__.py").write_text(text, "utf-8")
    return folder


def test_a_bucket_that_only_a_made_up_answer_makes_is_unknown(folder: Path) -> None:
    """It is shown and judged; nothing is claimed of it, and nothing passes."""
    ended = run_command("preview", str(write_program(folder, BUCKETS_OF_ANOTHER_STACK)), "--format", "json")
    assert ended.status == 3
    (stack,) = json.loads(ended.out)["stacks"]
    (bucket,) = stack["buckets"]
    (result,) = [each for each in bucket["results"] if each["policy"] == HAS_POLICY]
    assert result["outcome"] == "unknown"
    assert f"made-up answer of stack reference {NETWORK}" in result["message"]
    assert [name for name in ("DenyInsecureRequests", "DenyInsecureUploads") if name in result["message"]] == ["DenyInsecureRequests"]
    assert [statement["Sid"] for statement in bucket["fix"]] == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]


def test_what_hangs_on_it_has_one_fix_too(folder: Path) -> None:
    """As in the field, whether or not the bucket is there."""
    text = BUCKETS_OF_ANOTHER_STACK.replace("[aws.s3.Bucket(name) for name in names]", "[attach(name) for name in names]")
    attach = """
import json
def attach(name):
    bucket = aws.s3.Bucket(name, bucket=name)
    allow = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "s3:GetObject", "Resource": "*"}
    aws.s3.BucketPolicy(name, bucket=bucket.bucket, policy=json.dumps({"Statement": [{**allow, "Resource": f"arn:aws:s3:::{name}/*"}]}))
"""
    program = text.replace("pulumi.StackReference", f"{attach}pulumi.StackReference")
    ended = run_command("preview", str(write_program(folder, program)), "--format", "json")
    (bucket,) = json.loads(ended.out)["stacks"][0]["buckets"]
    messages = "".join(result["message"] for result in bucket["results"])
    sids = [statement["Sid"] for statement in bucket["fix"]]
    assert sids == ["DenyUploadsWithoutEncryptionHeader", "DenyInsecureRequests"]
    assert [messages.count(sid) for sid in sids] == [1, 1]
    assert "DenyInsecureUploads" not in messages


def test_beside_a_violation_it_is_not_what_counts(folder: Path) -> None:
    """A violation is 1."""
    ended = run_command("preview", str(write_program(folder, f"{BUCKETS_OF_ANOTHER_STACK}\naws.s3.Bucket('real')\n")))
    assert ended.status == 1


def test_what_a_data_source_is_asked_with_is_not_made_up(folder: Path) -> None:
    """A resource that has it in its name is there, though the program cannot be run without the answer."""
    text = f"""
import pulumi_aws as aws
zone = aws.route53.get_zone(name="example.com")
if not zone.zone_id:
    raise ValueError("no zone")
aws.s3.Bucket("example.com", bucket="www.example.com")
aws.s3.BucketPolicy("example.com-policy", bucket="www.example.com", policy={write(header("arn:aws:s3:::www.example.com"))!r})
"""
    outcome = run_command("preview", str(write_program(folder, text)), "--format", "json")
    assert outcome.status == 1
    (stack,) = json.loads(outcome.out)["stacks"]
    assert (stack["blind_spots"], stack["counts"]["violation"]) == ([], 1)
    assert "aws:route53/getZone:getZone" in stack["notes"][0]


@pytest.mark.parametrize("wanted", [True, False])
def test_a_bucket_that_is_there_under_one_of_two_answers(wanted: bool) -> None:  # noqa: FBT001
    """Whichever it is."""

    def program() -> None:
        if aws.ec2.get_vpc(default=True).enable_dns_support is wanted:
            aws.s3.Bucket("data")

    (said,) = run_program(program).diagnostics
    assert (said.level, said.policy) == ("advisory", HAS_POLICY)
    assert said.message.startswith("Whether this resource is there is not known: it comes from a made-up answer of aws:ec2/getVpc:getVpc")


def test_a_bucket_beside_what_is_made_up_is_real() -> None:
    """Also where the program cannot be run without an answer."""

    def program() -> None:
        network = aws.ec2.get_vpc(default=True)
        aws.s3.Bucket("data", bucket=f"{network.id}-data", tags={"network": network.cidr_block.split("/")[0]})

    (said,) = run_program(program).diagnostics
    assert (said.level, said.policy) == ("mandatory", HAS_POLICY)


def test_whether_a_policy_is_attached_may_depend_on_it() -> None:
    """To this bucket or to that one."""

    def program() -> None:
        one, other = aws.s3.Bucket("one", bucket="one-1"), aws.s3.Bucket("other", bucket="other-1")
        chosen = one if aws.ec2.get_vpc(default=True).enable_dns_hostnames else other
        text = chosen.bucket.apply(lambda name: write(header(f"arn:aws:s3:::{name}"), http(f"arn:aws:s3:::{name}")))
        aws.s3.BucketPolicy("policy", bucket=chosen.bucket, policy=text)

    said = [(each.urn.split("::")[-1], each.policy) for each in run_program(program).diagnostics if "cannot be decided" in each.message]
    assert {("one", HAS_POLICY), ("other", HAS_POLICY)} <= set(said)


def test_a_program_that_breaks_on_what_is_made_up_is_run_without(folder: Path) -> None:
    """What it shows by itself is judged, and the rest is named."""
    text = f"""
import pulumi
import pulumi_aws as aws
aws.s3.Bucket("data")
pulumi.StackReference("{NETWORK}").get_output("size").apply(lambda size: size + 1)
"""
    run = run_program(write_program(folder, text))
    assert [each.policy for each in run.diagnostics] == [HAS_POLICY]
    assert any(spot.weighs and "was left out" in spot.text for spot in run.blind_spots)


def test_a_table_of_blanks_is_written_and_answers_nothing(folder: Path) -> None:
    """Filled in, it answers; half filled in, the rest is made up."""
    program = write_program(
        folder,
        f"""
import pulumi
import pulumi_aws as aws
network = aws.ec2.get_vpc(default=True)
pulumi.StackReference("{NETWORK}").get_output("zone").apply(print)
print(network.id, network.cidr_block.split("/")[1])
""",
    )
    table = folder / "table.json"
    assert run_command("preview", str(program), "--write-mocks", str(table)).status == 3  # no bucket, and a stack that nobody answers
    written = json.loads(table.read_text("utf-8"))
    assert written["resources"] == {NETWORK: {"zone": None}}
    assert written["invokes"]["aws:ec2/getVpc:getVpc"]["cidrBlock"] is None
    again = run_program(program, mocks=table)
    assert {str(what) for what in again.unanswered} == {"aws:ec2/getVpc:getVpc", f"stack reference {NETWORK}"}
    written["invokes"]["aws:ec2/getVpc:getVpc"]["id"] = "vpc-mine"
    written["resources"][NETWORK]["zone"] = "zone-mine"
    table.write_text(json.dumps(written), "utf-8")
    filled = run_program(program, mocks=table)
    assert "vpc-mine " in filled.output
    assert [str(what) for what in filled.unanswered] == ["aws:ec2/getVpc:getVpc"]


def test_a_failing_program_leaves_its_table_too(folder: Path) -> None:
    """There it is needed most."""
    program = write_program(folder, "import pulumi_aws as aws\naws.ec2.get_vpc(default=True).id.nonsense\n")
    table = folder / "table.json"
    assert run_command("preview", str(program), "--write-mocks", str(table)).status == 2
    assert "aws:ec2/getVpc:getVpc" in json.loads(table.read_text("utf-8"))["invokes"]


def test_a_table_is_not_written_over_the_answers(folder: Path) -> None:
    """They would be lost."""
    table = folder / "table.json"
    table.write_text("{}", "utf-8")
    ended = run_command("preview", str(write_program(folder, "import pulumi\n")), "--mocks", str(table), "--write-mocks", str(table))
    assert (ended.status, table.read_text("utf-8")) == (2, "{}")
    assert "is one of the files that are read" in ended.err


def test_a_table_that_cannot_be_written_is_refused(folder: Path) -> None:
    """With the option's name."""
    ended = run_command("preview", str(write_program(folder, "import pulumi\n")), "--write-mocks", str(folder / "none" / "t.json"))
    assert ended.status == 2
    assert ended.err.splitlines()[-1].startswith(f"{folder / 'none' / 't.json'}: ")


def test_names_of_time_or_chance_are_one_bucket(folder: Path) -> None:
    """Whatever each run calls it; a bucket that only one run has is another one."""
    text = """
import json, time, uuid
import pulumi, pulumi_aws as aws
name = f"logs-{time.time_ns() % 10**9}"
bucket = aws.s3.Bucket(name, bucket=name)
d = {"Effect": "Deny", "Principal": "*"}
document = bucket.arn.apply(lambda arn: json.dumps({"Version": "2012-10-17", "Statement": [
    {**d, "Action": "s3:PutObject", "Resource": arn + "/*", "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}}},
    {**d, "Action": "s3:*", "Resource": [arn, arn + "/*"], "Condition": {"Bool": {"aws:SecureTransport": "false"}}}]}))
aws.s3.BucketPolicy(str(uuid.uuid4()), bucket=bucket.id, policy=document)
"""
    run = run_program(write_program(folder, text))
    assert run.diagnostics == ()
    assert [seen.type.rpartition(":")[2] for seen in run.resources if "s3/" in seen.type] == ["Bucket", "BucketPolicy"]


def test_the_violations_of_a_test_are_what_counts() -> None:
    """Notes are not among them, nor what may not exist."""

    def program() -> None:
        if aws.ec2.get_vpc(default=True).enable_dns_support:
            aws.s3.Bucket("data")

    assert not [each for each in run_program(program).diagnostics if each.level == "mandatory"]
    with pytest.raises(AssertionError, match="there only because of a made-up answer"):
        find_violations(program)


def test_a_diagnostic_keeps_its_severity() -> None:
    """Also where it is written here."""
    (said, *_) = run_program(attach(DOUBTFUL["everybody elsewhere"], plain=True)).diagnostics
    assert isinstance(said, Diagnostic)
    assert said.severity
