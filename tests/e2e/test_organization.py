"""The pack as an organization has it: published, enabled for stacks, required of every preview and update, upgraded and rolled back."""

import json
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

from tests.e2e.cli import LATER, Project
from tests.e2e.organization import PACK, VERSION, Organization, found
from tests.e2e.programs import ALL_REQUESTS, BAD, BARE, GOOD, GOOD_AND_BAD, HAS_POLICY, TRANSPORT, UPLOADS

pytestmark = pytest.mark.e2e

NEXT = "99.0.0"
JUNK = (".venv", ".mypy_cache", ".hypothesis", ".ruff_cache", "__pycache__", "reports", "build", "htmlcov")


@pytest.fixture
def organization(tmp_path: Path) -> Iterator[Organization]:
    """An organization that has not published anything yet."""
    with found(tmp_path) as organization:
        yield organization


def test_what_is_published_is_the_pack_and_no_more(organization: Organization) -> None:
    """No environment, no cache, no report; all of it under 1.2 MB as it travels, with tests and docs."""
    for name in JUNK:
        (organization.checkout / name).mkdir()
        (organization.checkout / name / "junk").touch()
    outcome = organization.publish()
    assert outcome.status == 0
    assert f'Publishing "{PACK}" - version {VERSION} to "acme"' in outcome.text
    with organization.open_archive() as archive:
        names = {PurePosixPath(name) for name in archive.getnames()}
    assert {part for name in names for part in name.parts}.isdisjoint(("venv", "junk"))
    needed = ("PulumiPolicy.yaml", "__main__.py", "requirements.txt", "README.md", "policies/__init__.py", "bucketpolicy/parse.py")
    assert names >= {PurePosixPath("package", name) for name in needed}
    assert len(organization.cloud.packs[PACK, VERSION].archive) < 1_200_000


def test_the_service_learns_what_each_policy_is(organization: Organization) -> None:
    """Level, severity, framework, tags, how to remedy it and its configuration, as the Cloud shows them."""
    assert organization.publish().status == 0
    learnt = organization.cloud.packs[PACK, VERSION].policies
    policies = {policy["name"]: policy for policy in learnt if policy["name"] not in LATER}
    levels = {name: policy["enforcementLevel"] for name, policy in policies.items()}
    assert levels == {UPLOADS: "mandatory", TRANSPORT: "mandatory", ALL_REQUESTS: "advisory", HAS_POLICY: "mandatory"}
    for policy in policies.values():
        assert policy["severity"] in ("medium", "high")
        assert policy["framework"]["reference"] == "1.16"
        assert "NIST-800-53-SC-13" in policy["tags"]
        assert policy["remediationSteps"]
        assert policy["url"]
        assert "exemptions" in policy["configSchema"]["properties"]


def test_an_enabled_pack_is_required_of_previews_and_updates(organization: Organization) -> None:
    """Nobody names it on the command line: it is downloaded, installed and asked; disabled again, it is not."""
    organization.publish()
    assert organization.manage("policy", "enable", f"acme/{PACK}", VERSION).status == 0
    member = organization.join(BAD)
    preview = member.run("preview")
    assert (preview.status, preview.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))
    assert f"{PACK}@v{VERSION}" in preview.text
    update = member.run("up", "--skip-preview")
    assert (update.status, update.found) == (1, ((UPLOADS, "mandatory", "data-policy"),))
    assert "data-policy" not in member.export()
    assert organization.manage("policy", "disable", f"acme/{PACK}").status == 0
    free = member.run("up", "--skip-preview")
    assert (free.status, free.found) == (0, ())
    assert organization.manage("policy", "rm", f"acme/{PACK}", "all", "--yes").status == 0


def test_a_configuration_goes_with_it(organization: Organization, tmp_path: Path) -> None:
    """A wrong one is refused before it is enabled; a good one exempts a bucket of every stack."""
    organization.publish()
    config = tmp_path / "config.json"
    config.write_text(json.dumps({UPLOADS: {"exemptions": [{"bucket": "other-*", "reason": ""}]}}), "utf-8")
    wrong = organization.manage("policy", "validate-config", f"acme/{PACK}", VERSION, "--config", str(config))
    assert wrong.status == 1
    assert "String length must be greater than or equal to 1" in wrong.text
    config.write_text(json.dumps({UPLOADS: {"exemptions": [{"bucket": "other-*", "reason": "moved away in May"}]}}), "utf-8")
    assert organization.manage("policy", "validate-config", f"acme/{PACK}", VERSION, "--config", str(config)).status == 0
    make = ("policy", "group", "new", "buckets", "--entity-type", "stacks", "--mode", "preventative", "--yes", "--org", "acme")
    assert organization.manage(*make).status == 0
    assert organization.manage("policy", "group", "edit", "buckets", "--add-stack", "test/dev", "--org", "acme").status == 0
    enable = ("policy", "enable", f"acme/{PACK}", "latest", "--policy-group", "buckets")
    assert organization.manage(*enable).status == 0
    member = organization.join(GOOD_AND_BAD)
    strict = member.run("preview")
    assert (strict.status, strict.found) == (1, ((UPLOADS, "mandatory", "other-policy"),))
    assert organization.manage(*enable, "--config", str(config)).status == 0
    lenient = member.run("preview")
    assert (lenient.status, lenient.found) == (0, ())


