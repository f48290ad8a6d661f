"""
The report as GitHub's workflow commands: what does not pass becomes an annotation at its line, as soon as a job prints it.

A mandatory violation is an error, an advisory one a warning, what is not known, or denied by a layer above the bucket, a notice.
"""

from collections.abc import Iterator

from offline.files import STDIN, name_source
from offline.report.content import Outcome, Report, Result, list_blind_spots, name_stack
from offline.report.prose import has_stacks, is_layered, say_verdict, shorten
from offline.report.visible import make_line, make_visible

_COMMANDS: dict[Outcome, str] = {"violation": "error", "advisory": "warning", "unknown": "notice"}


def render(report: Report) -> str:
    """A line for each annotation, and the totals."""
    return "".join(f"{line}\n" for line in (*_list_commands(report), make_line(say_verdict(report))))


def _list_commands(report: Report) -> Iterator[str]:
    for stack in report.stacks:
        labelled = [(bucket.label, result) for bucket in stack.buckets for result in bucket.results]
        for label, result in (*labelled, *(("", result) for result in stack.others)):
            if result.outcome in _COMMANDS or is_layered(result):
                yield _write_command(result, (name_stack(stack) if has_stacks(report) else "", label))
    for line in (*(f"not looked into: {spot}" for spot in list_blind_spots(report)), *(f"not read: {line}" for line in report.unread)):
        yield f"::warning title=S3 bucket policies::{_escape(line)}"


def _write_command(result: Result, subject: tuple[str, ...]) -> str:
    place = result.place
    known = {"file": place.file, "line": str(place.line or 1)} if place.file and place.file != name_source(STDIN) else {}
    title = " ".join(part for part in (*subject, shorten(result.policy).replace("-", " ")) if part)
    properties = ",".join(f"{name}={_escape_property(value)}" for name, value in {**known, "title": title}.items())
    message = "\n".join(part for part in (result.message, result.remark) if part)
    return f"::{_COMMANDS.get(result.outcome, 'notice')} {properties}::{_escape(message)}"


def _escape(text: str) -> str:
    """As GitHub's own toolkit escapes the data of a command."""
    return make_visible(text).replace("%", "%25").replace("\n", "%0A")


def _escape_property(text: str) -> str:
    return _escape(make_line(text)).replace(":", "%3A").replace(",", "%2C")
