"""A verdict is recalled for the same content and context only, and damage costs nothing but time."""

from datetime import date
from pathlib import Path

import pytest

from offline.configuration import Configuration, interpret
from offline.fleet.cache import Cache, keep, recall
from offline.fleet.context import describe_context, hash_code

TODAY = date(2026, 11, 27)


def configure(**uploads: object) -> Configuration:
    """A configuration of the upload policy."""
    found = interpret({"aws-s3-bucket-policy-denies-unencrypted-uploads": {"enforcementLevel": "mandatory", **uploads}}, "test")
    assert isinstance(found, Configuration)
    return found


def test_what_was_kept_is_recalled(tmp_path: Path) -> None:
    """Under its own name, and under no other content, context or source."""
    cache = Cache(tmp_path, "context")
    keep(cache.locate(b"content", "a.json"), "text \u20ac")
    assert recall(cache.locate(b"content", "a.json")) == "text \u20ac"
    others = [cache.locate(b"other", "a.json"), cache.locate(b"content", "b.json"), Cache(tmp_path, "new").locate(b"content", "a.json")]
    assert [recall(entry) for entry in others] == [None, None, None]


@pytest.mark.parametrize("damage", [b"", b"x", None])
def test_a_damaged_entry_is_none(tmp_path: Path, damage: bytes | None) -> None:
    """Cut short, overwritten, or half of it."""
    entry = Cache(tmp_path, "").locate(b"content", "a.json")
    keep(entry, "text" * 100)
    entry.write_bytes(entry.read_bytes()[:-5] if damage is None else damage)
    assert recall(entry) is None


def test_a_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """The run goes on without it."""
    (tmp_path / "file").touch()
    entry = Cache(tmp_path / "file", "").locate(b"content", "a.json")
    keep(entry, "text")
    assert recall(entry) is None


def test_the_context_changes_with_all_that_can_change_a_verdict(tmp_path: Path) -> None:
    """Configuration, an exemption that has ended, and the code itself; not a day by itself."""
    exemption = {"bucket": "logs", "reason": "r", "expires": "2026-11-27"}
    exempt = configure(exemptions=[exemption])
    same = describe_context(exempt, TODAY)
    assert describe_context(exempt, date(2026, 11, 1)) == same
    assert describe_context(exempt, date(2026, 11, 28)) != same
    assert describe_context(configure(exemptions=[{**exemption, "expires": "2026-11-28"}]), TODAY) != same
    assert describe_context(configure(exemptions=[{"bucket": "logs", "reason": "r"}]), TODAY) != same
    (tmp_path / "PulumiPolicy.yaml").write_text("version: 1")
    before = hash_code(tmp_path)
    (tmp_path / "offline").mkdir()
    (tmp_path / "offline" / "new.py").write_text("")
    assert hash_code(tmp_path) != before
