"""`verify`: what the verifier says is passed on, and a claim that is less than the configuration asks for is not passed off as it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from offline import verification
from offline.configuration import Configuration, interpret
from offline.verification import find_weaker
from tests.crossguard.control_tower import PV5
from tests.offline.cli import (
    ALL_TRANSPORT,
    HAS_POLICY,
    TRANSPORT,
    UPLOADS,
    Ended,
    deny_headerless,
    run,
    write_compliant,
    write_document,
    write_open,
)

SSE = "s3:x-amz-server-side-encryption"
NOT_CLAIMED = "it does not claim that s3:PutObject on the objects is denied where"
ROLE = "arn:aws:iam::111122223333:role/uploader"


@pytest.fixture
def certificates(tmp_path: Path) -> dict[str, Path]:
    """The certificates of a compliant document, by policy."""
    return write_certificates(tmp_path, {})


def write_certificates(tmp_path: Path, config: dict[str, Any], document: str = write_compliant()) -> dict[str, Path]:
    """Those of a document, judged with this configuration."""
    (tmp_path / "logs.json").write_text(document, encoding="utf-8")
    (tmp_path / "made-with.json").write_text(json.dumps(config), encoding="utf-8")
    folder = tmp_path / "certificates"
    run(
        "check",
        str(tmp_path / "logs.json"),
        "--bucket",
        "logs",
        "--policy-config",
        str(tmp_path / "made-with.json"),
        "--certificates",
        str(folder),
    )
    return {json.loads(path.read_text())["policy"]: path for path in folder.iterdir()}


def compare(certificate: Path, config: dict[str, Any], change: Callable[[dict[str, Any]], object] = lambda _: None) -> list[str]:
    """Where a certificate, once changed, claims less than this configuration asks for."""
    configuration = interpret(json.loads(json.dumps(config), parse_int=float), "config.json")
    assert isinstance(configuration, Configuration)
    content = json.loads(certificate.read_text(encoding="utf-8"))
    change(content)
    return list(find_weaker(content, configuration))


def test_what_was_made_with_a_configuration_is_what_it_asks_for(tmp_path: Path) -> None:
    """Whatever is configured, every certificate of a run is as much as that configuration."""
    config = {
        UPLOADS: {"algorithms": ["aws:kms"], "exemptPrincipals": ["111122223333"], "acceptCustomerProvidedKeys": True},
        TRANSPORT: {"minimumTlsVersion": "1.2", "resourceControlPolicies": [PV5], "assumptions": {"refused-by-s3": False}},
        ALL_TRANSPORT: {"partition": "aws"},
    }
    kms = {**deny_headerless("logs"), "Condition": {"StringNotEquals": {SSE: "aws:kms"}}}
    old = {**deny_headerless("logs"), "Condition": {"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}}}
    made = write_certificates(tmp_path, config, write_document(kms, old))

    assert set(made) == {UPLOADS, TRANSPORT}
    assert [compare(path, config) for path in made.values()] == [[], []]


@pytest.mark.parametrize(
    ("policy", "config", "expected"),
    [
        (UPLOADS, {}, []),
        (UPLOADS, {"partition": "aws-cn"}, ["the partition is aws, and aws-cn is configured"]),
        (
            UPLOADS,
            {"algorithms": ["aws:kms"]},
            [f"{NOT_CLAIMED} {SSE} is absent-or-other aws:kms"],
        ),
        (
            TRANSPORT,
            {"minimumTlsVersion": "1.2"},
            [
                f"{NOT_CLAIMED} aws:securetransport is equal true and s3:tlsversion is below 1.2",
            ],
        ),
        (UPLOADS, {"acceptCustomerProvidedKeys": True}, []),
        (UPLOADS, {"exemptPrincipals": [ROLE]}, []),
    ],
)
def test_a_claim_is_held_against_the_goal(certificates: dict[str, Path], policy: str, config: dict[str, Any], expected: list[str]) -> None:
    """A claim of more requests than are asked for is not weaker."""
    assert compare(certificates[policy], {policy: config}) == expected


def test_values_are_held_against_those_that_are_accepted(tmp_path: Path) -> None:
    """A claim of fewer accepted values, or of a higher version, claims more."""
    kms = {**deny_headerless("logs"), "Condition": {"StringNotEquals": {SSE: "aws:kms"}}}
    old = {**deny_headerless("logs"), "Condition": {"NumericLessThanIfExists": {"s3:TlsVersion": "1.3"}}}
    made = write_certificates(
        tmp_path, {UPLOADS: {"algorithms": ["aws:kms"]}, TRANSPORT: {"minimumTlsVersion": "1.3"}}, write_document(kms, old)
    )

    assert compare(made[UPLOADS], {}) == []
    assert compare(made[UPLOADS], {UPLOADS: {"algorithms": ["aws:kms", "AES256"]}}) == []
    assert compare(made[UPLOADS], {UPLOADS: {"algorithms": ["AES256"]}}) != []
    assert compare(made[TRANSPORT], {TRANSPORT: {"minimumTlsVersion": "1.2"}}) == []
    assert compare(made[TRANSPORT], {TRANSPORT: {"minimumTlsVersion": "1.3"}}, lambda one: one["goal"]["targets"].pop()) != []


def test_of_many_actions_the_first_that_is_missing_is_named(certificates: dict[str, Path]) -> None:
    """With how many more there are."""

    def drop(content: dict[str, Any]) -> None:
        del content["goal"]["targets"][1]["actions"][3:]

    (line,) = compare(certificates[ALL_TRANSPORT], {}, drop)
    assert " and " in line
    assert "other actions on the objects is denied where aws:securetransport is equal false" in line
    (line,) = compare(certificates[ALL_TRANSPORT], {}, lambda content: content["goal"]["targets"].pop(0))
    assert "on the bucket itself" in line


def test_who_is_exempt_must_be_exempt_by_the_configuration(tmp_path: Path) -> None:
    """Alone, or with all of an account."""
    made = write_certificates(tmp_path, {UPLOADS: {"exemptPrincipals": [ROLE]}})

    assert compare(made[UPLOADS], {UPLOADS: {"exemptPrincipals": [ROLE]}}) == []
    assert compare(made[UPLOADS], {UPLOADS: {"exemptPrincipals": ["111122223333"]}}) == []
    assert compare(made[UPLOADS], {UPLOADS: {"exemptPrincipals": ["444455556666"]}}) == [f"it exempts {ROLE}"]


def test_assumptions_must_be_those_of_the_configuration(certificates: dict[str, Path]) -> None:
    """The one about S3's own refusals is the other way round: without it less is claimed."""

    def assume(*names: str) -> Callable[[dict[str, Any]], object]:
        return lambda content: content.update(assumptions=list(names))

    assert compare(certificates[UPLOADS], {}, assume("refused-by-s3", "secure-transport-present")) == []
    assert compare(certificates[UPLOADS], {}, assume("refused-by-s3", "inapplicable-keys-absent")) == [
        "it assumes inapplicable-keys-absent, which is not configured"
    ]
    assert compare(certificates[UPLOADS], {}, assume()) == ["it says nothing about a document that S3 refuses"]
    assert compare(certificates[UPLOADS], {UPLOADS: {"assumptions": {"refused-by-s3": False}}}) == []


