"""A state is read as it is stored, and damage is one line."""

import gzip
import sys

import pytest
import zstandard

from offline.fleet.compression import read_text
from offline.run import Failure

TEXT = '{"deployment": null}'


@pytest.mark.parametrize(
    "content",
    [TEXT.encode(), gzip.compress(TEXT.encode()), zstandard.compress(TEXT.encode()), TEXT.encode("utf-16")],
    ids=["plain", "gzip", "zstd", "utf-16"],
)
def test_compression_is_told_by_the_content(content: bytes) -> None:
    """The name of the file is not asked."""
    assert read_text(content, "a.json").lstrip("\ufeff") == TEXT  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "content", [gzip.compress(TEXT.encode())[:-9], b"\x1f\x8bnone", b"\x28\xb5\x2f\xfdnone"], ids=["gzip cut short", "no gzip", "no zstd"]
)
def test_damage_is_one_line(content: bytes) -> None:
    """Whatever the library throws."""
    assert read_text(content, "a.json") == Failure("a.json: its compressed content is damaged; expected: what `pulumi stack export` prints")


@pytest.mark.parametrize("pack", [lambda content: content, gzip.compress, zstandard.compress], ids=["plain", "gzip", "zstd"])
def test_a_bomb_is_refused(monkeypatch: pytest.MonkeyPatch, pack: object) -> None:
    """What is small on disk may not fill the memory."""
    monkeypatch.setattr("offline.fleet.compression.MOST_BYTES", 100)
    found = read_text(pack(b" " * 101), "a.json")  # type: ignore[operator]
    assert isinstance(found, Failure)
    assert "larger than" in found.message


def test_an_empty_state_is_refused() -> None:
    """It is not an empty stack."""
    assert read_text(gzip.compress(b" \n"), "-") == Failure("standard input: is empty; expected: what `pulumi stack export` prints")


def test_zstandard_is_needed_for_zstd_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The line names the package and how to get it."""
    content = zstandard.compress(TEXT.encode())
    monkeypatch.setitem(sys.modules, "zstandard", None)
    assert read_text(content, "a.json") == Failure("a.json: needs the package `zstandard`; expected: pip install -r requirements-fleet.txt")
