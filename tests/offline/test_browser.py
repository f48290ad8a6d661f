"""The HTML report in a real browser: laid out, readable, and inert."""

import struct
import subprocess
from pathlib import Path

import pytest

from benchmarks.bench_browser import FLAGS, find_browser, write_report
from offline.report import html
from offline.report.content import Report
from tests.offline.test_reports import HOSTILE, SAMPLES, report_on, say

pytestmark = pytest.mark.e2e
MEASURE = """<script>
const outside = (one) => !one.closest("table") && one.getBoundingClientRect().right > innerWidth + 1;
const wide = [...document.querySelectorAll("body *")].filter(outside);
document.body.dataset.wide = wide.map((one) => one.tagName).join();
document.body.dataset.scroll = document.documentElement.scrollWidth - innerWidth;
document.body.dataset.font = getComputedStyle(document.querySelector("h1")).fontSize;
</script></body>"""


@pytest.fixture(scope="session")
def browser() -> str:
    """Chromium, by whatever name it is installed."""
    found = find_browser()
    assert found is not None, "Chromium is needed (on Debian: apt-get install chromium)"
    return found


def browse(browser: str, folder: Path, page: str, *arguments: str) -> str:
    """What Chromium prints when it opens this page with a profile of its own."""
    path = folder / "report.html"
    path.write_text(page, encoding="utf-8")
    command = [browser, *FLAGS, f"--user-data-dir={folder / 'profile'}", *arguments, path.as_uri()]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120).stdout


def let_run(page: str) -> str:
    """The page with a policy that lets a script of the test's own run."""
    return page.replace("default-src 'none'; style-src 'unsafe-inline'", "script-src 'unsafe-inline'; style-src 'unsafe-inline'")


def measure(browser: str, folder: Path, report: Report, width: int) -> str:
    """The page's DOM after a script of the test's own has measured it, which the page itself would not let run."""
    page = let_run(html.render(report)).replace("</body>", MEASURE)
    return browse(browser, folder, page, "--dump-dom", f"--window-size={width},900")


@pytest.mark.parametrize("width", [500, 800, 1280])
@pytest.mark.parametrize("name", ["everything", "hostile"])
def test_nothing_sticks_out(browser: str, tmp_path: Path, name: str, width: int) -> None:
    """On a phone as on a desk the page never scrolls sideways (a table may, by itself), and the style sheet is in force."""
    dom = measure(browser, tmp_path, SAMPLES[name], width)

    assert 'data-wide=""' in dom
    assert 'data-scroll="0"' in dom
    assert 'data-font="30px"' in dom


def test_a_hostile_report_runs_nothing(browser: str, tmp_path: Path) -> None:
    """Scripts in names stay text, and the page's own policy forbids any that would not."""
    trap = "<img src=x onerror=document.title='owned'><script>document.title='owned'</script>"
    page = html.render(report_on(say("violation", trap + HOSTILE), label=trap, subject=trap))
    dom = browse(browser, tmp_path, page.replace("</body>", "<script>document.title='owned'</script></body>"), "--dump-dom")

    assert "<title>s3-encryption-guard: " in dom
    assert "<title>owned" not in dom
    assert "<img" not in dom


def test_the_page_is_painted(browser: str, tmp_path: Path) -> None:
    """A screenshot has the size of the window and is not blank."""
    browse(browser, tmp_path, html.render(SAMPLES["everything"]), f"--screenshot={tmp_path / 'shot.png'}", "--window-size=1280,1600")
    picture = (tmp_path / "shot.png").read_bytes()

    assert struct.unpack(">II", picture[16:24]) == (1280, 1600)
    assert len(picture) > 30_000


def test_the_page_prints(browser: str, tmp_path: Path) -> None:
    """On paper it is a document of several pages at most, not one per element."""
    browse(browser, tmp_path, html.render(SAMPLES["everything"]), f"--print-to-pdf={tmp_path / 'report.pdf'}", "--no-pdf-header-footer")
    pages = (tmp_path / "report.pdf").read_bytes().count(b"/Type /Page\n")

    assert 1 <= pages <= 8


def test_ten_thousand_buckets_open(browser: str, tmp_path: Path) -> None:
    """The report on a hundred stacks, from the command itself, is read and laid out to its last bucket; `make bench` says how fast."""
    report = write_report(tmp_path)
    dom = browse(browser, tmp_path, let_run(report.read_text("utf-8")).replace("</body>", MEASURE), "--dump-dom")
    assert dom.count('<tr id="bucket-') == 10_000
    assert 'data-font="30px"' in dom
