"""
Write the address of the repository into every file that names it, for whoever hosts the project somewhere else.

    python tools/set_address.py https://git.example.com/team/s3-encryption-guard

It stands in `crossguard/pack/rule.py` (`REPOSITORY`), which is where the code takes it from; a test holds the other files to it.
Afterwards run tools/refresh_snapshots.py and `make docs`: messages end with links.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_OWN = re.compile(r'^REPOSITORY = "https://([^"]+)"', re.MULTILINE)
_ADDRESS = re.compile(r"https://[\w.-]+/[\w.-]+/[\w.-]+")


def main() -> int:
    """0 when the address stands everywhere."""
    if len(sys.argv) != 2 or not _ADDRESS.fullmatch(sys.argv[1]):  # noqa: PLR2004  the command and its argument
        print((__doc__ or "").strip(), file=sys.stderr)
        return 2
    old, new = read_address(ROOT), sys.argv[1].removeprefix("https://").removesuffix(".git")
    for path in list_files(ROOT):
        text = path.read_text("utf-8")
        changed = text.replace(old, new).replace(f"repository: {old.partition('/')[2]}\n", f"repository: {new.partition('/')[2]}\n")
        if changed != text:
            path.write_text(changed, "utf-8")
            print(path.relative_to(ROOT))
    return 0


def read_address(root: Path) -> str:
    """Host, owner and name of the repository."""
    found = _OWN.search((root / "crossguard" / "pack" / "rule.py").read_text("utf-8"))
    return found[1] if found else ""


def list_files(root: Path) -> list[Path]:
    """The text files that Git knows."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root, capture_output=True, check=True
    )
    paths = [root / name for name in names.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink() and b"\0" not in path.read_bytes()[:4096]]


if __name__ == "__main__":
    sys.exit(main())
