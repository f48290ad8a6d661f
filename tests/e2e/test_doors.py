"""Buckets that are made past the pack, and in a provider's own process, through the real CLI: docs/limits.md has the table."""

import pytest

from tests.e2e.cli import Project, write_launcher
from tests.e2e.conftest import MakeProject
from tests.e2e.programs import _START, HAS_POLICY
from tests.e2e.standins.component_provider import TYPE, VERSION

pytestmark = pytest.mark.e2e

DOORS = f"""{_START}
def make(kind, name, **properties):
    return pulumi.CustomResource(kind, name, properties)


TEMPLATE = json.dumps({{"Resources": {{"Data": {{"Type": "AWS::S3::Bucket"}}, "Rules": {{"Type": "AWS::S3::BucketPolicy"}}}}}})
aws.cloudcontrol.Resource("cloud-control", type_name="AWS::S3::Bucket", desired_state=json.dumps({{"BucketName": "acme-data"}}))
aws.cloudcontrol.Resource("queue", type_name="AWS::SQS::Queue", desired_state="{{}}")
aws.cloudformation.Stack("template", template_body=TEMPLATE)
aws.cloudformation.Stack("elsewhere", template_url="https://example.com/template.json")
make("aws:index/s3Bucket:S3Bucket", "bridged", bucket="acme-data")
make("aws:index/s3BucketPolicy:S3BucketPolicy", "bridged-policy", bucket="acme-data", policy="{{}}")
make("aws-native:cloudformation:Stack", "native-template", templateBody=json.loads(TEMPLATE))
make("aws-native:index:ExtensionResource", "extension", type="AWS::S3::Bucket", properties={{}})
"""
SHOWN = ("bridged", "bridged-policy", "cloud-control", "extension", "native-template", "template")


@pytest.mark.parametrize("operation", [("preview",), ("up", "--skip-preview")], ids=lambda each: each[0])
def test_each_door_that_shows_is_named_in_one_note(project: MakeProject, pack: str, operation: tuple[str, ...]) -> None:
    """An advisory note of the stack policy, in a preview and in an update; what shows nothing is not named, and nothing is blocked."""
    outcome = project(DOORS).run(*operation, "--policy-pack", pack)
    assert outcome.status == 0, outcome.text
    ((policy, level, _),) = outcome.found
    assert (policy, level) == (HAS_POLICY, "advisory")
    (note,) = (each.message for each in outcome.violations)
    assert all(f"`{name}`" in note for name in SHOWN), note
    assert not any(f"`{name}`" in note for name in ("queue", "elsewhere"))


DYNAMIC = """
from pulumi.dynamic import CreateResult, Resource, ResourceProvider


class Maker(ResourceProvider):
    def create(self, properties):
        return CreateResult("acme-data", properties)


class Data(Resource):
    pass


Data(Maker(), "data", {"bucket": "acme-data"})
"""


def test_a_dynamic_resource_shows_nothing(project: MakeProject, pack: str) -> None:
    """As documented: whatever its code does, the pack sees a resource of a type that says nothing."""
    program = project(DYNAMIC)
    write_launcher(program.home / "bin" / "pulumi-resource-pulumi-python", "dynamic_provider")
    outcome = program.run("up", "--skip-preview", "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (0, ()), outcome.text
    assert program.export()["data"]["type"] == "pulumi-python:dynamic:Resource"


REMOTE = f"""
import pulumi

pulumi.ComponentResource("{TYPE}", "acme", {{}}, pulumi.ResourceOptions(version="{VERSION}"), remote=True)
"""


@pytest.fixture
def remote(project: MakeProject) -> Project:
    """A program whose buckets are made by a provider of components."""
    program = project(REMOTE)
    plugin = program.home / "pulumi" / "plugins" / f"resource-kit-v{VERSION}"
    plugin.mkdir()
    write_launcher(plugin / "pulumi-resource-kit", "component_provider")
    return program


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_what_a_provider_makes_is_judged(remote: Project, pack: str, operation: str) -> None:
    """The engine shows the pack the children of a remote component like all others: the bucket without a policy is found."""
    outcome = remote.run(operation, "--policy-pack", pack)
    assert (outcome.status, outcome.found) == (1, ((HAS_POLICY, "mandatory", "acme-bare"),)), outcome.text
