"""Every status, with the line that is printed; and nothing that is fed to the verifier ends in a traceback."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.verifier.making import ASSUMPTIONS, OVER_HTTP, SSE, WITHOUT_HEADER, Bench, certify, deny
from verifier import verify

ENDS = ("accepted", "rejected", "not a certificate", "not modelled")
NO_HEADER = {"Null": {SSE: "true"}}


def test_a_claim_is_printed_whole(bench: Bench) -> None:
    """Bucket, partition, document, targets, exemptions, control policies and assumptions, of letters that do nothing."""
    policy = {"Version": "2012-10-17", "Statement": deny(Resource="*", Action="s3:*")}
    certificate = certify(
        [deny(Effect="Allow")],
        [{"key": SSE, "is": "absent-or-other", "values": ["aws:kms", "a\nb"]}, {"key": "s3:TlsVersion", "is": "below", "values": ["1.2"]}],
        exempt=("111122223333", "\x1b[31m##vso[x]"),
        control_policies=(("Zwölf", policy),),
        proof={"denied_by": ["Zwölf:1"]},
        assumptions=(),
    )
    certificate |= {"policy": "\x1b]0;x\x07", "stack": None, "bucket": "b.b"}
    certificate["goal"]["targets"] += [{"actions": list(certificate["goal"]["targets"][0]["actions"]) * 2, "on": "object", "where": []}]
    certificate["proof"] *= 2
    every = [action for action, on in verify.tables()["actions"].items() if "bucket" in on]
    certificate["goal"]["targets"] += [{"actions": every, "on": "bucket", "where": []}]
    certificate["proof"] += certificate["proof"][:1]
    assert verify.main([bench.write(certificate)]) == 0
    assert bench.capsys.readouterr().out.split("\n") == [
        'bucket: "b.b"',
        'partition: "aws"',
        f'document_sha256: "{certificate["document_sha256"]}"',
        r'not checked: {"policy": "\u001b]0;x\u0007", "stack": null}',
        (
            f'claim: denied is s3:PutObject on every object of the bucket, where "{SSE}" is absent-or-other "aws:kms" or "a\\nb"'
            ' and "s3:tlsversion" is below "1.2"'
        ),
        "claim: denied is s3:PutObject, s3:PutObject on every object of the bucket, where anything",
        "claim: denied is every action on the bucket, where anything",
        r'exempt: roots that read, write or delete the policy; "111122223333"; "\u001b[31m\u0023\u0023vso[x]"',
        r'control policies: "Zw\u00f6lf"; taken to be attached, but service-linked roles are under none',
        "assumptions: none (and it is not asked whether S3 takes the document)",
        "accepted: the documents deny what is claimed",
        "",
    ]


THROUGH = 'rejected: this request is not surely denied: {"Action": "s3:PutObject", "Resource": "bucket/a", "Principal": ["anonymous", ""]'
CASES: dict[str, tuple[Any, str]] = {
    "a request that gets through": (
        certify([deny({"Null": {SSE: "false"}})]),
        THROUGH + "}",
    ),
    "values that may be secret are not shown": (
        certify([deny({"StringNotEquals": {"aws:Referer": "secret"}})]),
        (THROUGH + ', "aws:referer": "(not shown)"}'),
    ),
    "what AWS does not say": (
        certify([deny(Resource="arn:*:s3:::bucket/*")], assumptions=()),
        (THROUGH + "} (AWS does not say: the first five segments of a resource)"),
    ),
    "a leaf of nothing": (
        certify([deny()], proof={"denied_by": []}),
        THROUGH + "}",
    ),
    "a statement that is not there": (certify([deny()], proof={"denied_by": [2]}), "rejected: a statement that there is not"),
    "a number as a string": (certify([deny()], proof={"denied_by": ["1"]}), "rejected: a statement that there is not"),
    "a number that is not whole": (certify([deny()], proof={"denied_by": [1.5]}), "rejected: a statement that there is not"),
    "another digest": (certify([deny()]) | {"document_sha256": "0" * 64}, "rejected: document_sha256 is not that of the document"),
    "a test of nothing": (
        certify(
            [deny()], proof={"split": {"statement": 1, "operator": "Bool", "key": "k"}, "yes": {"denied_by": []}, "no": {"denied_by": [1]}}
        ),
        "rejected: a statement does not have the condition that the proof asks about",
    ),
    "a version to come": (certify([deny()]) | {"certificate": 2}, "not modelled: a version of the format other than 1"),
    "an action that is not": (
        certify([deny()], actions=("s3:putObject",)),
        "not modelled: an action that is not known, or not asked on what the claim says",
    ),
    "an action elsewhere": (
        certify([deny()], on="bucket"),
        "not modelled: an action that is not known, or not asked on what the claim says",
    ),
    "a key that is not": (
        certify([deny()], [{"key": "s3:new\n", "is": "absent"}]),
        r'not modelled: the question whether "s3:new\n" is absent',
    ),
    "a question of another type": (
        certify([deny()], [{"key": SSE, "is": "below", "values": ["1"]}]),
        f'not modelled: the question whether "{SSE}" is below',
    ),
    "a Boolean that is none": (
        certify([deny()], [{"key": "aws:SecureTransport", "is": "equal", "values": ["false", "0"]}]),
        'not modelled: the question whether "aws:securetransport" is equal',
    ),
    "a question of several values": (
        certify([deny()], [{"key": "aws:TagKeys", "is": "absent"}]),
        'not modelled: the question whether "aws:tagkeys" is absent',
    ),
    "a question of the empty value, which nobody sends of a key that AWS makes": (
        certify([deny(Principal=None, NotPrincipal="*")], [{"key": "aws:PrincipalArn", "is": "equal", "values": [""]}]),
        'not modelled: the question whether "aws:principalarn" is equal',
    ),
    "policy variables": (
        certify([deny(Resource="arn:aws:s3:::bucket/${aws:username}*")]),
        "not modelled: policy variables, or letters that AWS may read in two ways",
    ),
    "a variable in a condition": (
        certify([deny({"StringNotEquals": {SSE: "${aws:username}"}})]),
        "not modelled: policy variables, or letters that AWS may read in two ways",
    ),
    "a date": (certify([deny({"DateGreaterThan": {"aws:CurrentTime": "2020-01-01"}})]), "not modelled: the operator DateGreaterThan"),
    "an unknown key": (certify([deny({"Null": {"aws:New": "true"}})]), 'not modelled: the condition key "aws:new"'),
    "a tag without a name": (
        certify([deny({"Null": {"aws:PrincipalTag/": "true"}})]),
        'not modelled: the condition key "aws:principaltag/"',
    ),
    "an assumption that is not used": (
        certify([deny({"Null": {"s3:prefix": "true"}})], assumptions=(*ASSUMPTIONS, "inapplicable-keys-absent")),
        "not modelled: the assumption inapplicable-keys-absent",
    ),
    "too many cases": (
        certify([deny({"StringLike": {SSE: [f"*{letter}*{other}*" for letter in "abcdefgh" for other in "ijklmnop"]}})]),
        "not modelled: a proof of more cases than are looked at here",
    ),
    "too many sets of values": (
        certify([deny({"ForAnyValue:StringEquals": {"aws:TagKeys": [f"k{number}" for number in range(70)]}})]),
        "not modelled: a proof of more cases than are looked at here",
    ),
    "an empty list": (
        certify([deny(Action=[]), deny()]),
        "not modelled: an empty list in a statement, of which it is not known whether S3 takes it",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_not_accepted_says_why(bench: Bench, name: str) -> None:
    """Status and line, to the letter."""
    certificate, line = CASES[name]
    assert bench.run(certificate) == (ENDS.index(line.partition(":")[0]), line)


STATEMENT = json.dumps(deny(NO_HEADER))
POLICY = f'{{"Version": "2012-10-17", "Statement": [{STATEMENT}]}}'
DOCUMENTS = {
    "not JSON": '{"Statement": [',
    "no object": "[]",
    "no statement": '{"Statement": []}',
    "nothing": "",
    "not a number": POLICY.replace('"true"', "NaN"),
    "half a letter": POLICY.replace('"true"', '"\\ud800"'),
    "a name twice": POLICY.replace('"Effect"', '"Effect": "Allow", "Effect"'),
    "a key twice": POLICY.replace(f'"{SSE}"', f'"{SSE.upper()}": "true", "{SSE}"'),
    "deep": POLICY.replace('"true"', "[" * 30_000 + "]" * 30_000),
    "nested": POLICY.replace('"true"', '[["true"]]'),
    "null": POLICY.replace('"true"', "null"),
    "long": POLICY + " " * 20_480,
    "an element": POLICY.replace('"Effect"', '"Effects": 1, "Effect"'),
    "an effect": POLICY.replace('"Deny"', '"deny"'),
    "a version": POLICY.replace("2012-10-17", "2012-10-18"),
    "an operator": POLICY.replace('"Null"', '"bool"'),
    "a suffix": POLICY.replace('"Null"', '"NullIfExists"'),
    "a quantifier": POLICY.replace('"Null"', '"ForAllValues:NullIfExists"'),
    "a colon": POLICY.replace('"Null"', '":Null"'),
    "an element twice": POLICY.replace('"Action"', '"NotAction": "s3:*", "Action"'),
    "no principal": POLICY.replace('"Principal": "*", ', ""),
    "a principal": POLICY.replace('"Principal": "*"', '"Principal": "111122223333"'),
    "a kind of principal": POLICY.replace('"Principal": "*"', '"Principal": {"Aws": "*"}'),
    "an action": POLICY.replace('"Action": "s3:PutObject"', '"Action": 1'),
    "a Sid": POLICY.replace('"Effect"', '"Sid": 1, "Effect"'),
    "an id": POLICY.replace('"Version"', '"Id": 1, "Version"'),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_no_policy_is_rejected(bench: Bench, name: str) -> None:
    """Whether or not S3's own refusals are asked about."""
    for assumptions in (ASSUMPTIONS, ()):
        assert bench.status(certify(DOCUMENTS[name], proof={"denied_by": [1]}, assumptions=assumptions)) == 1
        assert bench.status(certify(POLICY, assumptions=assumptions)) == 0


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "no text": b"\xff\xfe",
    "a mark": b"\xef\xbb\xbf{}",
    "deep lists": b"[" * 2_000_000,
    "deep trees": ('{"split": {"statement": 1, "element": "Action"}, "no": {"denied_by": []}, "yes": ' * 9_000).encode(),
    "long": b" " * 8_000_001 + b"{}",
    "a long number": b'{"certificate": ' + b"9" * 100_000 + b"}",
    "an odd number": b'{"certificate": 1e999999999}',
    "a name twice": b'{"certificate": 1, "certificate": 1}',
    "half a letter": b'{"certificate": 1, "bucket": "\\ud800"}',
    "nulls": b"\x00" * 100,
    "a string": b'"certificate"',
    "infinity": b'{"certificate": Infinity}',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_certificate_is_said_to_be_none(bench: Bench, name: str) -> None:
    """Status 2 and one line of printable letters."""
    assert verify.main([bench.write(HOSTILE[name])]) == 2
    output = bench.capsys.readouterr().out
    assert output.startswith("not a certificate: ")
    assert output.isascii()
    assert output.rstrip("\n").isprintable()


