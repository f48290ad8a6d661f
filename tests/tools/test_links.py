"""
Every link leads somewhere: into the repository, to a heading of it where it names one, or to a host that is named here.

The repository's own address, which whoever hosts it sets, leads to a file of it or to what a code host adds.
"""

import re
import subprocess
from pathlib import Path

import pytest

from crossguard.pack.rule import REPOSITORY, link
from offline.report.record import SCHEMA
from policies import ALL

ROOT = Path(__file__).resolve().parents[2]
TRACKED = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
PAGES = sorted(ROOT / name for name in TRACKED if name.endswith(".md") and (ROOT / name).exists())
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
_ADDRESS = re.compile(r"https?://[^\s)>`\"'|]+")
#: What is quoted as evidence, and the formats that are kept to.
ELSEWHERE = ("docs.aws.amazon.com", "github.com", "keepachangelog.com", "semver.org")
#: Where the own address stands, beside the code.
OWN = (".github", "docs/ci", "PulumiPolicy.yaml", "offline/report", "action.yml")
#: What a code host adds to a repository, so that no file of it answers.
OF_THE_HOST = ("", ".git", "/security/advisories/new")


def list_anchors(page: Path) -> set[str]:
    """The headings of a page as code hosts name them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """No page of this repository is linked that is not there."""
    links = _LINK.findall(page.read_text(encoding="utf-8"))
    targets = [((page.parent / path).resolve() if path else page, anchor) for path, anchor in links]
    assert [str(target) for target, _ in targets if not target.exists()] == []
    assert [anchor for target, anchor in targets if anchor and anchor not in list_anchors(target)] == []


def test_every_page_of_the_docs_is_on_the_map() -> None:
    """By its name, or with its folder."""
    map_ = ROOT / "docs" / "README.md"
    linked = {(map_.parent / path).resolve() for path, _ in _LINK.findall(map_.read_text(encoding="utf-8"))}
    pages = {path.resolve() for path in (ROOT / "docs").rglob("*.md")} - {map_}
    assert sorted(page.name for page in pages if page not in linked and page.parent not in linked) == []


def list_addresses(path: Path) -> list[str]:
    """What a file links to by its whole address."""
    return [address.rstrip(".,;") for address in _ADDRESS.findall(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_pages_link_to_hosts_that_are_named(page: Path) -> None:
    """A page links to this repository by relative links only, which hold wherever it is hosted."""
    found = list_addresses(page)
    assert [address for address in found if address.split("/")[2] not in ELSEWHERE] == []
    assert [address for address in found if address.startswith(REPOSITORY)] == []


@pytest.mark.parametrize(
    "name", [name for name in TRACKED if name.startswith((".github", "docs/ci", "PulumiPolicy", "offline/report", "action"))]
)
def test_the_own_address_leads_to_a_file_or_is_the_hosts(name: str) -> None:
    """Whoever hosts the repository sets it with tools/set_address.py."""
    rests = [address.removeprefix(REPOSITORY) for address in list_addresses(ROOT / name) if address.startswith(REPOSITORY)]
    files = [rest for rest in rests if rest not in OF_THE_HOST]
    assert [rest for rest in files if not (ROOT / rest.removeprefix("/blob/main/")).is_file()] == []


def test_messages_and_reports_link_to_what_there_is() -> None:
    """Each policy to its page, each report to its schema."""
    addresses = [*(link(rule) for rule in ALL), SCHEMA]
    assert [address for address in addresses if not (ROOT / address.removeprefix(f"{REPOSITORY}/blob/main/")).is_file()] == []
    assert len(set(addresses)) == len(ALL) + 1
