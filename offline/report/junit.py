"""
The report as JUnit XML, for the test view of CI systems.

A suite for each policy, a case for each place: a mandatory violation fails, an exemption is skipped with its reason, and what is only
advisory passes with its text as output. A blind spot is an error where it keeps the report from passing.
"""

from collections.abc import Iterator
from xml.etree import ElementTree as ET

from offline.report.content import Report, Result, find_status, list_blind_spots, list_buckets, list_results, name_stack
from offline.report.prose import has_stacks, say_exemption, say_proof
from offline.report.visible import make_line, make_visible


def render(report: Report) -> str:
    """The report as an XML document."""
    root = ET.Element("testsuites", name=make_line(report.pack))
    root.extend(_list_suites(report))
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.attrib[name]) for suite in root)))
    root.set("time", "0")
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _list_suites(report: Report) -> Iterator[ET.Element]:
    results = tuple(result for result in list_results(report) if result.outcome != "not-applicable")
    for policy in report.policies:
        own = tuple(result for result in results if result.policy == policy.name)
        if own:
            yield _write_suite(policy.name, own, report)
    spots = tuple(list_blind_spots(report))
    if spots:
        yield _write_blind_spots(spots, counts=find_status(report) == 3)  # noqa: PLR2004  the status of blind spots


def _write_suite(policy: str, results: tuple[Result, ...], report: Report) -> ET.Element:
    moment = report.date.strftime("%Y-%m-%dT%H:%M:%S")
    suite = ET.Element("testsuite", {"name": make_line(policy), "timestamp": moment} | _count(results))
    labels = {
        id(result): f"{name_stack(stack)} {bucket.label}" if has_stacks(report) else bucket.label
        for stack, bucket in list_buckets(report)
        for result in bucket.results
    }
    for result in results:
        suite.append(_write_case(result, labels.get(id(result), "")))
    return suite


def _write_blind_spots(spots: tuple[str, ...], *, counts: bool) -> ET.Element:
    number = str(len(spots))
    suite = ET.Element(
        "testsuite", name="blind spots", tests=number, failures="0", errors=number if counts else "0", skipped="0" if counts else number
    )
    for spot in spots:
        case = ET.SubElement(suite, "testcase", classname="blind spots", name=make_line(spot), time="0")
        ET.SubElement(case, "error" if counts else "skipped", message="not looked into")
    return suite


def _write_case(result: Result, label: str) -> ET.Element:
    place = result.place
    name = " ".join(part for part in dict.fromkeys((label, place.name or place.file)) if part)
    case = ET.Element("testcase", classname=make_line(result.policy), name=make_line(name or result.policy), time="0")
    if place.file:
        case.set("file", make_line(place.file))
    message = make_visible("\n".join(part for part in (result.message, result.remark) if part))
    match result.outcome:
        case "violation":
            first = message.split("\n", 1)[0]
            ET.SubElement(case, "failure", message=first, type="mandatory").text = message
        case "exempt" if result.exemption is not None:
            ET.SubElement(case, "skipped", message=make_line(say_exemption(result.exemption)))
        case "compliant":
            ET.SubElement(case, "system-out").text = make_visible("\n".join(part for part in (say_proof(result), result.remark) if part))
        case _:
            ET.SubElement(case, "system-out").text = f"{result.outcome}: {message}"
    return case


def _count(results: tuple[Result, ...]) -> dict[str, str]:
    outcomes = [result.outcome for result in results]
    return {
        "tests": str(len(outcomes)),
        "failures": str(outcomes.count("violation")),
        "errors": "0",
        "skipped": str(outcomes.count("exempt")),
        "time": "0",
    }