def test_a_deep_tree_of_the_right_form_is_no_traceback(bench: Bench) -> None:
    """Deep enough for Python's own limit, and not."""
    for depth, statuses in ((100, {0}), (600, {0, 2, 3}), (3_000, {2, 3})):
        node = '{"split": {"statement": 1, "element": "Action"}, "no": {"denied_by": []}, "yes": '
        text = json.dumps(certify([deny()], proof="HERE")).replace('"HERE"', node * depth + '{"denied_by": [1]}' + "}" * depth)
        assert bench.status(text) in statuses, depth


def test_usage_and_missing_files_are_one_line(bench: Bench, tmp_path: Path) -> None:
    """A folder, a missing file, no argument and too many."""
    path = bench.write(certify([deny()]))
    for arguments in ([], [path, path, path], [str(tmp_path)], [str(tmp_path / "none")], [path, str(tmp_path / "none\x1b")]):
        assert verify.main(arguments) == 2
        output = bench.capsys.readouterr().out
        assert output.startswith("not a certificate: ")
        assert output.rstrip("\n").isprintable()
    assert verify.main([]) == 2
    assert bench.capsys.readouterr().out == "not a certificate: usage: verify.py CERTIFICATE [POLICY.json]\n"


def test_a_policy_beside_it_must_be_the_document(bench: Bench) -> None:
    """As a JSON value, or as the AWS CLI prints it."""
    certificate = certify(POLICY)
    again = json.dumps(json.loads(POLICY), indent=3, sort_keys=True)
    for policy in (POLICY, again, json.dumps({"Policy": again})):
        assert bench.status(certificate, policy) == 0
    for policy in (POLICY.replace("PutObject", "PutObjectAcl"), "[]", json.dumps({"Policy": "{}"}), POLICY.replace('"2012', '"2008')):
        assert bench.run(certificate, policy) == (1, "rejected: the policy that is given is another than the document")
    for policy in ("", "{", json.dumps({"Policy": "{"}), '{"a": 1, "a": 1}'):
        assert bench.status(certificate, policy) == 2


