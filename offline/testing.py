"""
Test programs against the pack with mocked resources: no CLI, no account, no cloud.

    from offline.testing import find_violations

    def test_buckets_refuse_unencrypted_uploads():
        assert find_violations("infrastructure") == ()

The program is a folder with a Pulumi.yaml, in any language, or a Python function that declares resources. It is run as
`python -m offline preview` runs it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from offline.assemble import weigh
from offline.engine.cloud import mocks as mocking
from offline.engine.program.configuration import Project
from offline.engine.program.inline import run_function
from offline.engine.program.libraries import find_own_library
from offline.engine.program.run import Operation, RunOptions
from offline.engine.program.run import preview as preview_folder
from offline.engine.program.source_text import Source
from offline.pack_info import ROOT
from offline.run import Diagnostic, Failure, Run
from offline.secrecy import conceal_diagnostics

Program = str | Path | Callable[[], object]
_PATIENCE_SECONDS = 120.0


class ProgramError(AssertionError):
    """The program could not be judged; the text holds what it printed and one line why."""


def find_violations(  # noqa: PLR0913  options, by name
    program: Program,
    *,
    config: Mapping[str, str] = {},
    policies: Mapping[str, object] = {},
    mocks: str | Path | None = None,
    advisory: bool = False,
    update: bool = False,
) -> tuple[Diagnostic, ...]:
    """
    The mandatory violations of a program, and with `advisory` the notes too, in the order of their URNs.

    `config`: the stack's configuration; a key without a namespace is the project's. `policies`: the pack's configuration, as in
    `--policy-pack-config`. `mocks`: a file as for `--mocks`. `update`: as in `pulumi up`, where a preview is the default.
    Raises `ProgramError`, also where nothing is violated and something that may hold a bucket could not be looked into.
    """
    run = run_program(program, config=config, policies=policies, mocks=mocks, update=update)
    found = tuple(each for each in run.diagnostics if advisory or each.level == "mandatory")
    blind = [spot.text for spot in weigh(run) if spot.weighs]
    if blind and not any(each.level == "mandatory" for each in run.diagnostics):
        raise ProgramError("\n".join(f"not looked into: {text}" for text in blind))
    return found


def run_program(
    program: Program,
    *,
    config: Mapping[str, str] = {},
    policies: Mapping[str, object] = {},
    mocks: str | Path | None = None,
    update: bool = False,
) -> Run:
    """All that a run of the program showed: resources with their properties, diagnostics, what was not applicable and why."""
    file = None if mocks is None else Path(mocks)
    if callable(program):
        outcome = _run_function(program, config, policies, file, update=update)
    else:
        texts = tuple(f"{key}={value}" for key, value in config.items())
        outcome = preview_folder(RunOptions(Path(program), config=texts, policies=policies, mocks=file, update=update))
    if isinstance(outcome, Failure):
        raise ProgramError("\n".join(filter(None, (outcome.output.rstrip(), outcome.message))))
    return conceal_diagnostics(outcome)


def _run_function(
    function: Callable[[], object], config: Mapping[str, str], policies: Mapping[str, object], mocks: Path | None, *, update: bool
) -> Run | Failure:
    loaded = mocking.load(mocks)
    if isinstance(loaded, Failure):
        return loaded
    name = "project"
    project = Project(
        folder=Path.cwd(),
        main=Path.cwd(),
        name=name,
        runtime="python",
        options={},
        stack="test",
        organization="organization",
        config={key if ":" in key else f"{name}:{key}": value for key, value in config.items()},
        secret_keys=(),
    )
    runner = partial(run_function, function, project, _PATIENCE_SECONDS)
    operation = Operation(project, runner, loaded, policies, ROOT, lambda _: None, find_own_library, partial(_read_own_file, function))
    return operation.update() if update else operation.preview()


def _read_own_file(function: Callable[[], object]) -> tuple[Source, ...]:
    """The file that the function is written in, where there is one."""
    path = Path(getattr(getattr(function, "__code__", None), "co_filename", ""))
    return (Source(path, path.read_text("utf-8", "replace")),) if path.is_file() else ()
