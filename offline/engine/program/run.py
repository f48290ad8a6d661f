"""One preview or update of a program, from its folder to a value for the reports."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from offline.engine.cloud import mocks
from offline.engine.cloud.answers import Answers
from offline.engine.cloud.aws import BUCKETS, DOCUMENT_TYPES
from offline.engine.deployment import Deployment
from offline.engine.pack.analyzer_client import Verdicts
from offline.engine.pack.boot import PackError, StackSettings, boot
from offline.engine.program import configuration
from offline.engine.program.configuration import Project
from offline.engine.program.process import Ended, prepare, run_process
from offline.engine.protocol.monitor import serve
from offline.engine.protocol.session import Session
from offline.engine.protocol.values import contains_unknown
from offline.pack_info import ROOT
from offline.run import BlindSpot, Diagnostic, Failure, Mode, Pack, Remediated, Run, Seen, Skipped

_ROUNDS = 4
_DOCUMENT_KEYS = ("policy", "policyDocument", "bucket", "bucketName")


class RunOptions(NamedTuple):
    """
    What is to be run: the options of `preview`.

    `config`: `KEY=VALUE` texts. `command`: `--exec`. `policies`: the content of `--policy-config`. `patience`: seconds that a program
    may go without asking the engine for anything.
    """

    program: Path
    stack: str | None = None
    config: tuple[str, ...] = ()
    update: bool = False
    command: str | None = None
    mocks: Path | None = None
    policies: Mapping[str, object] = {}
    pack: Path = ROOT
    patience: float = 300.0


class _Round(NamedTuple):
    """One run of the program to its end."""

    pack: Pack
    seen: tuple[Seen, ...]
    verdicts: Verdicts
    output: str
    notes: tuple[str, ...]
    blind_spots: tuple[BlindSpot, ...]


def preview(options: RunOptions, progress: Callable[[str], None] = lambda _: None) -> Run | Failure:
    """
    Run the program and judge it. `progress` is told what is being done.

    A preview is run at least twice: as a first preview, and with resolved outputs; where the second says something about a resource, that
    is what counts. Without a bucket everything is resolved at once: one may be made of an output.
    """
    project = configuration.load(options.program.resolve(), options.stack, options.config)
    if isinstance(project, Failure):
        return project
    loaded = mocks.load(options.mocks)
    if isinstance(loaded, Failure):
        return loaded
    with prepare(project, options.command) as start:
        if isinstance(start, Failure):
            return start
        runner = partial(run_process, start, project, options.patience)
        operation = Operation(project, runner, loaded, options.policies, options.pack, progress)
        return operation.update() if options.update else operation.preview()


class Operation(NamedTuple):
    """A program that is ready to be run, as often as it takes. `runner` runs it once against the engine at an address."""

    project: Project
    runner: Callable[[str, Session], Ended | Failure]
    mocks: mocks.Mocks
    policies: Mapping[str, object]
    pack: Path
    progress: Callable[[str], None]

    def update(self) -> Run | Failure:
        """As `pulumi up` on an empty stack: everything is known."""
        self.progress("running the program, as in an update")
        round_ = self._run(Answers("all", self.mocks), dry_run=False)
        return round_ if isinstance(round_, Failure) else self._summarise("update", round_)

    def preview(self) -> Run | Failure:
        """As a first preview, then with what it did not know resolved."""
        self.progress("running the program, as in a first preview")
        first = self._run(Answers("unknown", self.mocks), dry_run=True)
        if isinstance(first, Failure):
            return first
        if not any(seen.provider for seen in first.seen):
            return self._summarise("preview", first)
        has_buckets = any(seen.type in BUCKETS for seen in first.seen)
        resolved, problem = self._resolve(Answers("buckets" if has_buckets else "all", self.mocks))
        return self._summarise("preview", first, resolved, problem)

    def _resolve(self, answers: Answers) -> tuple[_Round | None, Failure | None]:
        """The last run that ended well, and what ended the one after it."""
        resolved: _Round | None = None
        for number in range(_ROUNDS):
            self.progress("running the program again, with resolved outputs" if number == 0 else "resolving what documents depend on")
            round_ = self._run(answers, dry_run=True, again=True)
            if isinstance(round_, Failure):
                return resolved, round_
            resolved = round_ if resolved is None else _combine(resolved, round_)
            wanted = _find_wanted(round_.seen)
            if wanted is None or answers.known == "all":
                break
            more = answers.answered | wanted
            is_last = number == _ROUNDS - 2 or more == answers.answered
            answers = answers._replace(known="all") if is_last else answers._replace(answered=more)
        return resolved, None

    def _run(self, answers: Answers, *, dry_run: bool, again: bool = False) -> _Round | Failure:
        project = self.project
        settings = StackSettings(project.name, project.stack, project.organization, dry_run, project.config, project.secret_keys)
        session = Session(dry_run=dry_run, again=again)
        try:
            with boot(self.pack, settings, self.policies) as pack:
                deployment = Deployment(settings, pack, answers)
                with serve(deployment, session) as address:
                    ended = self.runner(address, session)
                if isinstance(ended, Failure):
                    return ended
                output = ended.output + session.messages
                if ended.status != 0 or session.saw_error:
                    return Failure(_explain_failure(ended.status, session, project), output)
                if not deployment.resources:
                    return Failure("the program ended without talking to the engine: it registered nothing, not even its stack", output)
                deployment.analyze_stack()
                seen, verdicts = deployment.collect_seen(), deployment.collect_verdicts()
                return _Round(pack.about, seen, verdicts, output, _collect_notes(session, project), tuple(_list_blind_spots(session)))
        except PackError as error:
            return Failure(str(error))

    def _summarise(self, mode: Mode, first: _Round, resolved: _Round | None = None, problem: Failure | None = None) -> Run:
        counts = first if resolved is None else _combine(first, resolved)
        failed = () if problem is None else (BlindSpot(f"the run with resolved outputs was left out: {problem.message}", weighs=True),)
        return Run(
            mode=mode,
            project=self.project.name,
            stack=self.project.stack,
            pack=counts.pack,
            resources=tuple(_relate(seen, self.project.folder) for seen in sorted(counts.seen, key=lambda seen: seen.urn)),
            diagnostics=tuple(sorted(counts.verdicts.diagnostics, key=_order)),
            skipped=tuple(sorted(counts.verdicts.skipped, key=_order)),
            remediated=tuple(sorted(counts.verdicts.remediated, key=_order)),
            first=tuple(sorted(first.verdicts.diagnostics, key=_order)) if resolved is not None else (),
            resolved=resolved is not None,
            output=first.output,
            notes=tuple(dict.fromkeys((*first.notes, *counts.notes))),
            blind_spots=(*counts.blind_spots, *failed),
        )


def _find_wanted(seen: tuple[Seen, ...]) -> frozenset[str] | None:
    """The resources that documents or their buckets' names wait for, None when nothing waits."""
    waiting = [
        (resource, key)
        for resource in seen
        if resource.type in DOCUMENT_TYPES
        for key in _DOCUMENT_KEYS
        if contains_unknown(resource.inputs.get(key))
    ]
    if not waiting:
        return None
    return frozenset(urn for resource, key in waiting for urn in resource.property_dependencies.get(key, ()))


