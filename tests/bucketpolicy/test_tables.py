"""The generated tables: pinned, right where it matters, and as the data says."""

import runpy
import sys
from pathlib import Path

import pytest

from bucketpolicy.tables import actions, keys
from bucketpolicy.tables.actions import BUCKET_ACTIONS, OBJECT_ACTIONS
from bucketpolicy.tables.keys import Key, applies, find_key

ROOT = Path(__file__).resolve().parents[2]
TOOL = str(ROOT / "tools" / "make_tables.py")


def test_actions_are_those_of_objects_and_of_buckets() -> None:
    """The two tuples are sorted, and say on what each action is asked."""
    assert list(OBJECT_ACTIONS) == sorted(OBJECT_ACTIONS)
    assert list(BUCKET_ACTIONS) == sorted(BUCKET_ACTIONS)
    assert {"s3:PutObject", "s3:GetObject", "s3:UpdateObjectEncryption"} <= set(OBJECT_ACTIONS)
    assert {"s3:ListBucket", "s3:PutBucketPolicy", "s3:PutEncryptionConfiguration"} <= set(BUCKET_ACTIONS)
    assert set(OBJECT_ACTIONS) & set(BUCKET_ACTIONS) == set()
    assert (len(OBJECT_ACTIONS), len(BUCKET_ACTIONS)) == (44, 62)


@pytest.mark.parametrize(
    ("lower", "expected"),
    [
        ("s3:x-amz-server-side-encryption", Key("s3:x-amz-server-side-encryption", "String", multi=False)),
        ("s3:tlsversion", Key("s3:TlsVersion", "Numeric", multi=False)),
        ("aws:securetransport", Key("aws:SecureTransport", "Bool", multi=False)),
        ("aws:sourceip", Key("aws:SourceIp", "Ip", multi=False)),
        ("aws:currenttime", Key("aws:CurrentTime", "Date", multi=False)),
        ("aws:principalarn", Key("aws:PrincipalArn", "Arn", multi=False)),
        ("aws:principalorgpaths", Key("aws:PrincipalOrgPaths", "String", multi=True)),
        ("aws:tagkeys", Key("aws:TagKeys", "String", multi=True)),
        ("s3:requestobjecttag/team", Key("s3:RequestObjectTag/team", "String", multi=False)),
        ("aws:principaltag/a/b", Key("aws:PrincipalTag/a/b", "String", multi=False)),
        ("s3:requestobjecttag/", None),
        ("s3:requestobjecttag", None),
        ("s3:tlsversion/x", None),
        ("s3:nothing", None),
        ("", None),
    ],
)
def test_a_key_is_found_by_its_lower_case_name(lower: str, expected: Key | None) -> None:
    """Families of keys (tags) are found by any of their members, and by nothing less."""
    assert find_key(lower) == expected


@pytest.mark.parametrize(
    ("action", "lower", "expected"),
    [
        ("s3:PutObject", "s3:x-amz-server-side-encryption", True),
        ("s3:GetObject", "s3:x-amz-server-side-encryption", False),
        ("s3:UpdateObjectEncryption", "s3:x-amz-server-side-encryption-customer-algorithm", False),
        ("s3:GetObject", "s3:tlsversion", True),
        ("s3:InitiateReplication", "s3:tlsversion", False),
        ("s3:PutObject", "s3:requestobjecttag/team", True),
        ("s3:GetObject", "s3:requestobjecttag/team", False),
        ("s3:ListBucket", "s3:buckettag/team", True),
        ("s3:ListBucket", "s3:prefix", True),
        ("s3:PutObject", "s3:requestjobpriority", False),
        ("s3:ListBucket", "aws:requesttag/team", True),
        ("s3:ListBucket", "aws:securetransport", True),
        ("s3:ListBucket", "ec2:roledelivery", True),
        ("s3:ListBucket", "s3:not-in-the-table", True),
    ],
)
def test_a_key_applies_where_the_action_knows_it(action: str, lower: str, *, expected: bool) -> None:
    """Only S3's own keys are told apart by action; of anything else nothing is claimed."""
    assert applies(action, lower) == expected


def test_every_key_of_the_tables_has_its_name_in_lower_case() -> None:
    """What `find_key` takes is the lower case of what it gives."""
    assert {find_key(lower) is None for lower in keys._KEYS if not lower.endswith("/")} == {False}
    assert [lower for lower, (name, _, _) in keys._KEYS.items() if name.lower() != lower] == []
    assert set(keys._USERS) - set(keys._KEYS) == set()


def run_tool(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    """The exit status of `python tools/make_tables.py ARGUMENTS`."""
    monkeypatch.setattr(sys, "argv", [TOOL, *arguments])
    with pytest.raises(SystemExit) as caught:
        runpy.run_path(TOOL, run_name="__main__")
    return caught.value.code


def test_the_files_are_what_the_data_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """`make_tables.py --check` has nothing to complain of."""
    assert run_tool(monkeypatch, "--check") == 0


def test_a_changed_table_is_noticed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that differs from the data fails the check, by name, and is left as it is."""
    files = (Path(actions.__file__), Path(keys.__file__))
    read_text = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, **options: read_text(path, **options) + ("\n" if path in files else ""))
    monkeypatch.setattr(Path, "write_text", lambda *_: pytest.fail("--check writes nothing"))
    assert run_tool(monkeypatch, "--check") == 1
    assert [line.partition(" ")[0] for line in capsys.readouterr().err.splitlines()] == [
        "bucketpolicy/tables/actions.py",
        "bucketpolicy/tables/keys.py",
    ]
