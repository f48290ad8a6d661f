"""Each form of docs/forms.md: through requests as the real engine sends them, and through the embedded engine."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from offline.engine.program.run import RunOptions
from offline.engine.program.run import preview as run
from offline.run import Diagnostic, Run
from tests.crossguard.pack import POLICIES, Answer, Double
from tests.forms.table import FORMS, Form, write_row
from tests.forms.wire import write_wire

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs" / "forms.md"

by_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def ask(double: Double, form: Form, *, preview: bool) -> dict[str, str]:
    """The level at which each policy speaks of any resource of the form."""
    wire = write_wire(form, preview=preview)
    answers: list[Answer] = [double.analyze(resource) for resource in wire.inputs]
    answers.append(double.analyze_stack(*reversed(wire.outputs)))
    return {policy: level for answer in answers for policy, level in answer.levels().items()}


@by_form
def test_a_form_on_the_wire_in_a_preview(form: Form, preview: Double) -> None:
    """What the real engine sends in a first preview gives the verdict of the table."""
    assert form.preview == ask(preview, form, preview=True)


@by_form
def test_a_form_on_the_wire_in_an_update(form: Form, update: Double) -> None:
    """What the real engine sends in an update gives the verdict of the table."""
    assert form.update == ask(update, form, preview=False)


@pytest.fixture(scope="module")
def first_preview() -> Mapping[str, dict[str, str]]:
    """What is said of each form's resources in a first preview of `program/`."""
    outcome = run(RunOptions(HERE / "program"))
    assert isinstance(outcome, Run)
    return group(outcome.first)


@pytest.fixture(scope="module")
def whole_update() -> Mapping[str, dict[str, str]]:
    """What is said of each form's resources in an update of `program/`."""
    outcome = run(RunOptions(HERE / "program", update=True))
    assert isinstance(outcome, Run)
    return group(outcome.diagnostics)


def group(diagnostics: tuple[Diagnostic, ...]) -> dict[str, dict[str, str]]:
    """Policy and level by the name of the form: what a resource is called, without the number of a second one."""
    said: dict[str, dict[str, str]] = {}
    for one in diagnostics:
        if one.policy not in POLICIES:
            continue
        said.setdefault(one.urn.split("::")[-1].removesuffix("-2"), {})[one.policy] = one.level
    return said


@by_form
def test_a_form_in_a_program_in_a_preview(form: Form, first_preview: Mapping[str, dict[str, str]]) -> None:
    """The program, run by the embedded engine as in a first preview, gives the verdict of the table."""
    assert form.preview == first_preview.get(form.name, {})


@by_form
def test_a_form_in_a_program_in_an_update(form: Form, whole_update: Mapping[str, dict[str, str]]) -> None:
    """The program, run by the embedded engine as in an update, gives the verdict of the table."""
    assert form.update == whole_update.get(form.name, {})


def test_nothing_else_is_said_of_the_program(
    first_preview: Mapping[str, dict[str, str]], whole_update: Mapping[str, dict[str, str]]
) -> None:
    """Every resource that is spoken of belongs to a form."""
    assert {*first_preview, *whole_update} <= {form.name for form in FORMS}


@by_form
def test_a_form_is_a_row_of_the_docs(form: Form) -> None:
    """The docs say of each form what the tests show."""
    assert write_row(form) in DOCS.read_text(encoding="utf-8").splitlines()
