"""What a pack is sent, by the real engine and by the embedded one, in a form in which the two can be compared."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from offline.engine.program.run import RunOptions, preview
from offline.run import Run
from tests.e2e.cli import STACK, Project, link_environment

RECORDER = Path(__file__).parent / "recorder"
RECORD = "S3_GUARD_TEST_RECORD"
#: What names have at their end that is another in each run: the provider's random digits, or the time.
_SUFFIX = re.compile(r"-(?:[0-9a-f]{7}|[0-9]{26})(?![0-9a-f-])")

Call = tuple[str, dict[str, Any]]
Value = Any


class Difference(NamedTuple):
    """A field that the two engines fill differently: of which resource, in which calls, and what the real one and ours say."""

    name: str
    type: str
    field: str
    real: Value
    ours: Value


def record(project: Project, operation: str) -> list[Call]:
    """Method and request of every call that the real engine makes in a `preview` or an `up`."""
    log = project.home / f"{operation}.jsonl"
    pack = link_environment(shutil.copytree(RECORDER, project.home / f"recorder-{operation}"))
    skip = ["--skip-preview"] if operation == "up" else []
    outcome = project.run(operation, *skip, "--policy-pack", str(pack), **{RECORD: str(log)})
    assert outcome.status == 0, outcome.text
    return list(read(log))


def record_offline(program: Path, log: Path, operation: str) -> list[Call]:
    """The same of the embedded engine; `RECORD` has to name `log`. Of the two rounds of its preview, the first."""
    assert isinstance(preview(RunOptions(program, stack=STACK, update=operation == "up", pack=RECORDER)), Run)
    calls = list(read(log))
    starts = [index for index, (method, _) in enumerate(calls) if method == "ConfigureStack"]
    return calls[: starts[1]] if len(starts) > 1 else calls


def read(log: Path) -> Iterator[Call]:
    """The calls in a record."""
    yield from ((line["method"], line["request"]) for line in map(json.loads, log.read_text("utf-8").splitlines()))


def compare(real: list[Call], ours: list[Call]) -> set[Difference]:
    """The fields that differ, in any of the calls about a resource, and resources that one of the two does not send."""
    left, right = tabulate(real), tabulate(ours)
    return {
        Difference(name, kind, field, json.dumps(here), json.dumps(there))
        for method, kind, name in left.keys() | right.keys()
        for field, here, there in find_differences(left.get((method, kind, name)), right.get((method, kind, name)))
    }


def tabulate(calls: list[Call]) -> dict[tuple[str, str, str], Value]:
    """Each request by its method and the resource that it is about; those of AnalyzeStack one by one."""
    requests = [(method, each) for method, request in calls for each in request.get("resources", [request])]
    return {(method, each.get("type", ""), each.get("urn", "").split("::")[-1]): normalise(each) for method, each in requests}


def normalise(value: Value) -> Value:
    """The value without what is another in each run, and lists of URNs in one order."""
    if isinstance(value, dict):
        return {key: normalise(each) for key, each in value.items()}
    if isinstance(value, list):
        each = [normalise(each) for each in value]
        return sorted(each) if all(isinstance(one, str) for one in each) else each
    return _SUFFIX.sub("-*", value) if isinstance(value, str) else value


def find_differences(real: Value, ours: Value, field: str = "") -> Iterator[tuple[str, Value, Value]]:
    """Path and both values wherever they are not equal."""
    if isinstance(real, dict) and isinstance(ours, dict):
        for key in real.keys() | ours.keys():
            yield from find_differences(real.get(key), ours.get(key), f"{field}.{key}" if field else key)
    elif real != ours:
        yield field, real, ours
