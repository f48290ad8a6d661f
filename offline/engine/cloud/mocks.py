"""`--mocks FILE`: what mocked resources and data sources answer, as a JSON table or as a `pulumi.runtime.Mocks` class."""

import inspect
import json
import runpy
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs
from pulumi.runtime.mocks import Mocks as MocksClass

from offline.engine.cloud.aws import Created
from offline.engine.protocol.values import Properties
from offline.run import Failure, Unanswered

STACK_REFERENCE = "pulumi:pulumi:StackReference"
_KEYS = ("invokes", "resources")


class Mocks(NamedTuple):
    """The user's own answers: a table, or an instance of their class. `blanks` names the answers of a table that are not filled in."""

    invokes: Mapping[str, Properties] = {}
    resources: Mapping[str, Properties] = {}
    instance: MocksClass | None = None
    blanks: frozenset[str] = frozenset()

    def has_resource(self, type_: str, name: str) -> bool:
        """Whether there is an answer for a resource."""
        return self.instance is not None or type_ in self.resources or name in self.resources

    def make_resource(self, type_: str, name: str, inputs: Properties, id_: str = "") -> Created | None:
        """Id ("" for the usual one) and outputs; a table's entry by name goes over the one by type."""
        if self.instance is not None:
            arguments = MockResourceArgs(typ=type_, name=name, inputs=inputs, provider="", resource_id=id_, custom=True)
            given, outputs = self.instance.new_resource(arguments)
            if type_ == STACK_REFERENCE and dict(outputs) in ({}, inputs):
                return None  # a class that does not know the other stack hands back what it was given
            return Created(given or "", dict(outputs))
        if not self.has_resource(type_, name):
            return None
        answer = {**self.resources.get(type_, {}), **self.resources.get(name, {})}
        return Created(str(answer.get("id", "")), answer)

    def call(self, token: str, arguments: Mapping[str, Any]) -> Properties | None:
        """A data source's result; what a class gives for a token it does not know is empty, and counts as no answer."""
        if token in self.invokes:
            return dict(self.invokes[token])
        if self.instance is None:
            return None
        answer = self.instance.call(MockCallArgs(token=token, args=dict(arguments), provider=""))
        result = answer[0] if isinstance(answer, tuple) else answer
        return dict(result) if result and dict(result) != dict(arguments) else None


def render_blanks(unanswered: Iterable[Unanswered]) -> str:
    """A table of what nobody answered, every property blank."""
    parts: dict[str, dict[str, object]] = {key: {} for key in _KEYS}
    for what in unanswered:
        if what.kind != "method":
            parts[_KEYS[what.kind == "stack reference"]][what.name] = dict.fromkeys(what.properties) or None
    return json.dumps(parts, indent=2) + "\n"


def load(file: Path | None) -> Mocks | Failure:
    """The mocks in a file; a failure says what is wrong with it."""
    if file is None:
        return Mocks()
    if not file.is_file():
        return Failure(f"--mocks {file}: no such file")
    return _load_class(file) if file.suffix == ".py" else _load_table(file)


def _load_table(file: Path) -> Mocks | Failure:
    try:
        table = json.loads(file.read_text("utf-8"))
    except (ValueError, RecursionError):
        return Failure(f"--mocks {file}: not JSON (a .py file with a pulumi.runtime.Mocks class is accepted too)")
    parts = [table.get(key, {}) for key in _KEYS] if isinstance(table, dict) and set(table) <= set(_KEYS) else []
    if not parts or not all(isinstance(part, dict) and all(isinstance(each, dict | None) for each in part.values()) for part in parts):
        return Failure(f'--mocks {file}: must be {{"invokes": {{TOKEN: result}}, "resources": {{TYPE or NAME: outputs}}}}')
    blanks = frozenset(name for part in parts for name, answer in part.items() if answer is None or None in answer.values())
    invokes, resources = map(_fill, parts)
    return Mocks(invokes, resources, blanks=blanks)


def _fill(part: Mapping[str, Properties | None]) -> dict[str, Properties]:
    """The answers without their blanks, which answer nothing."""
    filled = {name: {key: value for key, value in (answer or {}).items() if value is not None} for name, answer in part.items()}
    return {name: answer for name, answer in filled.items() if answer or part[name] == {}}


def _load_class(file: Path) -> Mocks | Failure:
    try:
        defined = runpy.run_path(str(file))
    except (Exception, SystemExit) as error:  # noqa: BLE001  whatever the user's file does
        return Failure(f"--mocks {file}: {type(error).__name__}: {' '.join(str(error).split())}")
    classes = [
        value
        for value in defined.values()
        if inspect.isclass(value) and issubclass(value, MocksClass) and value is not MocksClass and not inspect.isabstract(value)
    ]
    if len(classes) != 1:
        return Failure(f"--mocks {file}: must hold exactly one class of pulumi.runtime.Mocks, it holds {len(classes)}")
    return Mocks(instance=classes[0]())