def test_a_document_is_the_text_that_its_digest_is_of(bench: Bench) -> None:
    """Another white space is another text; the digest is of UTF-8 bytes."""
    text = POLICY.replace('"Version"', '"Id": "ä", "Version"')
    assert bench.status(certify(text)) == 0
    for digest in (hashlib.sha256(text.encode("latin-1")).hexdigest(), hashlib.sha256(POLICY.encode()).hexdigest()):
        assert bench.status(certify(text) | {"document_sha256": digest}) == 1
    assert bench.status(certify(text) | {"document_sha256": "z"}) == 2
    assert bench.status(certify(text) | {"document_sha256": hashlib.sha256(text.encode()).hexdigest() + "\n"}) == 2


def test_control_policies_are_for_everyone(bench: Bench) -> None:
    """What an organization attaches denies, to the Principal * and with services written out; their statements have names of their own."""
    several = [deny(Action="s3:GetObject"), deny(NO_HEADER, Resource="*", Action="s3:*")]
    policy: dict[str, Any] = {"Version": "2012-10-17", "Statement": several}
    allow = [deny(Effect="Allow")]
    assert bench.status(certify(allow, control_policies=(("R", policy),), proof={"denied_by": ["R:2"]})) == 0
    assert bench.status(certify(allow, OVER_HTTP, control_policies=(("R", policy),), proof={"denied_by": ["R:2"]})) == 1
    assert bench.status(certify(allow, control_policies=(("R", policy),), proof={"denied_by": ["R:1"]})) == 1
    assert bench.status(certify(allow, control_policies=(("R", policy),), proof={"denied_by": ["S:2"]})) == 1
    odd: list[dict[str, Any]] = [
        {"Principal": {"AWS": "*"}},
        {"Principal": {"AWS": "111122223333"}},
        {"Principal": None, "NotPrincipal": {"AWS": "111122223333"}},
    ]
    actions = ("*", ["s3:PutObject", "*"], "s3*", "*:PutObject", "s?:PutObject", ":PutObject")
    for elements in [*odd, {"Action": None, "NotAction": "s3:GetObject"}, *({"Action": action} for action in actions)]:
        other = policy | {"Statement": deny(NO_HEADER, **{"Resource": "*", **elements})}
        assert bench.status(certify(allow, control_policies=(("R", other),), proof={"denied_by": ["R:1"]})) == 1
    others: list[dict[str, Any]] = [
        {"Statement": several},
        {"Version": "2008-10-17", "Statement": several},
        policy | {"Statement": [*several, deny(Effect="Allow", Action="*", Resource="*")]},
    ]
    for other in others:
        assert bench.status(certify(allow, control_policies=(("R", other),), proof={"denied_by": ["R:2"]})) == 1


def test_there_is_a_tree_for_each_target(bench: Bench) -> None:
    """Neither one too many nor one too few; each is checked."""
    certificate = certify([deny(NO_HEADER)])
    target = certificate["goal"]["targets"][0]
    assert bench.status(certificate | {"proof": certificate["proof"] * 2}) == 2
    certificate["goal"]["targets"].append(target | {"where": [*WITHOUT_HEADER, *OVER_HTTP]})
    assert bench.status(certificate) == 2
    assert bench.status(certificate | {"proof": certificate["proof"] * 2}) == 0
    certificate["goal"]["targets"].append(target | {"where": list(OVER_HTTP)})
    assert bench.status(certificate | {"proof": certificate["proof"] * 3}) == 1
