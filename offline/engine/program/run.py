"""One preview or update of a program, from its folder to a value for the reports."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

from offline.engine.cloud import mocks
from offline.engine.cloud.answers import Answers
from offline.engine.cloud.aws import BUCKETS, DOCUMENT_TYPES
from offline.engine.cloud.made_up import Maker
from offline.engine.cloud.shapes import Library
from offline.engine.deployment import NO_OPTIONS, Deployment
from offline.engine.pack.analyzer_client import Questions, ResourceInfo
from offline.engine.pack.boot import PackError, StackSettings, boot
from offline.engine.program import configuration
from offline.engine.program.advice import explain_failure
from offline.engine.program.configuration import Project
from offline.engine.program.doubt import weigh
from offline.engine.program.inline import run_function
from offline.engine.program.libraries import find_library
from offline.engine.program.places import locate
from offline.engine.program.process import Ended, prepare, run_process
from offline.engine.program.pulumi_yaml.program import make_program
from offline.engine.program.rounds import Round, combine, match
from offline.engine.program.source_text import Source, list_outputs, list_properties, read_sources, uses_automation
from offline.engine.protocol.monitor import serve
from offline.engine.protocol.session import Session
from offline.engine.protocol.values import contains_unknown
from offline.pack_info import ROOT
from offline.run import BlindSpot, Diagnostic, Failure, Mode, Remediated, Run, Seen, Skipped

_ROUNDS = 4
_DOCUMENT_KEYS = ("policy", "policyDocument", "bucket", "bucketName")
_DRIVEN = BlindSpot("the program drives the Pulumi CLI (automation API): what other stacks it deploys was not run")


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
    sources = partial(read_sources, project.folder)
    if project.runtime == "yaml" and options.command is None:
        program = make_program(project)
        if isinstance(program, Failure):
            return program
        runner = partial(run_function, program, project, options.patience)
        operation = Operation(project, runner, loaded, options.policies, options.pack, progress, partial(find_library, project), sources)
        return operation.update() if options.update else operation.preview()
    with prepare(project, options.command) as start:
        if isinstance(start, Failure):
            return start
        runner = partial(run_process, start, project, options.patience)
        library = partial(find_library, project)
        operation = Operation(project, runner, loaded, options.policies, options.pack, progress, library, sources, start.notes)
        return operation.update() if options.update else operation.preview()


class Operation(NamedTuple):
    """A program that is ready to be run, as often as it takes. `runner` runs it once against the engine at an address."""

    project: Project
    runner: Callable[[str, Session], Ended | Failure]
    mocks: mocks.Mocks
    policies: Mapping[str, object]
    pack: Path
    progress: Callable[[str], None]
    find_library: Callable[[], Library]
    list_sources: Callable[[], tuple[Source, ...]]
    notes: tuple[str, ...] = ()

    def update(self) -> Run | Failure:
        """As `pulumi up` on an empty stack: everything is known."""
        self.progress("running the program, as in an update")
        answers = Answers("all", self.mocks, maker=self._find_maker())
        round_ = self._run(answers, dry_run=False)
        if isinstance(round_, Failure):
            return round_
        settled = self._settle(round_, answers, None, dry_run=False)
        return settled if isinstance(settled, Failure) else self._summarise("update", settled)

    def preview(self) -> Run | Failure:
        """As a first preview, then with what it did not know resolved."""
        self.progress("running the program, as in a first preview")
        maker = self._find_maker()
        first = self._run(Answers("unknown", self.mocks), dry_run=True)
        stuck = isinstance(first, Failure) and first.unanswered
        if stuck:
            first = self._run(Answers("unknown", self.mocks, maker=maker), dry_run=True)
        if isinstance(first, Failure):
            return first
        if not any(seen.provider for seen in first.seen) and not first.unanswered:
            return self._summarise("preview", first)
        has_buckets = any(seen.type in BUCKETS for seen in first.seen)
        answers = Answers("buckets" if has_buckets else "all", self.mocks, maker=maker)
        resolved, problem = self._resolve(answers, None if stuck else first)
        return self._summarise("preview", first, resolved, problem)

    def _find_maker(self) -> Maker:
        sources = cache(self.list_sources)
        properties = cache(lambda: list_properties(sources()))
        return Maker("first", cache(self.find_library), cache(lambda: list_outputs(sources())), properties)

    def _resolve(self, answers: Answers, plain: Round | None) -> tuple[Round | None, Failure | None]:
        """
        The last run that ended well, and what ended the one after it.

        Where a program cannot go on with what is made up, it is run without.
        """
        resolved, problem, last = self._run_rounds(answers)
        if resolved is not None and resolved.made_up:
            settled = self._settle(resolved, last, plain, dry_run=True)
            if not isinstance(settled, Failure):
                return settled, problem
            resolved, problem = None, settled
        if resolved is None and plain is not None and problem is not None and problem.unanswered:
            again, _, _ = self._run_rounds(answers._replace(maker=None))
            return again, problem
        return resolved, problem

    def _run_rounds(self, answers: Answers) -> tuple[Round | None, Failure | None, Answers]:
        """The same, with the answers of the last run."""
        resolved: Round | None = None
        for number in range(_ROUNDS):
            self.progress("running the program again, with resolved outputs" if number == 0 else "resolving what documents depend on")
            round_ = self._run(answers, dry_run=True)
            if isinstance(round_, Failure):
                return resolved, round_, answers
            resolved = round_ if resolved is None else combine(resolved, round_)
            wanted = _find_wanted(round_.seen)
            if wanted is None or answers.known == "all":
                break
            more = answers.answered | wanted
            is_last = number == _ROUNDS - 2 or more == answers.answered
            answers = answers._replace(known="all") if is_last else answers._replace(answered=more)
        return resolved, None, answers

    def _settle(self, one: Round, answers: Answers, plain: Round | None, *, dry_run: bool) -> Round | Failure:
        """A run with made-up values as far as another one with other values bears it out."""
        if not one.made_up or answers.maker is None:
            return one
        self.progress("running the program with other made-up answers")
        other = self._run(answers._replace(maker=answers.maker._replace(variant="second")), dry_run=dry_run)
        if isinstance(other, Failure):
            return other
        if plain is not None and any(seen.type in DOCUMENT_TYPES and seen.urn not in match([seen], plain.seen) for seen in one.seen):
            unmade = self._run(answers._replace(maker=None), dry_run=dry_run)
            plain = plain if isinstance(unmade, Failure) else unmade
        try:
            return weigh(one, other, plain, self._ask)
        except PackError as error:
            return Failure(str(error))

    def _ask(self, seen: Seen, inputs: Mapping[str, Any]) -> Sequence[Diagnostic]:
        """What the pack says of a resource with other inputs. Raises `PackError`."""
        with boot(self.pack, self._describe_stack(dry_run=False), self.policies) as pack:
            questions = Questions(pack)
            questions.analyze([(ResourceInfo(seen.urn, seen.type, seen.name, NO_OPTIONS, None), inputs)])
            return questions.collect().diagnostics

    def _describe_stack(self, *, dry_run: bool) -> StackSettings:
        project = self.project
        return StackSettings(project.name, project.stack, project.organization, dry_run, project.config, project.secret_keys)

    def _run(self, answers: Answers, *, dry_run: bool) -> Round | Failure:
        project, settings = self.project, self._describe_stack(dry_run=dry_run)
        session = Session(dry_run=dry_run, folder=project.folder)
        try:
            with boot(self.pack, settings, self.policies) as pack:
                deployment = Deployment(settings, pack, answers)
                with serve(deployment, session) as address:
                    ended = self.runner(address, session)
                unanswered = session.unanswered
                if isinstance(ended, Failure):
                    return ended._replace(unanswered=tuple(unanswered))
                output = ended.output + session.messages
                if ended.status != 0 or session.saw_error:
                    status = 0 if session.is_lost else ended.status
                    return Failure(explain_failure(status, ended.output, self.list_sources(), session, project), output, tuple(unanswered))
                if not deployment.resources:
                    return Failure("the program ended without talking to the engine: it registered nothing, not even its stack", output)
                deployment.analyze_stack()
                seen, verdicts = deployment.collect_seen(), deployment.collect_verdicts()
                notes = (*self.notes, *deployment.notes, *_collect_notes(session, project))
                return Round(pack.about, seen, verdicts, output, notes, tuple(_list_blind_spots(session)), unanswered)
        except PackError as error:
            return Failure(str(error))

    def _summarise(self, mode: Mode, first: Round, resolved: Round | None = None, problem: Failure | None = None) -> Run:
        counts = first if resolved is None else combine(first, resolved)
        driven = () if any(seen.type in BUCKETS for seen in counts.seen) or not uses_automation(self.list_sources()) else (_DRIVEN,)
        failed = () if problem is None else (BlindSpot(f"the run with resolved outputs was left out: {problem.message}", weighs=True),)
        return Run(
            mode=mode,
            project=self.project.name,
            stack=self.project.stack,
            pack=counts.pack,
            resources=locate(sorted(counts.seen, key=lambda seen: seen.urn), self.project.folder, self.list_sources),
            diagnostics=tuple(sorted(counts.verdicts.diagnostics, key=_order)),
            skipped=tuple(sorted(counts.verdicts.skipped, key=_order)),
            remediated=tuple(sorted(counts.verdicts.remediated, key=_order)),
            first=tuple(sorted(first.verdicts.diagnostics, key=_order)) if resolved is not None else (),
            resolved=resolved is not None,
            output=first.output,
            notes=tuple(dict.fromkeys((*first.notes, *counts.notes))),
            blind_spots=(*counts.blind_spots, *driven, *failed),
            unanswered=tuple(counts.unanswered),
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


def _order(said: Diagnostic | Skipped | Remediated) -> tuple[str, str]:
    """Programs register in an order of their own each time; reports have a fixed one."""
    return said.urn, said.policy


def _collect_notes(session: Session, project: Project) -> tuple[str, ...]:
    encrypted = tuple(
        f"configuration {key} is encrypted and was replaced by a placeholder (--config {key}=VALUE)" for key in project.encrypted
    )
    opened = ", ".join(project.environments)
    environments = (f"the stack's environments ({opened}) are not opened offline (--config KEY=VALUE)",) if opened else ()
    absent = (f"there is no {project.absent}: the stack has no configuration but what is given with --config",) if project.absent else ()
    return (*session.notes, *encrypted, *environments, *absent)


def _list_blind_spots(session: Session) -> Iterator[BlindSpot]:
    """
    A bucket may be made of what nobody answered, inside an `apply` that was never called, or that was given what it does not expect.

    In an update nothing is unknown: what was not made up is empty, and a verdict may rest on that.
    """
    yield from map(BlindSpot, session.blind)
    for what, made_up in session.unanswered.items():
        if not made_up or what.kind != "data source":
            text = f"nobody answered {what}: what depends on it is not known (--mocks FILE)"
            yield BlindSpot(text, weighs=not made_up and not session.dry_run)
