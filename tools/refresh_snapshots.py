"""Write the pinned texts of all messages anew: tests/snapshots. `--check` fails where one is out of date, and writes nothing."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SNAPSHOTS = ROOT / "tests" / "snapshots"
sys.path.insert(0, str(ROOT))

from tests.crossguard.kinds import render_all  # noqa: E402  the checkout is not installed


def main() -> int:
    """0 when every snapshot is up to date, or has been brought up to date."""
    check = "--check" in sys.argv[1:]
    texts = {SNAPSHOTS / f"{name}.txt": f"{text}\n" for name, text in render_all().items()}
    pinned = {path: path.read_text(encoding="utf-8") for path in sorted(SNAPSHOTS.glob("*.txt"))}
    stale = sorted(path.name for path in {*texts, *pinned} if texts.get(path) != pinned.get(path))
    if not check:
        write(texts, pinned)
        print("\n".join(f"refreshed {name}" for name in stale) or "all up to date")
    elif stale:
        print(f"{', '.join(stale)}: not what the messages say; run: python tools/refresh_snapshots.py", file=sys.stderr)
        return 1
    return 0


def write(texts: dict[Path, str], pinned: dict[Path, str]) -> None:
    """Write what is said, and remove what is not said any more."""
    SNAPSHOTS.mkdir(exist_ok=True)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    for path in pinned.keys() - texts.keys():
        path.unlink()


if __name__ == "__main__":
    sys.exit(main())
