"""`offline.testing`, as a user's own test calls it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pulumi
import pytest

from offline.testing import ProgramError, assert_compliant, find_violations, run_program

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("example", "policies"),
    [
        ("compliant", []),
        ("missing-header-deny", ["aws-s3-bucket-policy-denies-unencrypted-uploads"]),
        ("no-policy", ["aws-s3-bucket-has-policy"]),
    ],
)
def test_the_violations_of_a_folder(example: str, policies: list[str]) -> None:
    """Mandatory ones."""
    assert [violation.policy for violation in find_violations(EXAMPLES / example)] == policies


def test_notes_on_request() -> None:
    """The advisory policy speaks too."""
    with_notes = find_violations(str(EXAMPLES / "benchmark-snippet"), advisory=True)
    assert {violation.level for violation in with_notes} == {"mandatory", "advisory"}
    assert {violation.level for violation in find_violations(EXAMPLES / "benchmark-snippet")} == {"mandatory"}


def test_the_packs_configuration_is_taken() -> None:
    """A wrong one is an error of the test."""
    policy = "aws-s3-bucket-has-policy"
    assert find_violations(EXAMPLES / "no-policy", policy_config={policy: {"exemptions": [{"bucket": "*", "reason": "a test"}]}}) == ()
    with pytest.raises(ProgramError, match=r"exemptions\[0\].reason` is missing"):
        find_violations(EXAMPLES / "no-policy", policy_config={policy: {"exemptions": [{"bucket": "*"}]}})


def test_a_function_is_a_program() -> None:
    """With configuration; the caller's own Pulumi settings are left alone."""
    before = pulumi.get_project()

    def program() -> None:
        pulumi.export("size", pulumi.Config().require_int("size"))
        pulumi.export("project", pulumi.get_project())

    stack = next(seen for seen in run_program(program, config={"size": "9"}).resources if seen.type == "pulumi:pulumi:Stack")
    assert stack.outputs == {"size": 9.0, "project": "project"}
    assert pulumi.get_project() == before


@pytest.mark.filterwarnings("ignore:.*has been deprecated in favor of:DeprecationWarning")
def test_the_example_of_the_docs() -> None:
    """It passes as it stands there."""
    page = (EXAMPLES.parent / "docs" / "embedded-engine.md").read_text("utf-8")
    example: dict[str, Any] = {}
    exec(page.split("```python\n")[1].split("```")[0], example)  # noqa: S102  our own page
    example["test_storage"]()


def test_a_function_that_raises_is_an_error_of_the_test() -> None:
    """The traceback begins at the function."""

    def program() -> None:
        message = "no such luck"
        raise LookupError(message)

    with pytest.raises(ProgramError) as raised:
        find_violations(program)
    lines = str(raised.value).splitlines()
    assert Path(__file__).name in lines[1]
    assert lines[-2:] == ["LookupError: no such luck", "the program failed"]


def test_mocks_that_are_none_are_an_error_of_the_test(tmp_path: Path) -> None:
    """For functions and folders alike."""
    for program in (lambda: None, EXAMPLES / "compliant"):
        with pytest.raises(ProgramError, match="no such file"):
            find_violations(program, mocks=tmp_path / "none.json")


def test_a_file_of_configuration_is_taken(tmp_path: Path) -> None:
    """As `--policy-config` takes it; one that is none is an error of the test."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"aws-s3-bucket-has-policy": "disabled"}), "utf-8")

    assert find_violations(EXAMPLES / "no-policy", policy_config=path) == ()
    assert find_violations(EXAMPLES / "no-policy", policy_config=str(path)) == ()
    with pytest.raises(ProgramError, match="no such file"):
        find_violations(EXAMPLES / "no-policy", policy_config=tmp_path / "none.json")


def test_a_stack_is_taken(tmp_path: Path) -> None:
    """A folder's configuration is that of the stack; a function sees its name."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", "utf-8")
    (tmp_path / "__main__.py").write_text(
        "import pulumi\nimport pulumi_aws as aws\naws.s3.Bucket(pulumi.Config().require('bucket'))\n", "utf-8"
    )
    for stack in ("dev", "prod"):
        (tmp_path / f"Pulumi.{stack}.yaml").write_text(f"config:\n  shop:bucket: {stack}-logs\n", "utf-8")
    found = [find_violations(tmp_path, stack=stack)[0].urn for stack in ("dev", "prod")]

    assert [(urn.split("::")[0], urn.split("::")[-1]) for urn in found] == [
        ("urn:pulumi:dev", "dev-logs"),
        ("urn:pulumi:prod", "prod-logs"),
    ]
    run = run_program(lambda: pulumi.export("stack", pulumi.get_stack()), stack="prod")
    assert next(seen for seen in run.resources if seen.type == "pulumi:pulumi:Stack").outputs == {"stack": "prod"}


def test_what_is_compliant_passes() -> None:
    """Without a word."""
    assert_compliant(EXAMPLES / "compliant")


def test_what_is_not_fails_with_the_report() -> None:
    """The text of the error is the report that the command prints."""
    with pytest.raises(AssertionError) as raised:
        assert_compliant(EXAMPLES / "no-policy")
    shown = str(raised.value)

    assert not isinstance(raised.value, ProgramError)
    assert "preview of no-policy/dev, 1 bucket among" in shown
    assert "\n  ✗ mandatory  aws-s3-bucket-has-policy" in shown
    assert shown.endswith("1 mandatory violation.\n")


def test_what_could_not_be_looked_into_is_not_compliant() -> None:
    """A blind spot that counts fails; with `strict` every one does."""

    def program() -> None:
        pulumi.StackReference("org/net/prod").get_output("names").apply(lambda names: [pulumi.ComponentResource("x:y:Z", n) for n in names])

    with pytest.raises(AssertionError, match="not looked into"):
        assert_compliant(program, strict=True)


def read_example() -> str:
    """The lines of the README."""
    page = (EXAMPLES.parent / "README.md").read_text("utf-8")
    found = re.search(r"```python\n(import sys\n.*?)```", page, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("example", "status", "says"), [("compliant", 0, "1 passed"), ("no-policy", 1, "mandatory  aws-s3-bucket-has-policy")]
)
def test_the_lines_of_the_readme_run_from_a_project_elsewhere(example: str, status: int, says: str, tmp_path: Path) -> None:
    """With nothing of this project around: another folder, another process."""
    lines = read_example()
    replaced = lines.replace("PATH/TO/s3-encryption-guard", str(EXAMPLES.parent)).replace('"infrastructure"', f'"{EXAMPLES / example}"')
    assert replaced.count(str(EXAMPLES.parent)) == 2
    (tmp_path / "test_buckets.py").write_text(replaced, "utf-8")
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_buckets.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert process.returncode == status, process.stdout
    assert says in process.stdout


def test_what_is_missing_is_named() -> None:
    """With the file of requirements that has it."""
    root = EXAMPLES.parent
    code = f"import sys; sys.path.insert(0, {str(root)!r}); sys.modules['jsonschema'] = None; import offline.testing"
    process = subprocess.run([sys.executable, "-c", code], cwd="/", capture_output=True, text=True, check=False)

    assert process.returncode == 1
    assert process.stderr.splitlines()[-1] == (
        f"ModuleNotFoundError: jsonschema is not installed here; the pack's tests need it: pip install -r {root}/requirements-offline.txt"
    )


def test_the_library_is_typed() -> None:
    """Type checkers read its annotations."""
    assert (EXAMPLES.parent / "offline" / "py.typed").is_file()
