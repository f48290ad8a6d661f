"""
Twenty small programs in five languages, in the forms that people use most, through the real engine: a first preview, and the first update.

What the preview can know it says, so that no line is one that only an update could take back.
"""

import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.e2e.cli import ROOT, Event, Outcome, install_plugins
from tests.e2e.conftest import MakeProject, own
from tests.e2e.programs import TRANSPORT, UPLOADS
from tools.build_cli import CACHE, environment

pytestmark = pytest.mark.e2e

PROGRAMS = Path(__file__).parent / "first_previews"
_UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


class Build(NamedTuple):
    """The command that builds a program, and what comes of it."""

    command: tuple[str, ...]
    made: str


_BUILDS = {
    "go": Build(("go", "build", "-o", "program", "."), "program"),
    "java": Build(("mvn", "-q", "-B", "package"), "target"),
}

SILENT: frozenset[str] = frozenset()
#: Of a document that holds the ARN of a bucket that is not there yet.
NOTE = frozenset({UPLOADS, TRANSPORT})


class Program(NamedTuple):
    """A program, in which folder it is, of what its first preview leaves a note, and what is attached to what, for the docs."""

    folder: str
    name: str
    notes: frozenset[str]
    form: str


EVERY = (
    Program("python", "attach_by_id_with_the_name", SILENT, "`b.id`; `b.bucket.apply(...)` with `json.dumps`"),
    Program("python", "attach_by_id_with_the_arn", NOTE, "`b.id`; `b.arn.apply(...)` with `json.dumps`"),
    Program("python", "dump_the_name", SILENT, "`b.bucket`; `Output.json_dumps` of the name"),
    Program("python", "ask_the_data_source_by_name", SILENT, "`b.id`; `get_policy_document_output` of a name that the program gives"),
    Program("python", "ask_the_data_source_by_arn", NOTE, "`b.id`; `get_policy_document_output` of the ARN"),
    Program("python", "make_components", SILENT, "two components; `b.id`; `b.bucket.apply(...)`"),
    Program("nodejs", "stringifyTheName", SILENT, "`b.id`; `pulumi.jsonStringify` of the name"),
    Program("nodejs", "applyToTheArn", NOTE, "`b.bucket`; `pulumi.output(...b.arn...).apply(JSON.stringify)`"),
    Program("nodejs", "giveAnObject", SILENT, "`b.id`; an object with the name that the program gives"),
    Program("nodejs", "askTheDataSource", SILENT, "`b.bucket`; `getPolicyDocumentOutput` of a name that the program gives"),
    Program("nodejs", "makeAComponent", SILENT, "a component; `b.id`; `pulumi.jsonStringify` of the name"),
    Program("yaml-name", "", SILENT, "`${b.bucket}`; `fn::toJSON` of the name"),
    Program("yaml-id", "", SILENT, "`${b.id}`; `fn::invoke` of a name that the program gives"),
    Program("yaml-arn", "", NOTE, "`${b.id}`; `fn::toJSON` of the ARN"),
    Program("go", "formatTheName", SILENT, "`b.Bucket`; `pulumi.Sprintf(...).ApplyT(...)` of the name"),
    Program("go", "applyToTheArn", NOTE, "`b.ID()`; `b.Arn.ApplyT(...)`"),
    Program("go", "makeAComponent", SILENT, "a component; `b.ID()`; `pulumi.Sprintf(...).ApplyT(...)` of the name"),
    Program("java", "applyToTheName", SILENT, "`b.id()`; `Output.format(...).applyValue(...)` of the name"),
    Program("java", "applyToTheArn", NOTE, "`b.bucket()`; `b.arn().applyValue(...)`"),
    Program("java", "makeAComponent", SILENT, "a component; `b.id()`; `Output.format(...).applyValue(...)` of the name"),
)
"""Each passes in an update: its document is compliant."""


@pytest.fixture
def folder(program: Program, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The program with what it needs to run, built once a machine where it has to be."""
    copy = shutil.copytree(PROGRAMS / program.folder, tmp_path / "copy")
    if program.folder == "nodejs":
        (copy / "node_modules").symlink_to(request.getfixturevalue("packages"))
    if program.folder in _BUILDS:
        (copy / _BUILDS[program.folder].made).symlink_to(build(program.folder) / _BUILDS[program.folder].made)
    return copy


def build(language: str) -> Path:
    """The folder with what Go or Maven made of the programs of this language."""
    home, (command, _) = CACHE / f"first-previews-{language}", _BUILDS[language]
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on PATH")
    with own(home):
        shutil.copytree(PROGRAMS / language, home, dirs_exist_ok=True)
        subprocess.run(command, cwd=home, env=environment(), check=True)
    return home


@pytest.mark.parametrize("program", EVERY, ids=lambda program: f"{program.folder} {program.name}".strip())
def test_a_preview_says_what_it_can_know(program: Program, folder: Path, project: MakeProject, pack: str) -> None:
    """Nothing but a note, and that only of a document that the engine itself does not know; the update passes in silence."""
    real = project(folder)
    if program.folder == "java":
        install_plugins(real.home / "pulumi" / "plugins", "6.83.0")
    with_program = ("--config", f"program={program.name}") if program.name else ()
    preview = real.run("preview", "--policy-pack", pack, *with_program)
    update = real.run("up", "--skip-preview", "--policy-pack", pack, *with_program)
    assert (update.status, update.found) == (0, ()), update.text
    assert preview.status == 0, preview.text
    assert {(each.policy, each.level) for each in preview.violations} == {(policy, "advisory") for policy in program.notes}
    assert all(is_unknown(preview, each.name) for each in preview.violations)
    assert list_policies(preview) == list_policies(update) != []


@pytest.mark.parametrize("program", EVERY, ids=lambda program: f"{program.folder} {program.name}".strip())
def test_each_is_a_row_of_the_docs(program: Program) -> None:
    """Language, form, and what a first preview says."""
    language = {"nodejs": "TypeScript", "yaml": "YAML"}.get(program.folder.partition("-")[0], program.folder.capitalize())
    row = f"| {language} | {program.form} | {'note' if program.notes else 'nothing'} |"
    assert row in (ROOT / "docs" / "forms.md").read_text("utf-8").splitlines()


def is_unknown(outcome: Outcome, name: str) -> bool:
    """Whether the engine itself does not know this policy's document."""
    return any(read_new(event)["inputs"]["policy"] == _UNKNOWN for event in outcome.events if is_policy(event, name))


def list_policies(outcome: Outcome) -> list[str]:
    """The bucket policies that the program has."""
    return sorted(read_new(event)["urn"] for event in outcome.events if is_policy(event))


def is_policy(event: Event, name: str = "") -> bool:
    """Whether it is about a bucket policy that is new, of this name or of any."""
    new = read_new(event)
    return new.get("type") == "aws:s3/bucketPolicy:BucketPolicy" and new["urn"].endswith(f"::{name}" if name else "")


def read_new(event: Event) -> Event:
    """A resource as it will be."""
    new = event.get("resourcePreEvent", {}).get("metadata", {}).get("new")
    return new if isinstance(new, dict) else {}
