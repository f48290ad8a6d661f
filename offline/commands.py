"""What each command does, from the arguments to the exit status. The only module here that writes."""

import io
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.text import Text
from typing_extensions import assert_never

from offline import about
from offline import check as checking
from offline.assemble import Detail, Judged, assemble
from offline.called import name_tool
from offline.certificate_folder import find_way, refuse_folder, write_certificates
from offline.command_line import (
    Analyze,
    Check,
    Command,
    Complete,
    Explain,
    Fix,
    Format,
    ListPolicies,
    Merge,
    Preview,
    Question,
    Target,
    TellVersions,
    Verify,
    Writing,
    parse,
)
from offline.configuration import Configuration, read_configuration
from offline.engine.cloud.mocks import render_blanks
from offline.engine.program import run as previewing
from offline.files import explain_error, is_same_file, name_source, write_whole
from offline.fleet import merge as merging
from offline.fleet import survey as surveying
from offline.fleet.collect import list_certificates
from offline.fleet.options import RatchetOptions
from offline.fleet.ratchet import add_exemptions
from offline.fleet.sources import is_state_below
from offline.fleet.survey import Survey, list_buckets
from offline.origin import describe_origin
from offline.report import formats
from offline.report.content import Certificate, Report, find_status
from offline.report.content import list_buckets as list_told
from offline.report.text import PLAIN_MARKS, Screen
from offline.report.visible import disarm, make_line, make_visible
from offline.run import Failure
from offline.streams import write_error, write_output
from offline.verification import verify

_PASSED, _BLOCKED, _WRONG = range(3)
_WIDTH = 100
#: With these formats `fix` prints the document, with the others a report on it.
_PRINTED = ("text", "json")
_MARKUP = ("junit", "html")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(arguments: list[str]) -> int:
    """Run the command line; what is returned is the exit status."""
    command = parse(arguments, name_tool())
    if isinstance(command, Failure):
        return _fail(command)
    if isinstance(command, Question):
        return _answer(command)
    if isinstance(command, Verify):
        return _verify(command)
    configuration = read_configuration(command.policies)
    if isinstance(configuration, Failure):
        return _fail(configuration)
    refused = _refuse_outputs(command)
    if refused is not None:
        return _fail(refused)
    return _run(_add_origin(command, configuration), configuration)


def _add_origin(command: Command, configuration: Configuration) -> Command:
    """Only these formats say where a report came from; one that is merged came from where its parts did."""
    if not _wants_proofs(command.writing) or isinstance(command, Merge):
        return command
    folder = command.program if isinstance(command, Preview) else Path()
    return command._replace(writing=command.writing._replace(origin=describe_origin(configuration, folder)))


def _answer(question: Question) -> int:
    """What is asked of the tool itself; the exit status."""
    match question:
        case Explain(policy):
            text = _lay_out(about.explain_policy(policy))
        case ListPolicies():
            text = about.list_policies()
        case TellVersions():
            text = about.tell_versions()
        case Complete(script):
            text = f"{script.rstrip()}\n"
        case _:
            assert_never(question)
    refused = _write([text], Target("text", None))
    return _PASSED if refused is None else _fail(refused)


_PLAIN = Writing(Target("text", None), (), quiet=False)


def _lay_out(page: str) -> str:
    """Markdown as a terminal shows it; as it is elsewhere."""
    screen = _look_at_screen(Target("text", None), _PLAIN)
    if not sys.stdout.isatty():
        return page
    console = Console(file=io.StringIO(), width=min(screen.width, _WIDTH), force_terminal=screen.colour, no_color=not screen.colour)
    with console.capture() as captured:
        console.print(Markdown(page))
    return captured.get()


def _verify(command: Verify) -> int:
    configuration = read_configuration(command.policies)
    found = configuration if isinstance(configuration, Failure) else verify(command.certificate, command.policy, configuration)
    if isinstance(found, Failure):
        return _fail(found)
    refused = _write([f"{make_line(line)}\n" for line in found.lines], Target("text", None))
    return found.status if refused is None else _fail(refused)


