"""
Build what a release consists of: the tarball that `pulumi policy publish` would upload, checksums, notes, and a list of components.

    python tools/release.py dist                        # of what Git has at HEAD
    python tools/release.py dist --tag v0.2.0 --sbom    # as the release workflow does

The same commit gives the same bytes. Exit status 1 where the tag is not the version in PulumiPolicy.yaml, or CHANGELOG.md does not
mention that version.
"""

import argparse
import gzip
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NAME = "s3-encryption-guard"
#: What Pulumi calls the folder inside.
PREFIX = "package"


def main() -> int:
    """0 when everything is built."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tag")
    parser.add_argument("--sbom", action="store_true", help="a CycloneDX list of a running pack's packages; needs a package index")
    options = parser.parse_args()
    version = read_version(ROOT)
    notes = read_notes(ROOT, version)
    if options.tag not in (None, f"v{version}") or notes is None:
        print(f"the version is {version}, and CHANGELOG.md needs a heading for it; the tag must be v{version}", file=sys.stderr)
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    built = [write(options.folder / f"{NAME}-{version}.tar.gz", pack(ROOT))]
    if options.sbom:
        built.append(write(options.folder / f"{NAME}-{version}.cdx.json", list_components(ROOT)))
    sums = "".join(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built)
    write(options.folder / "SHA256SUMS", sums.encode())
    write(options.folder / "NOTES.md", notes.encode())
    return 0


def read_version(root: Path) -> str:
    """The version, which stands in PulumiPolicy.yaml and nowhere else."""
    found = re.search(r"^version: (\S+)$", (root / "PulumiPolicy.yaml").read_text("utf-8"), re.MULTILINE)
    return found[1] if found else "none"


def read_notes(root: Path, version: str) -> str | None:
    """What CHANGELOG.md says of a version."""
    text = (root / "CHANGELOG.md").read_text("utf-8")
    found = re.search(rf"^## {re.escape(version)}\b[^\n]*\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    return found[1].strip() + "\n" if found else None


def pack(root: Path) -> bytes:
    """A tarball of the files of HEAD, with the time of its commit."""
    plain = subprocess.run(
        ["git", "archive", "--format=tar", f"--prefix={PREFIX}/", "HEAD"], cwd=root, capture_output=True, check=True
    ).stdout
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
        file.write(plain)
    return packed.getvalue()


def list_components(root: Path) -> bytes:
    """The packages of a fresh environment of the running pack, as CycloneDX JSON."""
    with tempfile.TemporaryDirectory() as folder:
        environment, tool = Path(folder, "pack"), Path(folder, "tool")
        wanted: list[tuple[Path, list[str]]] = [(environment, ["-r", str(root / "requirements.txt")]), (tool, ["cyclonedx-bom>=7,<8"])]
        for venv, arguments in wanted:
            subprocess.run([sys.executable, "-m", "venv", venv], check=True)
            subprocess.run(
                [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *arguments], check=True
            )
        listing = (tool / "bin" / "cyclonedx-py", "environment", "--output-reproducible", "--of", "JSON", environment / "bin" / "python")
        return subprocess.run(listing, capture_output=True, check=True).stdout


def write(path: Path, content: bytes) -> Path:
    """The path, once its content is there."""
    path.write_bytes(content)
    print(path)
    return path


def list_files(archive: bytes) -> list[str]:
    """The files inside a tarball, without the folder that they are in."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        return sorted(member.name.removeprefix(f"{PREFIX}/") for member in tar if member.isfile())


if __name__ == "__main__":
    sys.exit(main())