def _combine(first: _Round, resolved: _Round) -> _Round:
    """The later run, and of the earlier one whatever was seen there only."""
    again = {seen.urn for seen in resolved.seen}
    alone = tuple(seen for seen in first.seen if seen.urn not in again)
    urns = {seen.urn for seen in alone}
    verdicts = Verdicts(
        (*resolved.verdicts.diagnostics, *(each for each in first.verdicts.diagnostics if each.urn in urns)),
        (*resolved.verdicts.skipped, *(each for each in first.verdicts.skipped if each.urn in urns)),
        (*resolved.verdicts.remediated, *(each for each in first.verdicts.remediated if each.urn in urns)),
    )
    return resolved._replace(seen=(*resolved.seen, *alone), verdicts=verdicts)


def _order(said: Diagnostic | Skipped | Remediated) -> tuple[str, str]:
    """Programs register in an order of their own each time; reports have a fixed one."""
    return said.urn, said.policy


def _relate(seen: Seen, folder: Path) -> Seen:
    """The resource with its place in the program's folder; a place elsewhere, in a library, is none of the user's."""
    path = Path(seen.source)
    return seen._replace(source=str(path.relative_to(folder)) if path.is_relative_to(folder) else "")


def _explain_failure(status: int, session: Session, project: Project) -> str:
    """What failed and, where it can be told, the cure."""
    reasons = [f"the program failed (exit status {status})" if status else "the program failed"]
    if session.unanswered:
        reasons.append(f"nobody answered {', '.join(session.unanswered)}: give the answers with --mocks FILE")
    missing = re.search(r"issing required configuration variable '([^'\s]+)'", session.messages)
    if missing is not None:
        reasons.append(f"give the configuration with --config {missing[1]}=VALUE, or a stack that has it with --stack")
    if not session.dry_run and not session.unanswered:
        reasons.append("outputs that nobody answers are empty in an update: --mocks FILE gives them")
    absent = re.search(r"ModuleNotFoundError: No module named '([^']+)'", session.messages)
    if absent is not None:
        reasons.append(f"its interpreter lacks {absent[1]}: PULUMI_PYTHON_CMD names the one that has the program's requirements")
    if project.encrypted:
        reasons.append(f"encrypted configuration cannot be read here: give {', '.join(project.encrypted)} with --config KEY=VALUE")
    return "; ".join(reasons)


def _collect_notes(session: Session, project: Project) -> tuple[str, ...]:
    encrypted = tuple(
        f"configuration {key} is encrypted and was replaced by a placeholder (--config {key}=VALUE)" for key in project.encrypted
    )
    opened = ", ".join(project.environments)
    environments = (f"the stack's environments ({opened}) are not opened offline (--config KEY=VALUE)",) if opened else ()
    absent = (f"there is no {project.absent}: the stack has no configuration but what is given with --config",) if project.absent else ()
    return (*session.notes, *encrypted, *environments, *absent)


def _list_blind_spots(session: Session) -> Iterator[BlindSpot]:
    """A bucket may be made of what nobody answered, inside an `apply` that was never called."""
    yield from map(BlindSpot, session.blind)
    yield from (BlindSpot(f"nobody answered {what}: what depends on it is not known (--mocks FILE)") for what in session.unanswered)
