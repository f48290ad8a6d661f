"""One report in each of the formats."""

from typing_extensions import assert_never

from offline.command_line import Format
from offline.report import html, json, junit, ndjson, sarif, text
from offline.report.content import Report


def render(report: Report, chosen: Format, screen: text.Screen) -> str:
    """The report as text of this format; only `text` depends on the screen."""
    match chosen:
        case "text":
            return text.render(report, screen)
        case "json":
            return json.render(report)
        case "ndjson":
            return ndjson.render(report)
        case "sarif":
            return sarif.render(report)
        case "junit":
            return junit.render(report)
        case "html":
            return html.render(report)
        case _:
            assert_never(chosen)