def _list_inputs(command: Command, target: Target) -> tuple[Path, ...]:
    """The files that this report may not be written over; `fix` prints what is to take the place of its own."""
    configured = (command.policies,) if command.policies is not None else ()
    match command:
        case Preview(program=program, mocks=mocks):
            return (*configured, *((mocks,) if mocks is not None else ()), *program.glob("Pulumi*"), *program.glob("*main*"))
        case Fix(file=file, writing=writing):
            return configured if target is writing.main and target.format in _PRINTED else (*configured, *([Path(file)] if file else ()))
        case Analyze(survey=survey):
            return (*configured, *map(Path, survey.sources))
        case Merge(files=files) | Check(files=files):
            return (*configured, *map(Path, files))
        case _:
            assert_never(command)


def _run(command: Command, configuration: Configuration) -> int:
    match command:
        case Check():
            return _check(command, configuration)
        case Fix():
            return _fix(command, configuration)
        case Analyze():
            return _analyze(command, configuration)
        case Merge():
            return _merge(command)
        case Preview():
            return _preview(command, configuration)
        case _:
            assert_never(command)


def _check(command: Check, configuration: Configuration) -> int:
    files = checking.list_files(command.files)
    if isinstance(files, Failure):
        return _fail(files)
    documents = []
    for name in files:
        document = checking.read_attached(name, command.bucket, command.partition)
        if isinstance(document, Failure):
            return _fail(document)
        documents.append(document)
    certificates = command.writing.certificates is not None
    report = checking.check(tuple(documents), configuration, "check", _now(), certificates=certificates)
    refused = _write_certificates(_list_certificates(report), command._replace(files=files))
    return _report(report, command.writing) if refused is None else _fail(refused)


def _fix(command: Fix, configuration: Configuration) -> int:
    if command.file is None:
        document: checking.Attached | Failure = checking.begin(command.bucket or "", command.partition)
    else:
        document = checking.read_attached(command.file, command.bucket, command.partition, blank=True)
    if isinstance(document, Failure):
        return _fail(document)
    now = _now()
    fixed = checking.fix(document, configuration, now.date(), uploads_only=command.uploads_only)
    if isinstance(fixed, checking.Unrepaired):
        _write_error(f"{name_source(document.file)}: cannot be fixed: {fixed.reason}")
        return _BLOCKED
    for warning in fixed.warnings:
        _write_error(warning)
    writing = command.writing
    report = checking.check((document._replace(text=fixed.text),), configuration, "fix", now)
    if writing.main.format not in _PRINTED:
        return _report(report, writing)
    refused = _write_reports(_render_whole(report), writing, writing.others) or _write([fixed.text], writing.main)
    return _fail(refused) if refused is not None else _PASSED


def _analyze(command: Analyze, configuration: Configuration) -> int:
    now = _now()
    with _show_progress(command.writing) as tell, surveying.survey(command.survey, configuration, now, tell) as found:
        if isinstance(found, Failure):
            return _fail(found)
        refused = _write_certificates(list_certificates(found.collected), command)
        if refused is not None:
            return _fail(refused)
        status = _report_survey(found, command.writing)
        return status if command.ratchet is None else _ratchet(found, command.ratchet, configuration, status)


def _merge(command: Merge) -> int:
    with merging.merge(command.files, _now()) as found:
        return _fail(found) if isinstance(found, Failure) else _report_survey(found, command.writing)


def _report_survey(found: Survey, writing: Writing) -> int:
    """Write the reports on many states, a line on standard error for each that cannot be read, and tell the exit status."""
    for line in found.report.unread:
        _write_error(line)
    if found.report.unread and not found.report.stacks:
        return _WRONG
    strict = found._replace(report=found.report._replace(strict=writing.strict, origin=writing.origin or found.report.origin))
    refused = _write_reports(partial(surveying.render, strict), writing, writing.targets)
    return surveying.find_status(strict) if refused is None else _fail(refused)


