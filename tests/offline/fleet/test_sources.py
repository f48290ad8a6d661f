"""Every source gives its states, and nothing else, in a fixed order; what cannot be read is one line."""

import io
import sys
from pathlib import Path
from uuid import uuid4

import fsspec
import pytest

from offline.fleet.sources import Item, list_items, read_item, translate
from offline.run import Failure


def fill(root: Path, *names: str) -> None:
    """Write files that each hold their own name."""
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


def places(source: str) -> list[str]:
    """The places of the states in a source."""
    items = list_items(source)
    assert not isinstance(items, Failure), items
    return [item.place for item in items]


def only(source: str) -> Item:
    """The one state of a source."""
    items = list_items(source)
    assert not isinstance(items, Failure)
    (item,) = items
    return item


BACKEND = (
    ".pulumi/meta.yaml",
    ".pulumi/stacks/shop/prod.json",
    ".pulumi/stacks/shop/prod.json.bak",
    ".pulumi/stacks/shop/prod.json.attrs",
    ".pulumi/stacks/shop/dev.json.gz",
    ".pulumi/stacks/web/prod.json.zst",
    ".pulumi/stacks/web/prod.json.zst.bak",
    ".pulumi/history/shop/prod/prod-1.checkpoint.json",
    ".pulumi/backups/shop/prod/prod.1.json",
    ".pulumi/locks/shop/prod/x.json",
)
STACKS = ["shop/dev.json.gz", "shop/prod.json", "web/prod.json.zst"]


@pytest.mark.parametrize("below", ["", ".pulumi", ".pulumi/stacks"])
@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_back_end_is_its_current_states(tmp_path: Path, below: str, scheme: str) -> None:
    """Backups, attributes, history and locks are not current states; any of its upper folders may be named."""
    fill(tmp_path, *BACKEND)
    assert places(f"{scheme}{tmp_path / below}") == STACKS


def test_the_old_layout_has_no_projects(tmp_path: Path) -> None:
    """Stacks lie directly below `stacks`."""
    fill(tmp_path, ".pulumi/stacks/prod.json", ".pulumi/stacks/dev.json")
    assert places(str(tmp_path)) == ["dev.json", "prod.json"]


def test_a_plain_folder_is_every_state_below_it(tmp_path: Path) -> None:
    """Hidden folders and other files are left out."""
    fill(tmp_path, "b.json", "a/x.json.gz", ".git/x.json", "notes.md")
    assert places(str(tmp_path)) == ["a/x.json.gz", "b.json"]


def test_a_file_is_one_state_whatever_it_is_called(tmp_path: Path) -> None:
    """Its name is what reports call it."""
    fill(tmp_path, "export")
    assert list_items(str(tmp_path / "export")) == (Item(str(tmp_path / "export"), "export", str(tmp_path / "export")),)


def test_the_home_folder_may_be_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`file://~` is where `pulumi login --local` keeps its states."""
    monkeypatch.setenv("HOME", str(tmp_path))
    fill(tmp_path, ".pulumi/stacks/shop/my stack.json")
    assert places("file://~?no_tmp_dir=true") == ["shop/my stack.json"]


def test_standard_input_is_one_state(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is read and left open."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}")))
    item = only("-")
    assert (read_item(item), sys.stdin.closed) == (b"{}", False)


def test_an_empty_folder_is_not_a_clean_pass(tmp_path: Path) -> None:
    """Nothing to judge is told, with what was looked for."""
    (tmp_path / ".pulumi").mkdir()
    assert list_items(str(tmp_path)) == Failure(f"{tmp_path}: no state in it; expected: files that end with .json, .json.gz, .json.zst")


def test_a_folder_that_cannot_be_listed_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the states is never taken for all of them."""

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("os.scandir", refuse)
    found = list_items(str(tmp_path))
    assert isinstance(found, Failure)
    assert found.message.startswith(f"{tmp_path}: permission denied; expected: ")


def test_a_file_that_is_not_there_fails(tmp_path: Path) -> None:
    """One line, with the name."""
    item = only(str(tmp_path / "absent.json"))
    assert read_item(item) == Failure(f"{tmp_path}/absent.json: no such file or directory; expected: what `pulumi stack export` prints")


