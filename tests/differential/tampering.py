"""Certificates tampered with: the document and its digest, the claim, the proof, the text. What comes of it is for `claims.py` to judge."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from bucketpolicy.goal import Assumptions

Json = Any


class Mutant(NamedTuple):
    """A certificate that was tampered with, by mutators of these names, and the policy that is given beside it, if any."""

    names: tuple[str, ...]
    text: str
    policy: str | None = None


def mutate(rng: Random, certificate: str) -> Mutant:
    """One to three changes, of the document and its digest, of the claim, of the proof, or of the text."""
    content = json.loads(certificate)
    names = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        name = rng.choice(tuple(_MUTATORS))
        names.append(name)
        _MUTATORS[name](rng, content)
    if rng.random() < _STALE:
        names.append("digest left as it was")
    else:
        content["document_sha256"] = hashlib.sha256(content["document"].encode("utf-8", "surrogatepass")).hexdigest()
    text = json.dumps(content)
    if rng.random() < _TEXTUAL:
        name = rng.choice(tuple(_ON_TEXT))
        names.append(name)
        text = _ON_TEXT[name](rng, text)
    return Mutant(tuple(names), text)


_STALE, _TEXTUAL = 0.03, 0.06


def _read_pool(written: str) -> tuple[Json, ...]:
    return tuple(json.loads(f"[{written}]"))


_KEYS: tuple[str, ...] = _read_pool(
    r"""
    "aws:SecureTransport", "aws:securetransport", "s3:x-amz-server-side-encryption", "S3:X-AMZ-SERVER-SIDE-ENCRYPTION",
    "s3:TlsVersion", "aws:PrincipalArn", "aws:PrincipalAccount", "aws:PrincipalIsAWSService", "aws:SourceVpce", "aws:SourceIp",
    "aws:CurrentTime", "s3:x-amz-acl", "aws:PrincipalTag/Team", "aws:TagKeys", "aws:secure\u017fransport", "aws:\u017fecuretransport",
    "made:up"
    """
)
_VALUES: tuple[Json, ...] = _read_pool(
    r"""
    "true", "false", true, false, "TRUE", "False", "aws:kms", "AWS:KMS", "aws:\u212ams", "AES256", "AE\u017f256", "*", "?*", "",
    "1.2", 1.2, 1, "1e0", "1.20", "01.2", "+1.2", "1.3", "1.1", "0", "10.0.0.0/8", "0.0.0.0/0", "::/0", "2026-01-01T00:00:00Z",
    "${aws:username}", "${*}", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/team/deploy", "111122223333", "vpce-1",
    "vpce-*", "\ud83d\ude00", "a", "b", [], null
    """
)
_OPERATORS: tuple[str, ...] = _read_pool(
    r"""
    "Bool", "BoolIfExists", "Null", "StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase", "StringEqualsIfExists", "StringNotEqualsIfExists", "NumericLessThan", "NumericLessThanIfExists",
    "NumericGreaterThan", "NumericLessThanEquals", "NumericNotEquals", "ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEqualsIfExists",
    "IpAddress", "NotIpAddress", "DateLessThan", "ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAllValues:Null", "bool",
    "stringEquals", "NullIfExists"
    """
)
_PRINCIPALS: tuple[Json, ...] = _read_pool(
    r"""
    "*", {"AWS": "*"}, {"AWS": ["*"]}, {"AWS": "111122223333"}, {"AWS": "arn:aws:iam::111122223333:root"}, {"AWS":
    "arn:aws:iam::111122223333:role/*"}, {"Service": "logging.s3.amazonaws.com"}, {"Service": "*"}, {"Federated": "*"},
    {"CanonicalUser": "*"}, {"AWS": []}, {"AWS": "*", "Service": "a.amazonaws.com"}, ["*"], "arn:aws:iam::111122223333:root", {"aws":
    "*"}
    """
)
_ACTIONS: tuple[Json, ...] = _read_pool(
    r"""
    "s3:*", "*", "s3:PutObject", "S3:PUTOBJECT", "s3:putobject", "s3:Put*", "s3:PutObject*", "s3:PutObjectAcl", "s3:GetObject",
    "s3:P?tObject", "s3:Put\u017fbject", "s3:PutObject ", "s3:*Object", "*:PutObject", "s3:ListBucket", [], ["s3:GetObject",
    "s3:PutObject"], "ec2:*"
    """
)
_ENDINGS = ("", "/*", "*", "/?*", "/a*", "/*a", "/**", "/", "/${aws:username}/*", "/*/*", "?/*")
_STARTS = ("arn:aws:s3:::", "arn:aws-cn:s3:::", "arn:*:s3:::", "ARN:AWS:S3:::", "arn:aws:s3:eu-west-1::", "", "arn:aws:s3:::\u212a")
_ASSUMPTIONS = tuple(name.replace("_", "-") for name in Assumptions._fields)
_QUESTIONS = ("absent", "absent-or-other", "equal", "below", "present", "Absent")


def _list_statements(document: Json) -> list[Json]:
    found = document.get("Statement", [])
    return [each for each in (found if isinstance(found, list) else [found]) if isinstance(each, dict)]


def _on_document(change: Callable[[Random, Json, str], object]) -> Callable[[Random, Json], None]:
    """A change of the document as a value."""

    def mutate_document(rng: Random, content: Json) -> None:
        try:
            document = json.loads(content["document"])
        except (ValueError, TypeError):
            return
        if isinstance(document, dict):
            change(rng, document, content["bucket"] if isinstance(content["bucket"], str) else "b")
            content["document"] = json.dumps(document, ensure_ascii=rng.random() < 0.5)

    return mutate_document


def _on_statement(change: Callable[[Random, Json, str], object]) -> Callable[[Random, Json], None]:
    def mutate_statement(rng: Random, document: Json, bucket: str) -> None:
        statements = _list_statements(document)
        if statements:
            change(rng, rng.choice(statements), bucket)

    return _on_document(mutate_statement)


def _drop_statement(rng: Random, document: Json, _bucket: str) -> None:
    found = document.get("Statement")
    if isinstance(found, list) and found:
        del found[rng.randrange(len(found))]


def _flip_effect(_rng: Random, statement: Json, _bucket: str) -> None:
    statement["Effect"] = "Allow" if statement.get("Effect") == "Deny" else "Deny"


def _odd_effect(rng: Random, statement: Json, _bucket: str) -> None:
    statement["Effect"] = rng.choice(("deny", "DENY", "Deny ", "D\u0435ny", ["Deny"], None))


def _change_principal(rng: Random, statement: Json, _bucket: str) -> None:
    old = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    value = statement.pop(old, "*")
    new = rng.choice(("Principal", "Principal", "Principal", "NotPrincipal"))
    statement[new] = value if new != old else rng.choice(_PRINCIPALS)


def _change_action(rng: Random, statement: Json, _bucket: str) -> None:
    old = "NotAction" if "NotAction" in statement else "Action"
    value = statement.pop(old, "s3:*")
    new = rng.choice(("Action", "Action", "Action", "NotAction"))
    statement[new] = value if new != old else rng.choice(_ACTIONS)


def _change_resource(rng: Random, statement: Json, bucket: str) -> None:
    old = "NotResource" if "NotResource" in statement else "Resource"
    value = statement.pop(old, "*")
    new = rng.choice(("Resource", "Resource", "Resource", "NotResource"))
    text = rng.choice(_STARTS) + rng.choice((bucket, bucket, bucket, bucket.upper(), "another-bucket", "*")) + rng.choice(_ENDINGS)
    statement[new] = value if new != old else rng.choice((text, [text], [text, text], "*", []))


def _pick_block(rng: Random, statement: Json) -> tuple[Json, str, Json] | None:
    """The conditions of a statement, an operator of theirs and its keys."""
    conditions = statement.get("Condition")
    blocks = (
        [(name, block) for name, block in conditions.items() if isinstance(block, dict) and block] if isinstance(conditions, dict) else []
    )
    return (conditions, *rng.choice(blocks)) if blocks else None


def _change_operator(rng: Random, statement: Json, _bucket: str) -> None:
    if picked := _pick_block(rng, statement):
        conditions, name, block = picked
        del conditions[name]
        conditions[rng.choice(_OPERATORS)] = block


def _change_key(rng: Random, statement: Json, _bucket: str) -> None:
    if picked := _pick_block(rng, statement):
        _, _, block = picked
        key = rng.choice(list(block))
        block[rng.choice((*_KEYS, key.upper(), key.lower()))] = block.pop(key)


def _change_value(rng: Random, statement: Json, _bucket: str) -> None:
    if picked := _pick_block(rng, statement):
        _, _, block = picked
        key = rng.choice(list(block))
        value = rng.choice(_VALUES)
        block[key] = rng.choice((value, [value], [value, block[key]] if not isinstance(block[key], list) else [*block[key], value]))


def _add_condition(rng: Random, statement: Json, _bucket: str) -> None:
    conditions = statement.setdefault("Condition", {})
    if isinstance(conditions, dict):
        block = conditions.setdefault(rng.choice(_OPERATORS), {})
        if isinstance(block, dict):
            block[rng.choice(_KEYS)] = rng.choice(_VALUES)


def _drop_condition(rng: Random, statement: Json, _bucket: str) -> None:
    if picked := _pick_block(rng, statement):
        conditions, name, block = picked
        if rng.random() < 0.5:
            del conditions[name]
        else:
            del block[rng.choice(list(block))]


def _change_version(rng: Random, document: Json, _bucket: str) -> None:
    document.pop("Version", None)
    version = rng.choice(("2012-10-17", "2008-10-17", None, "2012-10-18", 20121017))
    if version is not None:
        document["Version"] = version


def _odd_member(rng: Random, document: Json, _bucket: str) -> None:
    (rng.choice((document, *_list_statements(document))))[rng.choice(("Effect ", "condition", "Conditions", "Sid", "Id", "NotEffect"))] = (
        rng.choice(_VALUES)
    )


def _retype(rng: Random, statement: Json, _bucket: str) -> None:
    name = rng.choice(list(statement) or ["Sid"])
    statement[name] = rng.choice((None, 1, True, [statement.get(name)], {"AWS": statement.get(name)}, "", {}))


def _change_bucket(rng: Random, content: Json) -> None:
    bucket = content["bucket"]
    content["bucket"] = rng.choice(
        (f"{bucket}2", "another-bucket", bucket.upper() if isinstance(bucket, str) else "b", f"{bucket}/a", "*", f"{bucket}?", None, "")
    )


def _change_partition(rng: Random, content: Json) -> None:
    content["partition"] = rng.choice(("aws", "aws-cn", "aws-us-gov", "AWS", "*", ""))


def _change_exempt(rng: Random, content: Json) -> None:
    exempt = content["goal"]["exempt"]
    if exempt and rng.random() < 0.7:
        del exempt[rng.randrange(len(exempt))]
    else:
        exempt.append(
            rng.choice(
                ("111122223333", "logging.s3.amazonaws.com", "arn:aws:iam::111122223333:role/team/deploy", "*", "arn:aws:iam::*:role/*", "")
            )
        )


def _change_assumptions(rng: Random, content: Json) -> None:
    found = content["assumptions"]
    if found and rng.random() < 0.6:
        del found[rng.randrange(len(found))]
    else:
        found.append(rng.choice((*_ASSUMPTIONS, "everything-is-denied")))


def _pick_target(rng: Random, content: Json) -> Json:
    targets = content["goal"]["targets"]
    return rng.choice(targets) if targets else {"actions": [], "on": "object", "where": []}


def _change_actions(rng: Random, content: Json) -> None:
    actions = _pick_target(rng, content)["actions"]
    change = rng.choice(
        ("s3:GetObject", "s3:PutObjectAcl", "s3:ListBucket", "s3:DeleteObject", "s3:putobject", "s3:*", "s3:PutBucketPolicy")
    )
    if actions and rng.random() < 0.5:
        actions[rng.randrange(len(actions))] = change
    else:
        actions.append(change)


def _change_on(rng: Random, content: Json) -> None:
    target = _pick_target(rng, content)
    target["on"] = rng.choice(("object", "bucket", "Object"))
    if rng.random() < 0.5:
        target["actions"] = ["s3:ListBucket"] if target["on"] == "bucket" else ["s3:PutObject"]


def _change_where(rng: Random, content: Json) -> None:
    where = _pick_target(rng, content)["where"]
    written = {"key": rng.choice(_KEYS), "is": rng.choice(_QUESTIONS), "values": [rng.choice(_VALUES)]}
    if written["is"] == "absent":
        del written["values"]
    if where and rng.random() < 0.7:
        place = rng.randrange(len(where))
        match rng.randrange(4):
            case 0:
                del where[place]
            case 1:
                where[place] = written
            case 2:
                where[place] = {**where[place], rng.choice(("key", "is")): written[rng.choice(("key", "is"))]}
            case _:
                where[place] = {
                    **where[place],
                    "values": rng.choice(([], [rng.choice(_VALUES)], [rng.choice(_VALUES), rng.choice(_VALUES)])),
                }
    else:
        where.append(written)


def _change_targets(rng: Random, content: Json) -> None:
    targets, proof = content["goal"]["targets"], content["proof"]
    if not targets or not proof:
        return
    match rng.randrange(4):
        case 0:
            del targets[rng.randrange(len(targets))]
        case 1:
            del proof[rng.randrange(len(proof))]
        case 2:
            place = rng.randrange(len(targets))
            targets.append({**targets[place], "where": []})
            proof.append(proof[min(place, len(proof) - 1)])
        case _:
            rng.shuffle(proof)


def _list_trees(tree: Json) -> Iterator[Json]:
    if isinstance(tree, dict):
        yield tree
        for part in ("yes", "no"):
            yield from _list_trees(tree.get(part))


def _change_leaf(rng: Random, content: Json) -> None:
    leaves = [tree for target in content["proof"] for tree in _list_trees(target) if "denied_by" in tree]
    if leaves:
        leaf = rng.choice(leaves)
        leaf["denied_by"] = rng.choice(
            ([], [1], [2], [1, 2], [3], [0], [-1], [99], ["1"], [True], [1.0], ["p:1"], leaf["denied_by"] * 2, [*leaf["denied_by"], 1])
        )


def _change_tree(rng: Random, content: Json) -> None:
    places = [tree for target in content["proof"] for tree in _list_trees(target)]
    if not places:
        return
    tree = rng.choice(places)
    if "split" in tree and rng.random() < 0.7:
        match rng.randrange(4):
            case 0:
                tree["yes"], tree["no"] = tree.get("no"), tree.get("yes")
            case 1:
                tree["yes"] = tree["no"] = rng.choice((tree.get("yes"), {"denied_by": []}, {"denied_by": [1]}))
            case 2:
                tree["split"] = {
                    **tree["split"],
                    rng.choice(("statement", "element", "operator", "key")): rng.choice((1, 2, "Action", "Resource", *_KEYS[:6])),
                }
            case _:
                tree["split"] = _ask(rng)
    else:
        inner = dict(tree)
        tree.clear()
        tree.update({"split": _ask(rng), "yes": inner, "no": rng.choice((inner, {"denied_by": []}, {"denied_by": [1]}))})


def _ask(rng: Random) -> Json:
    return rng.choice(
        (
            {"statement": rng.choice((1, 2, 9)), "element": rng.choice(("Principal", "Action", "Resource", "Effect"))},
            {"statement": rng.choice((1, 2)), "operator": rng.choice(_OPERATORS), "key": rng.choice(_KEYS)},
            {"key": rng.choice(_KEYS), "is": "absent"},
            {"key": rng.choice(_KEYS), "is": rng.choice(_QUESTIONS), "values": [rng.choice(_VALUES)]},
        )
    )


def _change_control_policies(rng: Random, content: Json) -> None:
    found = content["control_policies"]
    if found and rng.random() < 0.5:
        del found[rng.randrange(len(found))]
        return
    effect = rng.choice(("Deny", "Deny", "Allow"))
    statement = {
        "Effect": effect,
        "Principal": rng.choice(_PRINCIPALS),
        "Action": rng.choice(_ACTIONS),
        "Resource": rng.choice(("*", "arn:aws:s3:::a/*")),
    }
    found.append(
        {"name": rng.choice(("p", "p", "1", "", "p:1")), "document": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}
    )
    if rng.random() < 0.5:
        for target in content["proof"]:
            for tree in _list_trees(target):
                if "denied_by" in tree:
                    tree["denied_by"] = [f"{found[-1]['name']}:1"]


def _retype_member(rng: Random, content: Json) -> None:
    name = rng.choice(list(content))
    if name not in ("goal", "proof", "control_policies", "assumptions", "document"):
        content[name] = rng.choice((None, 1, 2, "1", True, [], {}, [content[name]], 1.0))


def _fold_letters(rng: Random, text: str) -> str:
    places = [place for place, letter in enumerate(text) if letter in "kKsSiI"]
    if not places:
        return text
    place = rng.choice(places)
    odd = {"k": "\\u212a", "s": "\\u017f", "i": "\\u0131"}[text[place].lower()]
    return text[:place] + odd + text[place + 1 :]


def _damage(rng: Random, text: str) -> str:
    place = rng.randrange(len(text))
    return rng.choice(
        (
            text[:place] + text[place + 1 :],
            text[:place] + rng.choice('"{}[],:1ae \\\0\ufeff') + text[place:],
            text[:place],
            text + text[place:],
        )
    )


def _repeat_member(rng: Random, text: str) -> str:
    members = list(re.finditer(r'"(bucket|document|partition|goal|proof|assumptions|exempt|on|denied_by|certificate)": ', text))
    if not members:
        return text
    found = rng.choice(members)
    again = rng.choice(("[]", "1", '""', "null"))
    return f'{text[: found.start()]}"{found[1]}": {again}, {text[found.start() :]}'


def _repeat_in_document(rng: Random, content: Json) -> None:
    """A member twice in the document: by JSON's rule the last one counts, by S3's the document is none."""
    text = content["document"]
    members = (
        list(re.finditer(r'"(Effect|Action|Principal|Resource|Condition|Bool|Null|Statement|Version)": ', text))
        if isinstance(text, str)
        else []
    )
    if members:
        found = rng.choice(members)
        again = rng.choice(('"Allow"', '"Deny"', '"s3:GetObject"', "{}", '"*"', "[]", '"2012-10-17"'))
        content["document"] = f'{text[: found.start()]}"{found[1]}": {again}, {text[found.start() :]}'


def _dress_document(rng: Random, content: Json) -> None:
    """What surrounds a document, and how its letters are written."""
    text = content["document"]
    if isinstance(text, str) and text:
        place = rng.randrange(len(text))
        around = (f" {text}", f"\n{text}", f"\ufeff{text}", f"{text}\n", f"{text} {{}}", f"[{text}]", json.dumps(text), text + " " * 20_480)
        letters = (('"Deny"', '"\\u0044eny"'), ("s3:", "\\u00733:"), ("1.2", "1e0"), ('"true"', "true"))
        within = (f"{text[:place]}\u00a0{text[place:]}", *(text.replace(old, new, 1) for old, new in letters))
        content["document"] = rng.choice((*around, *within))


_MUTATORS: dict[str, Callable[[Random, Json], None]] = {
    "document: a statement less": _on_document(_drop_statement),
    "document: effect": _on_statement(_flip_effect),
    "document: odd effect": _on_statement(_odd_effect),
    "document: principal": _on_statement(_change_principal),
    "document: action": _on_statement(_change_action),
    "document: resource": _on_statement(_change_resource),
    "document: operator": _on_statement(_change_operator),
    "document: condition key": _on_statement(_change_key),
    "document: value": _on_statement(_change_value),
    "document: a condition more": _on_statement(_add_condition),
    "document: a condition less": _on_statement(_drop_condition),
    "document: version": _on_document(_change_version),
    "document: a member more": _on_document(_odd_member),
    "document: type": _on_statement(_retype),
    "document: a member twice": _repeat_in_document,
    "document: text around it": _dress_document,
    "claim: bucket": _change_bucket,
    "claim: partition": _change_partition,
    "claim: exempt": _change_exempt,
    "claim: assumptions": _change_assumptions,
    "claim: actions": _change_actions,
    "claim: bucket or objects": _change_on,
    "claim: restrictions": _change_where,
    "claim: targets": _change_targets,
    "claim: control policies": _change_control_policies,
    "proof: leaf": _change_leaf,
    "proof: tree": _change_tree,
    "certificate: type": _retype_member,
}
_ON_TEXT: dict[str, Callable[[Random, str], str]] = {
    "text: letters that fold to others": _fold_letters,
    "text: damage": _damage,
    "text: a member twice": _repeat_member,
}
MUTATORS = (*_MUTATORS, *_ON_TEXT)