def _ratchet(found: Survey, options: RatchetOptions, configuration: Configuration, status: int) -> int:
    """Write exemptions of all present violations; the run was asked for them, so its status is not about them any more."""
    known = read_configuration(options.file) if options.file.exists() else configuration
    if isinstance(known, Failure):
        return _fail(known)
    ratcheted = add_exemptions(known.written, list_buckets(found), options.terms, found.report.date.date())
    refused = _write([json.dumps(ratcheted.configuration, indent=2), "\n"], Target("json", options.file))
    if refused is not None:
        return _fail(refused)
    added = f"{ratcheted.added:,} exemption{'' if ratcheted.added == 1 else 's'} added"
    _write_error(f"{options.file}: {added}; the debt remains, and those with a `document` end when it changes")
    return _WRONG if status == _WRONG else _PASSED


def _preview(command: Preview, configuration: Configuration) -> int:
    with _show_progress(command.writing) as tell:
        run = previewing.preview(
            previewing.RunOptions(
                program=command.program,
                stack=command.stack,
                config=command.config,
                update=command.update,
                command=command.command,
                mocks=command.mocks,
                policies=configuration.written,
            ),
            tell,
        )
        blanks = _list_mocks_targets(command)
        refused = next(filter(None, (_write([render_blanks(run.unanswered)], target) for target in blanks)), None)
        if isinstance(run, Failure):
            return _fail(run)
        if refused is not None:
            return _fail(refused)
        judged = (Judged(run, _name_program(command.program)),)
        report = assemble(judged, configuration, "preview", _now(), _choose_detail(command.writing))
        refused = _write_certificates(_list_certificates(report), command)
        if refused is not None:
            return _fail(refused)
    if run.output and not command.writing.quiet:
        _write_error_text(run.output)
    return _report(report, command.writing)


def _name_program(program: Path) -> str:
    """The folder as seen from here, where it is below: code hosts want paths from the root of the repository."""
    try:
        return str(program.resolve().relative_to(Path.cwd()))
    except (OSError, ValueError):
        return str(program)


def _list_certificates(report: Report) -> Iterator[Certificate]:
    return (certificate for _, bucket in list_told(report) for certificate in bucket.certificates)


def _write_certificates(certificates: Iterable[Certificate], command: Command) -> Failure | None:
    """What keeps the first of them from being written, if anything does; without `--certificates` there are none."""
    folder = command.writing.certificates
    return None if folder is None else write_certificates(folder, certificates, _list_inputs(command, command.writing.main))


def _choose_detail(writing: Writing) -> Detail:
    return "certificates" if writing.certificates is not None else "proofs" if _wants_proofs(writing) else "verdicts"


def _wants_proofs(writing: Writing) -> bool:
    """These list the statements behind every verdict."""
    return any(target.format in ("json", "ndjson", "html") for target in writing.targets)


@contextmanager
def _show_progress(writing: Writing) -> Iterator[Callable[[str], None]]:
    """What is being done, on a terminal only; it is gone when the block ends."""
    if writing.quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(Text(make_line(text)))


def _report(report: Report, writing: Writing) -> int:
    """Write the reports and tell the exit status."""
    strict = report._replace(strict=writing.strict, origin=writing.origin)
    refused = _write_reports(_render_whole(strict), writing, writing.targets)
    return find_status(strict) if refused is None else _fail(refused)


def _render_whole(report: Report) -> Callable[[Format, Screen], Iterable[str]]:
    return lambda chosen, screen: [formats.render(report, chosen, screen)]


def _write_reports(render: Callable[[Format, Screen], Iterable[str]], writing: Writing, targets: tuple[Target, ...]) -> Failure | None:
    """What keeps the first of them from being written, if anything does."""
    written = (_write(render(each.format, _look_at_screen(each, writing)), each) for each in targets)
    return next((refused for refused in written if refused is not None), None)


