"""
The sentence about a request, read back as a request: what a reader of the message knows, and nothing else.

Values that must not be shown, and texts that are cut, are looked up in the request that was found: a reader has the document for that.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from bucketpolicy.request import Anonymous, Identity, OriginAccessIdentity, Principal, Request, Service
from bucketpolicy.tables.keys import find_key
from crossguard.messages.quoting import clean

_QUOTED = re.compile("`([^`]*)`")
_SENTENCE = re.compile(
    r"(?:An (?P<anonymous>anonymous )?)?(?:upload to|<(?P<action>\d+)> on) "
    r"(?:<(?P<arn>\d+)>|(?P<what>an object of this bucket|this bucket))"
    r"(?: by (?P<who>an IAM user|an IAM role|the root user of an account|the root user of account <\d+>"
    r"|the (?:user|role|service|CloudFront origin access identity) <\d+>))?"
    r"(?: in the session <(?P<session>\d+)>)?"
    r" (?P<transport>over plain HTTP|over HTTPS|over TLS [0-9.]+|without <(?P<key>\d+)>)"
    r"(?: with (?P<having>.*?))?(?: (?:and )?without (?P<lacking>the header <\d+>(?:(?:,| and) the header <\d+>)*))? is not denied\."
)
_ITEM = re.compile(
    r"(?:, | and |^)(?:the header <(?P<header>\d+)>"
    r"|<(?P<name>\d+)> = (?P<values><\d+>(?:(?:, | and )<\d+>(?! =))*)"
    r"|(?:the value|another value|some value) of (?:<(?P<hidden>\d+)>|(?P<undocumented>a key that AWS does not document))"
    r"(?: that Statement \d+(?: \(<\d+>\))? names| than the one in Statement \d+(?: \(<\d+>\))?)?)"
)


class Lookup(NamedTuple):
    """What is in backticks, by number, and the request that was found."""

    quoted: list[str]
    found: Request

    def text(self, number: str) -> str:
        """A text as it is; one that is cut or cleaned, from the request."""
        shown = self.quoted[int(number)]
        for whole in self._list_texts():
            if whole == shown or clean(whole) == shown or ("…" in shown and _is_cut_of(shown, clean(whole))):
                return whole
        return shown

    def _list_texts(self) -> Iterator[str]:
        yield from (self.found.action, self.found.resource)
        yield from (value for _, values in self.found.context for value in values)
        if isinstance(self.found.principal, Identity):
            yield from (self.found.principal.arn, self.found.principal.session)


def _is_cut_of(shown: str, whole: str) -> bool:
    first, _, last = shown.partition("…")
    return whole.startswith(first) and whole.endswith(last)


def read_request(sentence: str, found: Request, bucket: str) -> Request:
    """The request that the sentence tells of; `found` is the one it was written from."""
    quoted: list[str] = []

    def take(text: re.Match[str]) -> str:
        quoted.append(text[1])
        return f"<{len(quoted) - 1}>"

    plain = _QUOTED.sub(take, sentence)
    match = _SENTENCE.fullmatch(plain)
    assert match is not None, sentence
    lookup = Lookup(quoted, found)
    partition = found.resource.split(":")[1]
    resource = (
        lookup.text(match["arn"]) if match["arn"] else f"arn:{partition}:s3:::{bucket}{'/example.txt' if 'object' in match['what'] else ''}"
    )
    action = lookup.text(match["action"]) if match["action"] else "s3:PutObject"
    principal = _read_principal(match, lookup, partition)
    context = dict(_read_transport(match["transport"])) | dict(_read_items(match["having"] or "", lookup))
    return Request(principal, action, resource, tuple(sorted(context.items())))


def _read_principal(match: re.Match[str], lookup: Lookup, partition: str) -> Principal:
    who = match["who"]
    if who is None:
        return Anonymous()
    named = re.search(r"<(\d+)>", who)
    name = lookup.text(named[1]) if named else ""
    if "service" in who:
        return Service(name)
    if "CloudFront" in who:
        return OriginAccessIdentity(f"arn:{partition}:iam::cloudfront:user/CloudFront Origin Access Identity {name}")
    kind = next(word for word in ("root", "user", "role") if word in who.replace("root user", "root"))
    # Any one will do where nobody is named.
    account = name if kind == "root" and name else name.split(":")[4] if name else "999900001111"
    arn = name if name and kind != "root" else f"arn:{partition}:iam::{account}:{'root' if kind == 'root' else f'{kind}/somebody'}"
    session = lookup.text(match["session"]) if match["session"] else "any-session" if kind == "role" else ""
    return Identity("root" if kind == "root" else "user" if kind == "user" else "role", account, arn, session)


def _read_transport(transport: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    if not transport.startswith("without"):
        yield "aws:securetransport", ("false",) if transport.endswith("plain HTTP") else ("true",)
    if transport.startswith("over TLS"):
        yield "s3:tlsversion", (transport.removeprefix("over TLS "),)


def _read_items(having: str, lookup: Lookup) -> Iterator[tuple[str, tuple[str, ...]]]:
    assert _ITEM.sub("", having) == "", having
    context = dict(lookup.found.context)
    for item in _ITEM.finditer(having):
        if item["header"]:
            name, _, value = lookup.quoted[int(item["header"])].partition(": ")
            key = f"s3:{name}"
            yield key, context[key] if "…" in value else (value,)
        elif item["name"]:
            key = lookup.quoted[int(item["name"])].lower()
            key = next((known for known in context if known == key or ("…" in key and _is_cut_of(key, known))), key)
            yield key, tuple(lookup.text(number) for number in re.findall(r"<(\d+)>", item["values"]))
        elif item["hidden"]:
            key = lookup.quoted[int(item["hidden"])].lower()
            yield key, context[key]
        else:
            yield from ((key, values) for key, values in context.items() if find_key(key) is None)
