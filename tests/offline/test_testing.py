"""`offline.testing`, as a user's own test calls it."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

from offline.testing import ProgramError, find_violations, run_program

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
    assert find_violations(EXAMPLES / "no-policy", policies={policy: {"exemptions": [{"bucket": "*", "reason": "a test"}]}}) == ()
    with pytest.raises(ProgramError, match="'reason' is required"):
        find_violations(EXAMPLES / "no-policy", policies={policy: {"exemptions": [{"bucket": "*"}]}})


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