def test_a_state_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is kept in memory whole."""
    monkeypatch.setattr("offline.fleet.sources.MOST_BYTES", 2)
    fill(tmp_path, "large.json")
    item = only(str(tmp_path / "large.json"))
    found = read_item(item)
    assert isinstance(found, Failure)
    assert "larger than 0 MB" in found.message


def test_a_store_is_read_as_a_folder_is() -> None:
    """Through fsspec: its store in memory stands for all of them."""
    root = f"memory://{uuid4()}"
    store = fsspec.filesystem("memory")
    for name in BACKEND:
        store.pipe(f"{root}/{name}", name.encode())
    items = list_items(f"{root}/?unused=1")
    assert not isinstance(items, Failure)
    assert [(item.place, read_item(item)) for item in items] == [(place, f".pulumi/stacks/{place}".encode()) for place in STACKS]
    assert items[0].where == f"{root}/.pulumi/stacks/shop/dev.json.gz"
    assert places(f"{root}/.pulumi") == STACKS
    assert places(f"{root}/.pulumi/stacks/shop/prod.json") == ["prod.json"]


def test_a_plain_folder_in_a_store() -> None:
    """Exports that somebody has put there, hidden ones left out."""
    root = f"memory://{uuid4()}"
    store = fsspec.filesystem("memory")
    for name in ("a.json", ".old/b.json", "c.txt"):
        store.pipe(f"{root}/{name}", b"{}")
    assert places(root) == ["a.json"]
    assert isinstance(list_items(f"memory://{uuid4()}"), Failure)


def test_an_object_that_is_gone_fails() -> None:
    """A store's own errors become one line without their text."""
    found = read_item(Item("memory://x/a.json", "a.json", "/gone.json", "memory://x"))
    assert isinstance(found, Failure)
    assert found.message.startswith("memory://x/a.json: ")


def test_an_unknown_store_fails() -> None:
    """Pulumi knows some that fsspec does not."""
    found = list_items("postgres://user@host/db")
    assert isinstance(found, Failure)
    assert found.message.startswith("postgres://user@host/db: ")


@pytest.mark.parametrize(
    "call", [lambda: list_items("s3://bucket"), lambda: read_item(Item("s3://b/a.json", "a.json", "b/a.json", "s3://b"))]
)
def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch, call: object) -> None:
    """Only remote sources need fsspec, and the line says how to get it."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    found = call()  # type: ignore[operator]
    assert isinstance(found, Failure)
    assert "needs the package `fsspec.core`; expected: pip install -r requirements-fleet.txt" in found.message


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "s3://states/a?region=eu-west-1&profile=audit",
            ("s3://states/a", {"client_kwargs": {"region_name": "eu-west-1"}, "profile": "audit"}),
        ),
        (
            "s3://states?endpoint=localhost:9000&disableSSL=true&s3ForcePathStyle=true",
            (
                "s3://states",
                {"client_kwargs": {"endpoint_url": "http://localhost:9000"}, "config_kwargs": {"s3": {"addressing_style": "path"}}},
            ),
        ),
        ("s3://states?endpoint=https://minio", ("s3://states", {"client_kwargs": {"endpoint_url": "https://minio"}})),
        ("s3://states?endpoint=minio", ("s3://states", {"client_kwargs": {"endpoint_url": "https://minio"}})),
        ("s3://states", ("s3://states", {})),
        ("azblob://states/a?storage_account=acme", ("abfs://states/a", {"account_name": "acme"})),
        ("gs://states/a", ("gs://states/a", {})),
    ],
)
def test_a_url_of_pulumi_is_one_of_fsspec(url: str, expected: object) -> None:
    """With the parameters that `pulumi login` takes."""
    assert translate(url) == expected


def test_the_account_of_azure_may_be_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """As Pulumi reads it."""
    monkeypatch.setenv("AZURE_STORAGE_ACCOUNT", "acme")
    assert translate("azblob://states") == ("abfs://states", {"account_name": "acme"})
    monkeypatch.delenv("AZURE_STORAGE_ACCOUNT")
    assert translate("azblob://states") == ("abfs://states", {})