def test_control_policies_must_be_configured(tmp_path: Path) -> None:
    """A claim that rests on one holds only where it is attached."""
    config = {TRANSPORT: {"resourceControlPolicies": [PV5]}}
    made = write_certificates(tmp_path, config, write_document(deny_headerless("logs")))

    assert compare(made[TRANSPORT], config) == []
    assert compare(made[TRANSPORT], {}) == ["it rests on the resource control policy CTS3PV5, which is not configured"]


@pytest.mark.parametrize("name", ["another", None, HAS_POLICY])
def test_a_claim_of_no_policy_of_the_pack_is_compared_with_nothing(certificates: dict[str, Path], name: str | None) -> None:
    """And said to be weaker: nothing is known of it."""
    assert compare(certificates[UPLOADS], {}, lambda content: content.update(policy=name)) == [
        "it names no policy of this pack that judges documents"
    ]


def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, *arguments: str) -> Ended:
    """`verify` with this program in the place of the verifier."""
    (tmp_path / "verify.py").write_text(script, encoding="utf-8")
    monkeypatch.setattr(verification, "VERIFIER", tmp_path / "verify.py")
    return run("verify", *arguments)


def test_the_lines_and_the_status_of_the_verifier_are_passed_on(
    certificates: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a program by itself, which sees none of our modules and gets the files that were named."""
    script = "import sys; print(sys.flags.isolated, *sys.argv[1:]); print('rejected: x'); sys.exit(int(open(sys.argv[2]).read()))"
    for status in (1, 3):
        (tmp_path / "policy.json").write_text(str(status), encoding="utf-8")
        ended = call(tmp_path, monkeypatch, script, str(certificates[UPLOADS]), str(tmp_path / "policy.json"))
        assert ended == (status, f"1 {certificates[UPLOADS]} {tmp_path / 'policy.json'}\nrejected: x\n", "")


def test_the_file_that_is_wrong_is_named(certificates: dict[str, Path], tmp_path: Path) -> None:
    """On standard error, about the file that is wrong: a certificate is not blamed for the policy."""
    good, cut = str(certificates[UPLOADS]), tmp_path / "cut.json"
    policy = "expected: a bucket policy, or what `aws s3api get-bucket-policy` prints"
    cut.write_text("{", encoding="utf-8")
    assert run("verify", good, str(tmp_path / "gone.json")) == (2, "", f"{tmp_path / 'gone.json'}: no such file or directory; {policy}\n")
    assert run("verify", good, str(cut)) == (2, "", f"{cut}: not JSON; {policy}\n")
    status, out, err = run("verify", str(cut))
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"{cut}: not a certificate: ")
    assert err.endswith("; expected: a certificate that `--certificates` has written\n")


def test_an_accepted_claim_is_compared(certificates: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is weaker, the status is 1, and every difference is a line."""
    script = "print('accepted')"
    (tmp_path / "config.json").write_text(json.dumps({UPLOADS: {"partition": "aws-cn"}}), encoding="utf-8")

    same = call(tmp_path, monkeypatch, script, str(certificates[UPLOADS]))
    assert same == (0, "accepted\nThe claim is what the configuration asks for.\n", "")
    other = call(tmp_path, monkeypatch, script, str(certificates[UPLOADS]), "--policy-config", str(tmp_path / "config.json"))
    assert other == (1, "accepted\nweaker than the configuration: the partition is aws, and aws-cn is configured\n", "")


@pytest.mark.parametrize("policy", [UPLOADS, TRANSPORT, ALL_TRANSPORT])
def test_the_verifier_of_the_project_is_asked(tmp_path: Path, policy: str) -> None:
    """It accepts what `check` wrote, rejects another document, and reads nothing of a file that is not a certificate."""
    certificate = write_certificates(tmp_path, {})[policy]
    ended = run("verify", str(certificate), str(tmp_path / "logs.json"))
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.endswith("accepted: the documents deny what is claimed\nThe claim is what the configuration asks for.\n")

    (tmp_path / "other.json").write_text(write_open(), encoding="utf-8")
    other = run("verify", str(certificate), str(tmp_path / "other.json"))
    assert (other.status, other.err) == (1, "")
    assert other.out.splitlines()[-1].startswith("rejected: ")
    none = run("verify", str(tmp_path / "logs.json"))
    assert (none.status, none.out) == (2, "")
    assert none.err.startswith(f"{tmp_path / 'logs.json'}: not a certificate: it does not have the form")


def test_a_verifier_that_dies_says_so_itself(certificates: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last line of its error, and its status."""
    ended = call(tmp_path, monkeypatch, "raise SystemExit('out of memory')", str(certificates[UPLOADS]))
    assert ended == (1, "out of memory\n", "")


def test_what_cannot_be_read_is_one_line(certificates: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a configuration, and an installation without the verifier."""
    absent = call(tmp_path, monkeypatch, "", str(tmp_path / "absent.json"))
    assert (absent.status, absent.out, absent.err.count("\n")) == (2, "", 1)
    wrong = call(tmp_path, monkeypatch, "", str(certificates[UPLOADS]), "--policy-config", str(tmp_path / "absent.json"))
    assert (wrong.status, wrong.out, wrong.err.count("\n")) == (2, "", 1)
    monkeypatch.setattr(verification, "VERIFIER", tmp_path / "nowhere" / "verify.py")
    ended = run("verify", str(certificates[UPLOADS]))
    assert (ended.status, ended.out) == (2, "")
    assert "is not there" in ended.err
    assert sys.flags.isolated == 0
