"""Every relative link of every page leads to a file of the repository, and to a heading of it where it names one."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(path for folder in (".", "docs", "docs/decisions", "docs/policies", "examples") for path in (ROOT / folder).glob("*.md"))
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")


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