def _look_at_screen(target: Target, writing: Writing) -> Screen:
    certificates = find_way(writing.certificates, target.path)
    if target.path is not None or not sys.stdout.isatty():
        return Screen(_WIDTH, colour=False, quiet=writing.quiet, certificates=certificates)
    colour = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Screen(shutil.get_terminal_size((_WIDTH, 0)).columns, colour, writing.quiet, certificates)


def _refuse_outputs(command: Command) -> Failure | None:
    """What is wrong with the files to write to, told before any work is done."""
    targets = (*command.writing.targets, *(_list_mocks_targets(command) if isinstance(command, Preview) else ()))
    refused = [_refuse_output(target, _list_inputs(command, target)) for target in targets]
    folder = command.writing.certificates
    if folder is not None:
        refused.append(refuse_folder(folder, _list_inputs(command, command.writing.main), below=isinstance(command, Analyze)))
    if isinstance(command, Analyze) and command.ratchet is not None:
        refused.append(_refuse_output(Target("json", command.ratchet.file), tuple(map(Path, command.survey.sources))))
    return next((each for each in refused if each is not None), None)


def _list_mocks_targets(command: Preview) -> tuple[Target, ...]:
    """Where the table for `--mocks` goes, with a blank for whatever nobody answered."""
    return () if command.write_mocks is None else (Target("json", command.write_mocks),)


def _refuse_output(target: Target, inputs: tuple[Path, ...]) -> Failure | None:
    path = target.path
    if path is None:
        return None
    if path.is_dir():
        return Failure(f"{path}: is a folder; expected: a file to write to")
    if not path.parent.is_dir():
        return Failure(f"{path}: its folder does not exist; expected: a file to write to")
    if any(is_same_file(path, read) or is_state_below(path, read) for read in inputs):
        return Failure(f"{path}: is one of the files that are read; expected: another file to write to")
    return None


def _write(pieces: Iterable[str], target: Target) -> Failure | None:
    if target.path is None:
        return _write_output(pieces, target)
    try:
        write_whole(target.path, (_disarm(text, target).encode("utf-8", "replace") for text in pieces))
    except (OSError, ValueError) as error:
        return Failure(f"{target.path}: {explain_error(error)}; expected: a file to write to")
    return None


def _write_output(pieces: Iterable[str], target: Target) -> Failure | None:
    for text in pieces:
        refused = write_output(_encode(_disarm(text, target), target))
        if refused is not None:
            return Failure(f"standard output: {explain_error(refused)}")
    return None


def _disarm(text: str, target: Target) -> str:
    """Files, too: a job prints them, and some are standard output by another name."""
    return disarm(text, markup=target.format in _MARKUP, own_commands=target.format == "github")


def _encode(text: str, target: Target) -> bytes:
    """Formats for machines are UTF-8 whatever the terminal is; marks that a terminal cannot show become letters."""
    encoding = (sys.stdout.encoding or "utf-8") if target.format == "text" else "utf-8"
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN_MARKS).encode(encoding, "replace")


def _fail(failure: Failure) -> int:
    if failure.output:
        _write_error_text(failure.output)
    _write_error(failure.message)
    return _WRONG


def _write_error(line: str) -> None:
    _write_error_text(make_line(line))


def _write_error_text(text: str) -> None:
    """What a program printed may hold colours, which are dropped, and anything else, which is shown and not done."""
    plain = make_visible(_COLOUR.sub("", text).replace("\t", "    ").replace("\r\n", "\n")).rstrip("\n")
    write_error(f"{disarm(plain)}\n")


def _now() -> datetime:
    """The time of the report in UTC; `SOURCE_DATE_EPOCH` makes it reproducible, where it is a time."""
    try:
        return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "")), timezone.utc)
    except (ValueError, OverflowError, OSError):
        return datetime.now(timezone.utc).replace(microsecond=0)
