"""The file of `--policy-config`: which level and which settings each policy has, or one line that says what is wrong in it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import policies
from bucketpolicy.goal import MANY
from crossguard.pack.rule import Rule, StackRule
from crossguard.pack.settings import DEFAULTS, Rejected, Settings, read_settings
from offline.files import read_text
from offline.run import Failure

Level = Literal["advisory", "mandatory", "remediate", "disabled"]
LEVELS: tuple[Level, ...] = ("advisory", "mandatory", "remediate", "disabled")
ALL = "all"
_MOST = 2**20
_EXPECTED = "a JSON object as `pulumi preview --policy-pack-config` takes it"


class Configured(NamedTuple):
    """A policy with the level and the settings that are in force."""

    rule: Rule | StackRule
    level: Level
    settings: Settings


class Configuration(NamedTuple):
    """The policies in their fixed order, and the file's object, for whoever hands it on to a booted pack."""

    policies: tuple[Configured, ...]
    written: Mapping[str, object]


def read_configuration(path: Path | None) -> Configuration | Failure:
    """The configuration in a file; that of the pack itself where there is none."""
    if path is None:
        return interpret({}, "")
    text = read_text(str(path), _MOST, _EXPECTED)
    if isinstance(text, Failure):
        return text
    try:
        found = json.loads(text.removeprefix("\ufeff"), parse_int=float)
    except (ValueError, RecursionError):
        return Failure(f"{path}: not JSON; expected: {_EXPECTED}")
    if not isinstance(found, dict):
        return Failure(f"{path}: not a JSON object; expected: {_EXPECTED}")
    return interpret(found, str(path))


def interpret(written: Mapping[str, object], where: str) -> Configuration | Failure:
    """The configuration that this object means; `where` begins the line of a failure."""
    problems = tuple(_find_problems(written))
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return Failure(f"{where}: {problems[0]}{more}")
    return Configuration(tuple(_configure(rule, written) for rule in policies.ALL), written)


def _find_problems(written: Mapping[str, object]) -> Iterator[str]:
    rules = {rule.name: rule for rule in policies.ALL}
    for name, value in written.items():
        if name == ALL:
            if _read_level(value) is None:
                yield f"`{ALL}` must be a level; accepted: {', '.join(LEVELS)}"
        elif name == "environments":
            yield "`environments` come from Pulumi Cloud, which nothing here asks; write their values into this file"
        elif name not in rules:
            yield f"{json.dumps(name)} is not a policy; accepted: {', '.join((ALL, *rules))}"
        elif not isinstance(value, dict):
            if _read_level(value) is None:
                yield f"{name} must be a level or an object; accepted levels: {', '.join(LEVELS)}"
        else:
            settings = read_settings(value, rules[name].keys)
            yield from (f"{name}: {problem}" for problem in (settings.problems if isinstance(settings, Rejected) else ()))


def _configure(rule: Rule | StackRule, written: Mapping[str, object]) -> Configured:
    own = written.get(rule.name)
    level = _read_level(own) or _read_level(written.get(ALL)) or rule.level
    settings = read_settings(own, rule.keys) if isinstance(own, dict) else DEFAULTS
    known = settings if isinstance(settings, Settings) else DEFAULTS
    return Configured(rule, level, known._replace(probes=MANY))


def _read_level(value: object) -> Level | None:
    found = value.get("enforcementLevel") if isinstance(value, dict) else value
    return next((level for level in LEVELS if level == found), None)
