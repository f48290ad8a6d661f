"""The case files of `tests/cases`: one document each, in the folder of its rule and of the verdict that it must get."""

import json
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[1] / "cases"


class Case(NamedTuple):
    """A document and what must be found; `region` is where the bucket is known to be, if it is."""

    rule: str
    expected: str
    name: str
    bucket: str | None
    region: str | None
    configuration: dict[str, Any]
    text: str


_REGIONS = {"aws": "eu-west-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}


def read_cases() -> tuple[Case, ...]:
    """All cases, in the order of their paths."""
    return tuple(_read(path) for path in sorted(FOLDER.glob("*/*/*.json")))


def _read(path: Path) -> Case:
    found = json.loads(path.read_text(encoding="utf-8"))
    rule, expected = path.parts[-3:-1]
    text = found["text"] if "text" in found else json.dumps(found["document"])
    region = _REGIONS[found["partition"]] if "partition" in found else None
    return Case(rule, expected, path.stem, found["bucket"], region, found.get("configuration", {}), text)
