"""A Pulumi project: `Pulumi.yaml`, `Pulumi.STACK.yaml` and the configuration given on the command line."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from offline.engine.program.source_text import AUTOMATION, read_sources, uses_automation
from offline.run import Failure
from offline.yaml import read_yaml

#: What stands in for a value that only the stack's own secrets provider can decrypt.
ENCRYPTED = "[encrypted]"
_DEFAULT_STACK = "dev"
_STACK_PARTS = 3
_SUFFIXES = (".yaml", ".yml")
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}")


class Project(NamedTuple):
    """
    A program and what it is run with.

    `folder` holds Pulumi.yaml, `main` is the folder or file of the program itself. `config`: whole keys (`aws:region`) to texts.
    `encrypted` names the keys whose values nobody here can read, `environments` the stack's ESC environments, which nobody here opens,
    `absent` the file of a stack that was asked for and has none, `required` the keys that Pulumi.yaml declares without a default.
    """

    folder: Path
    main: Path
    name: str
    runtime: str
    options: Mapping[str, Any]
    stack: str
    organization: str
    config: Mapping[str, str]
    secret_keys: tuple[str, ...]
    encrypted: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    absent: str = ""
    required: tuple[str, ...] = ()


def load(folder: Path, stack: str | None, given: Iterable[str]) -> Project | Failure:
    """
    The project in `folder`. `stack`: `[ORGANIZATION/[PROJECT/]]STACK`, default the only Pulumi.STACK.yaml, else `dev`.

    `given`: `KEY=VALUE` texts, which win over files; a key without a namespace is the project's.
    """
    file = next((folder / name for name in ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json") if (folder / name).is_file()), None)
    if file is None:
        return Failure(f"{folder}: {_explain_absence(folder)}; expected: the folder of a Pulumi program, with its Pulumi.yaml")
    content = read_yaml(file, "a Pulumi project")
    if isinstance(content, Failure):
        return content
    *above, chosen = (stack or _choose_stack(_list_stacks(_find_stack_folder(folder, content)))).split("/")
    problem = _find_problem(file, content, (*above, chosen))
    if problem is not None:
        return problem
    runtime, options = _read_runtime(content)
    stack_file = _read_stack_file(file, content, chosen)
    if isinstance(stack_file, Failure):
        return stack_file
    config = _read_config(content, stack_file, given)
    if isinstance(config, Failure):
        return config
    return Project(
        folder=folder,
        main=folder / str(content.get("main") or ""),
        name=content["name"],
        runtime=runtime,
        options=options,
        stack=chosen,
        organization=above[0] if above else "organization",
        config={key: value.text for key, value in config.items()},
        secret_keys=tuple(key for key, value in config.items() if value.secret),
        encrypted=tuple(key for key, value in config.items() if ENCRYPTED in value.text),
        environments=_read_environments(stack_file.get("environment")),
        absent=f"Pulumi.{chosen}.yaml" if stack and not stack_file else "",
        required=tuple(_find_required(content)),
    )


def _explain_absence(folder: Path) -> str:
    if not folder.exists():
        return "no such folder"
    if not folder.is_dir():
        return "not a folder"
    return f"no Pulumi program here: {AUTOMATION}" if uses_automation(read_sources(folder)) else "no Pulumi program here"


def _read_runtime(content: Mapping[str, Any]) -> tuple[Any, Any]:
    """The name of the runtime and its options, of whatever type the file gives them."""
    runtime = content.get("runtime")
    return (runtime.get("name"), runtime.get("options") or {}) if isinstance(runtime, dict) else (runtime, {})


def _find_problem(file: Path, content: Mapping[str, Any], names: tuple[str, ...]) -> Failure | None:
    runtime, options = _read_runtime(content)
    if not isinstance(content.get("name"), str) or not isinstance(runtime, str) or not isinstance(options, dict):
        return Failure(f"{file}: `name` and `runtime` are needed")
    if len(names) > _STACK_PARTS:
        return Failure(f"--stack {'/'.join(names)}: too many parts; expected: [ORGANIZATION/[PROJECT/]]STACK")
    wrong = next((given for given in (content["name"], *names) if not _NAME.fullmatch(given)), None)
    if wrong is None:
        return None
    return Failure(f"{wrong!r} is not a valid name of a project, stack or organization: letters, digits, `-`, `_` and `.` are accepted")


class _Value(NamedTuple):
    text: str
    secret: bool = False


def _find_stack_folder(folder: Path, project: Mapping[str, Any]) -> Path:
    return folder / str(project.get("stackConfigDir") or "")


def _list_stacks(folder: Path) -> tuple[str, ...]:
    """The stacks that have a file."""
    files = (file for suffix in _SUFFIXES for file in folder.glob(f"Pulumi.*{suffix}"))
    return tuple(sorted({file.name[len("Pulumi.") : -len(file.suffix)] for file in files if file.is_file()}))


def _choose_stack(stacks: tuple[str, ...]) -> str:
    return stacks[0] if len(stacks) == 1 else _DEFAULT_STACK


def _read_stack_file(project_file: Path, project: Mapping[str, Any], stack: str) -> dict[str, Any] | Failure:
    """The configuration of a stack: none where no stack has any; a stack without a file beside others that have one is mistyped."""
    where = _find_stack_folder(project_file.parent, project)
    file = next((file for suffix in _SUFFIXES if (file := where / f"Pulumi.{stack}{suffix}").is_file()), None)
    if file is None and (others := _list_stacks(where)):
        return Failure(f"{project_file}: there is no Pulumi.{stack}.yaml; expected: --stack with one of {', '.join(others)}")
    content = read_yaml(file, "the configuration of a stack") if file is not None else {}
    if not isinstance(content, Failure) and not isinstance(content.get("config") or {}, dict):
        return Failure(f"{file}: `config` must be an object")
    return content


def _read_environments(environment: Any) -> tuple[str, ...]:
    """A list of names, or an object whose `imports` are one."""
    listed = environment.get("imports") if isinstance(environment, dict) else environment
    return tuple(str(next(iter(each), "")) if isinstance(each, dict) else str(each) for each in listed) if isinstance(listed, list) else ()


def _read_config(project: Mapping[str, Any], stack: Mapping[str, Any], given: Iterable[str]) -> dict[str, _Value] | Failure:
    """The project's defaults, then the stack's file, then the command line."""
    name = str(project["name"])
    config = {_qualify(key, name): _read_value(value) for key, value in _find_defaults(project)}
    config |= {_qualify(key, name): _read_value(value) for key, value in (stack.get("config") or {}).items()}
    for text in given:
        key, equals, value = text.partition("=")
        if not equals or not key:
            return Failure(f"--config {key or text}: must be KEY=VALUE")
        qualified = _qualify(key, name)
        config[qualified] = _Value(value, config.get(qualified, _Value("")).secret)
    return config


def _qualify(key: object, project: str) -> str:
    return str(key) if ":" in str(key) else f"{project}:{key}"


def _find_defaults(project: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    """A project's `config` holds values, or declarations with a `default` or a `value`."""
    declared = project.get("config")
    if not isinstance(declared, dict):
        return
    for key, value in declared.items():
        if not isinstance(value, dict):
            yield key, value
        elif "value" in value or "default" in value:
            yield key, value.get("value", value.get("default"))


def _find_required(project: Mapping[str, Any]) -> Iterable[str]:
    """The keys that are declared without a value: the real engine asks for them before it starts the program."""
    declared = project.get("config")
    for key, value in declared.items() if isinstance(declared, dict) else ():
        if isinstance(value, dict) and not {"value", "default"} & set(value):
            yield _qualify(key, str(project["name"]))


def _read_value(value: Any) -> _Value:
    """Configuration is text: anything else is JSON, a secret what has a `secure` part, which cannot be read here."""
    blanked = _blank(value)
    text = blanked if isinstance(blanked, str) else json.dumps(blanked, separators=(",", ":"), default=str)
    return _Value(text, secret=blanked != value)


def _blank(value: Any) -> Any:
    if isinstance(value, dict):
        return ENCRYPTED if set(value) == {"secure"} else {str(key): _blank(item) for key, item in value.items()}
    return [_blank(item) for item in value] if isinstance(value, list) else value
