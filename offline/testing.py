"""
Test programs against the pack with mocked resources: no CLI, no account, no cloud.

    import sys

    sys.path.insert(0, "PATH/TO/s3-encryption-guard")
    from offline.testing import assert_compliant

    def test_buckets_refuse_unencrypted_uploads():
        assert_compliant("infrastructure", stack="prod")

The program is a folder with a Pulumi.yaml, in any language, or a Python function that declares resources. It is run as
`python -m offline preview` runs it. The interpreter needs what is in the pack's requirements-offline.txt.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from functools import partial
from pathlib import Path
from typing import TypeVar

try:
    from offline.assemble import Judged, assemble, weigh
    from offline.configuration import Configuration, interpret, read_configuration
    from offline.engine.cloud import mocks as mocking
    from offline.engine.program.configuration import Project
    from offline.engine.program.inline import run_function
    from offline.engine.program.libraries import find_own_library
    from offline.engine.program.run import Operation, RunOptions
    from offline.engine.program.run import preview as preview_folder
    from offline.engine.program.source_text import Source
    from offline.pack_info import ROOT
    from offline.report import text
    from offline.report.content import find_status
    from offline.run import Diagnostic, Failure, Run
    from offline.secrecy import conceal_diagnostics
except ModuleNotFoundError as missing:
    needed = Path(__file__).resolve().parent.parent / "requirements-offline.txt"
    message = f"{missing.name} is not installed here; the pack's tests need it: pip install -r {needed}"
    raise ModuleNotFoundError(message, name=missing.name) from missing

Program = str | Path | Callable[[], object]
PolicyConfig = str | Path | Mapping[str, object]
_PATIENCE_SECONDS = 120.0
Outcome = TypeVar("Outcome")


class ProgramError(AssertionError):
    """The program could not be judged; the text holds what it printed and one line why."""


def assert_compliant(  # noqa: PLR0913  options, by name
    program: Program,
    *,
    stack: str | None = None,
    config: Mapping[str, str] = {},
    policy_config: PolicyConfig | None = None,
    mocks: str | Path | None = None,
    update: bool = False,
    strict: bool = False,
) -> None:
    """
    Nothing mandatory is violated, and nothing that may hold a bucket was left unseen; else an `AssertionError` with the report as its text.

    The options are those of `find_violations`; `strict` is `--strict`. Raises `ProgramError`.
    """
    __tracebackhide__ = True
    configured = _read_policy_config(policy_config)
    run = run_program(program, stack=stack, config=config, policy_config=policy_config, mocks=mocks, update=update)
    where = program.__name__ if callable(program) else str(program)
    report = assemble((Judged(run, where),), configured, "preview", datetime.now(timezone.utc), "verdicts")
    if find_status(report._replace(strict=strict)) != 0:
        raise AssertionError(text.render(report._replace(strict=strict), text.Screen()))


def find_violations(  # noqa: PLR0913  options, by name
    program: Program,
    *,
    stack: str | None = None,
    config: Mapping[str, str] = {},
    policy_config: PolicyConfig | None = None,
    mocks: str | Path | None = None,
    advisory: bool = False,
    update: bool = False,
) -> tuple[Diagnostic, ...]:
    """
    The mandatory violations of a program, and with `advisory` the notes too, in the order of their URNs.

    `stack`: whose `Pulumi.STACK.yaml` is read; of a function, what `pulumi.get_stack()` gives. `config`: the stack's configuration; a key
    without a namespace is the project's. `policy_config`: the pack's configuration, the file of `--policy-pack-config` or its content.
    `mocks`: a file as for `--mocks`. `update`: as in `pulumi up`, where a preview is the default.
    Raises `ProgramError`, also where nothing is violated and something that may hold a bucket could not be looked into.
    """
    run = run_program(program, stack=stack, config=config, policy_config=policy_config, mocks=mocks, update=update)
    found = tuple(each for each in run.diagnostics if advisory or each.level == "mandatory")
    blind = [spot.text for spot in weigh(run) if spot.weighs]
    if blind and not any(each.level == "mandatory" for each in run.diagnostics):
        raise ProgramError("\n".join(f"not looked into: {text}" for text in blind))
    return found


def run_program(  # noqa: PLR0913  options, by name
    program: Program,
    *,
    stack: str | None = None,
    config: Mapping[str, str] = {},
    policy_config: PolicyConfig | None = None,
    mocks: str | Path | None = None,
    update: bool = False,
) -> Run:
    """All that a run of the program showed: resources with their properties, diagnostics, what was not applicable and why."""
    policies = _read_policy_config(policy_config).written
    file = None if mocks is None else Path(mocks)
    if callable(program):
        outcome = _run_function(program, _make_project(stack or "test", config), policies, file, update=update)
    else:
        texts = tuple(f"{key}={value}" for key, value in config.items())
        outcome = preview_folder(RunOptions(Path(program), stack, texts, policies=policies, mocks=file, update=update))
    return conceal_diagnostics(_accept(outcome))


def _read_policy_config(given: PolicyConfig | None) -> Configuration:
    if given is None or isinstance(given, Mapping):
        return _accept(interpret(given or {}, "policy_config"))
    return _accept(read_configuration(Path(given)))


def _accept(outcome: Outcome | Failure) -> Outcome:
    if isinstance(outcome, Failure):
        raise ProgramError("\n".join(filter(None, (outcome.output.rstrip(), outcome.message))))
    return outcome


def _make_project(stack: str, config: Mapping[str, str]) -> Project:
    name = "project"
    return Project(
        folder=Path.cwd(),
        main=Path.cwd(),
        name=name,
        runtime="python",
        options={},
        stack=stack,
        organization="organization",
        config={key if ":" in key else f"{name}:{key}": value for key, value in config.items()},
        secret_keys=(),
    )


def _run_function(
    function: Callable[[], object], project: Project, policies: Mapping[str, object], mocks: Path | None, *, update: bool
) -> Run | Failure:
    loaded = mocking.load(mocks)
    if isinstance(loaded, Failure):
        return loaded
    runner = partial(run_function, function, project, _PATIENCE_SECONDS)
    operation = Operation(project, runner, loaded, policies, ROOT, lambda _: None, find_own_library, partial(_read_own_file, function))
    return operation.update() if update else operation.preview()


def _read_own_file(function: Callable[[], object]) -> tuple[Source, ...]:
    """The file that the function is written in, where there is one."""
    path = Path(getattr(getattr(function, "__code__", None), "co_filename", ""))
    return (Source(path, path.read_text("utf-8", "replace")),) if path.is_file() else ()
