"""What every verdict of a run depends on besides the states: version, tables, code, configuration, and which exemptions have ended."""

import hashlib
import json
from datetime import date
from pathlib import Path

from offline.configuration import Configuration
from offline.pack_info import ROOT

#: What a verdict is made by.
PACKAGES = ("bucketpolicy", "crossguard", "policies", "offline")


def describe_context(configuration: Configuration, today: date, *, certificates: bool = False) -> str:
    """A hash that changes whenever the same state could get another verdict, and with whether proofs are kept as well."""
    ended = [
        exemption.expires < today
        for configured in configuration.policies
        for exemption in configured.settings.exemptions
        if exemption.expires is not None
    ]
    written = json.dumps([configuration.written, ended, certificates], sort_keys=True)
    return hashlib.sha256(f"{hash_code(ROOT)}{written}".encode()).hexdigest()


def hash_code(root: Path) -> str:
    """A hash of all that judges: its code, its tables and its version."""
    digest = hashlib.sha256((root / "PulumiPolicy.yaml").read_bytes())
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
