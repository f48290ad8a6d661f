"""
Produce the outputs that README and docs show, by running the commands that stand above them.

A block is `<!-- run: COMMAND -->` (or `<!-- run: COMMAND # exits N -->`), then a fenced block holding what the command prints.
`--check` runs the commands and fails where a page shows something else.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"<!-- run: (?P<command>[^\n]*?)(?: # exits (?P<status>\d+))? -->\n(?P<fence>```\w*)\n(?P<output>.*?)```\n", re.DOTALL)


def main() -> int:
    """0 when every page is up to date, or has been brought up to date."""
    check = "--check" in sys.argv[1:]
    stale = [page for page in find_pages() if not refresh(page, write=not check)]
    if check and stale:
        names = ", ".join(str(page.relative_to(ROOT)) for page in stale)
        print(f"{names}: shows other output than its commands print; run: make docs", file=sys.stderr)
        return 1
    return 0


def find_pages() -> Iterator[Path]:
    """README, that of the examples, and every page of docs."""
    yield ROOT / "README.md"
    yield ROOT / "examples" / "README.md"
    yield from sorted((ROOT / "docs").rglob("*.md"))


def refresh(page: Path, *, write: bool) -> bool:
    """Run the commands of one page; gives whether it was up to date."""
    text = page.read_text(encoding="utf-8")
    fresh = BLOCK.sub(render_block, text)
    if fresh != text and write:
        page.write_text(fresh, encoding="utf-8")
    return fresh == text


def render_block(block: re.Match[str]) -> str:
    """The block with the output that its command has now; raises where the exit status is another one than the page says."""
    command = [sys.executable if word == "python" else word for word in shlex.split(block["command"])]
    process = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if process.returncode != int(block["status"] or 0):
        message = f"`{block['command']}` ended with exit status {process.returncode}\n{process.stderr}"
        raise SystemExit(message)
    head = block[0][: block.start("output") - block.start(0)]
    lines = (line.rstrip() for line in process.stdout.strip().splitlines())
    return head + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    sys.exit(main())