def test_a_version_is_upgraded_and_rolled_back(organization: Organization) -> None:
    """A version is published once; which one is asked is decided by enabling it, and an earlier one can be enabled again."""
    organization.publish()
    again = organization.publish()
    assert again.status == 1
    assert "already has a version" in again.text
    assert organization.publish(NEXT).status == 0
    listing = organization.manage("policy", "ls", "acme").output.split()
    assert PACK in listing
    assert NEXT in " ".join(listing)
    member = organization.join(GOOD)
    enable, disable = ("policy", "enable", f"acme/{PACK}"), ("policy", "disable", f"acme/{PACK}")
    for change, version in (((*enable, VERSION), VERSION), ((*enable, NEXT), NEXT), ((*enable, "latest"), NEXT)):
        assert organization.manage(*change).status == 0
        assert ask_version(member) == version
    assert organization.manage(*disable, "--version", NEXT).status == 0
    assert organization.manage(*enable, VERSION).status == 0
    assert ask_version(member) == VERSION


def ask_version(member: Project) -> str:
    """The version of the pack that a compliant stack is asked by."""
    preview = member.run("preview")
    assert (preview.status, preview.found) == (0, ())
    versions: list[str] = re.findall(f"{PACK}@v([0-9.]+)\n", preview.text)
    return versions[-1]


def test_a_policy_group_asks_it_of_its_own_stacks(organization: Organization) -> None:
    """A group that prevents holds the stack that is in it; one that audits stops nobody."""
    organization.publish()
    make = ("policy", "group", "new", "--entity-type", "stacks", "--yes", "--org", "acme", "--mode")
    join = ("policy", "group", "edit", "--org", "acme", "--add-stack", "test/dev", "--add-policy-pack", f"{PACK}@{VERSION}")
    member = organization.join(BAD)
    for mode, status in (("audit", 0), ("preventative", 1)):
        assert organization.manage(*make, mode, f"{mode}-buckets").status == 0
        edited = organization.manage(*join, f"{mode}-buckets")
        assert edited.status == 0
        assert f"{PACK} ({VERSION})" in edited.text
        assert member.run("preview").status == status
    listing = organization.manage("policy", "group", "ls", "acme").output
    assert all(name in listing for name in ("audit-buckets", "preventative-buckets", "default-policy-group"))
    assert organization.manage("policy", "group", "remove", "preventative-buckets", "--org", "acme", "--yes").status == 0
    assert member.run("preview").status == 0


def test_a_required_pack_is_installed_ahead_of_time(organization: Organization) -> None:
    """`pulumi policy install` fetches what the stack's groups require; a preview then finds it there."""
    organization.publish()
    organization.manage("policy", "enable", f"acme/{PACK}", VERSION)
    member = organization.join(GOOD)
    assert member.run("policy", "install", "--stack", "dev").status == 0
    installed = member.home / "pulumi" / "policies" / "acme" / f"pulumi-analyzer-{PACK}-v{VERSION}"
    assert (installed / "PulumiPolicy.yaml").exists()
    preview = member.run("preview")
    assert (preview.status, preview.found) == (0, ())
    assert "Downloading policy pack" not in preview.text


def test_a_required_pack_lets_a_compliant_stack_go(organization: Organization) -> None:
    """Refreshing and destroying with the program run once more, as some projects do, is not stopped by the pack."""
    organization.publish()
    organization.manage("policy", "enable", f"acme/{PACK}", VERSION)
    member = organization.join(GOOD)
    assert member.run("up", "--skip-preview").status == 0
    refresh = member.run("refresh", "--run-program")
    assert (refresh.status, refresh.found) == (0, ())
    destroy = member.run("destroy", "--run-program")
    assert (destroy.status, destroy.found) == (0, ())
    assert member.export() == {}


def test_a_required_pack_holds_a_stack_without_policies_only_when_its_program_is_run(organization: Organization) -> None:
    """The engine asks the stack policy before `destroy --run-program`, about what is to go; a plain destroy always goes."""
    organization.publish()
    member = organization.join(BARE)
    assert member.run("up", "--skip-preview").status == 0
    organization.manage("policy", "enable", f"acme/{PACK}", VERSION)
    held = member.run("destroy", "--run-program")
    assert (held.status, held.found) == (1, ((HAS_POLICY, "mandatory", "data"),))
    assert "data" in member.export()
    plain = member.run("destroy")
    assert (plain.status, plain.found) == (0, ())
    assert member.export() == {}
