"""What is so about the checkout that runs: where it is, what it is called, its version."""

import re
from pathlib import Path

PACK = "s3-encryption-guard"
ROOT = Path(__file__).resolve().parent.parent
URL = "https://github.com/s3-encryption-guard/s3-encryption-guard"


def read_version() -> str:
    """The version in PulumiPolicy.yaml, which is what Pulumi shows as well."""
    text = (ROOT / "PulumiPolicy.yaml").read_text(encoding="utf-8")
    found = re.search(r"^version:\s*[\"']?([0-9A-Za-z.+-]+)", text, re.MULTILINE)
    return found[1] if found else "0.0.0"
