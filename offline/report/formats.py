"""One report in each of the formats."""

from collections.abc import Callable, Mapping

from offline.command_line import Format
from offline.report import csv, github, gitlab, html, json, junit, markdown, ndjson, sarif, text
from offline.report.content import Report

_RENDER: Mapping[Format, Callable[[Report], str]] = {
    "json": json.render,
    "ndjson": ndjson.render,
    "sarif": sarif.render,
    "junit": junit.render,
    "markdown": markdown.render,
    "github": github.render,
    "gitlab": gitlab.render,
    "csv": csv.render,
}


def render(report: Report, chosen: Format, screen: text.Screen) -> str:
    """The report as text of this format; only `text` and `html` depend on where it is shown."""
    match chosen:
        case "text":
            return text.render(report, screen)
        case "html":
            return html.render(report, screen.certificates)
        case _:
            return _RENDER[chosen](report)
