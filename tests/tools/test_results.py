"""What `make results` writes, and that what the docs say of the SDK can be reproduced."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from benchmarks import results
from benchmarks.growth import write_statements, write_text
from benchmarks.plot import draw
from bucketpolicy.document import Document
from bucketpolicy.parse import parse

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def test_the_sdk_converts_a_request_once_more_for_each_policy() -> None:
    """As docs/performance.md says; where a later SDK does not, its report is out of date."""
    script = ROOT / "benchmarks" / "conversions.py"
    done = subprocess.run([sys.executable, str(script), "5"], capture_output=True, text=True, check=True)
    rows = [line.split() for line in done.stdout.splitlines()[2:]]
    assert [(row[0], row[1], row[3], row[4]) for row in rows] == [
        (str(policies), str(2 * policies), str(policies), str(2 * 5 * policies)) for policies in (1, 2, 4, 8)
    ]


def test_a_page_tells_outcome_method_and_load(capfd: pytest.CaptureFixture[str]) -> None:
    """Of each benchmark, and of which commit they are."""
    bench = results.Bench("conversions", "The SDK", ("5",))
    page = "\n".join(results.write([results.run(bench), results.Outcome(bench, 1, "late\n", (0.5, 2.0), 3.0)]))
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    assert f"* Commit {commit}" in page
    assert "## The SDK\n\nHow often pulumi-policy converts the same request" in page
    assert "`benchmarks/conversions.py 5`: within every limit;" in page
    assert "`benchmarks/conversions.py 5`: **a limit was missed**; 3 s, load 0.5 to 2.0\n\n```text\nlate\n```" in page
    assert str(ROOT) not in page
    assert capfd.readouterr().err == "== conversions\n"


def test_every_benchmark_of_the_page_is_there() -> None:
    """A script of that name with a docstring, which the page quotes; and `make bench` has none that the page lacks."""
    scripts = {bench.script for bench in results.BENCHES}
    assert [name for name in sorted(scripts) if not (ROOT / "benchmarks" / f"{name}.py").read_text("utf-8").startswith('"""\n')] == []
    assert {path.stem for path in (ROOT / "benchmarks").glob("bench_*.py")} - scripts == set()


def test_a_plot_has_all_points_inside_its_frame() -> None:
    """It is an image that says what it shows."""
    image = ET.fromstring(draw([(0.2, 1.5), (3, 2.0), (20.0, 7.25)], "kilobytes of a document", "ms"))  # noqa: S314  our own text
    circles = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in image.iter(f"{SVG}circle")]
    texts = [text.text for text in image.iter(f"{SVG}text")]
    assert (len(circles), all(0 < x < 640 and 0 < y < 400 for x, y in circles)) == (3, True)
    assert [text for text in ("kilobytes of a document", "0.1", "10", "100", "7.25 ms", "1 ms") if text not in texts] == []


@pytest.mark.parametrize("text", [write_statements(1), write_statements(180), write_text(0.2), write_text(20)], ids=str.__len__)
def test_documents_that_grow_are_documents(text: str) -> None:
    """As large as S3 takes them, and not larger."""
    assert (isinstance(parse(text), Document), len(text) <= 20_480) == (True, True)
