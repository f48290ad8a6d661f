"""`check` and `fix`: bucket policies by themselves, judged in this process."""

import json
import platform
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

from bucketpolicy.parse import MAX_BYTES
from bucketpolicy.repair import CannotRepair, Repaired, is_blank, is_bucket_name
from bucketpolicy.verdict import Undecided
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import CannotTell, NotDenied, OutputInText, Subject
from crossguard.messages.outputs import ADVICE
from crossguard.messages.quoting import name_places, shorten_path
from crossguard.messages.sentences import describe_senders
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings
from crossguard.resources.documents import is_directory_bucket
from crossguard.resources.source import Found
from offline.certificates import certify, refer
from offline.configuration import Configuration, Level
from offline.files import STDIN, name_source, read_text
from offline.pack_info import PACK, describe, read_version
from offline.report.content import Bucket, CommandName, Edit, Report, SourceLocation, Stack
from offline.results import Examined, Judgement, choose_fix, list_wanted, repair_all, say, share_fix
from offline.run import Failure

#: Far beyond what S3 takes: the document of a text this long is refused with a verdict, a longer file is not a policy.
MOST_BYTES = 5 * 2**20
_BUCKET_ARN = re.compile(r"arn:[^:]*:s3:::([^/]+)(?:/|$)")
NEW = "a new policy"
#: Names are quoted whole on standard error.
_QUOTED = 200
EXPECTED = "a bucket policy, or what `aws s3api get-bucket-policy` prints"


class Attached(NamedTuple):
    """
    A document as the policy of a bucket; `partition` None where it is to be found out.

    `alone`: the file holds the document and nothing else, so that an edit of the one is an edit of the other.
    """

    text: str
    file: str
    bucket: str
    partition: str | None
    alone: bool = False


class Judge(NamedTuple):
    """A policy that judges documents, with its configuration."""

    rule: Rule
    level: Level
    settings: Settings


class Unrepaired(NamedTuple):
    """Why no compliant document can be printed; half a sentence."""

    reason: str


def list_files(names: tuple[str, ...]) -> tuple[str, ...] | Failure:
    """The files, each folder replaced by its `*.json`."""
    found: list[str] = []
    for name in names:
        folder = Path(name)
        files = sorted(str(each) for each in folder.glob("*.json") if each.is_file()) if folder.is_dir() else [name]
        if not files:
            return Failure(f"{name}: a folder without any `*.json`; expected: {EXPECTED}")
        found += files
    return tuple(found)


def read_attached(name: str, bucket: str | None, partition: str | None, *, blank: bool = False) -> Attached | Failure:
    """The document in a file, as the policy of this bucket, or of the one that its own ARNs name; `blank`: it need not be written yet."""
    content = read_text(name, MOST_BYTES, EXPECTED, empty=blank)
    if isinstance(content, Failure):
        return content
    text = unwrap(content)
    if not is_json(text) and not (blank and is_blank(text)):
        return Failure(f"{name_source(name)}: not JSON; expected: {EXPECTED}")
    named = bucket if bucket is not None else () if is_blank(text) else find_bucket(text)
    if isinstance(named, str):
        return Attached(text, name, named, partition, alone=text == content and name != STDIN)
    why = f"its ARNs name {len(named)} buckets ({', '.join(named)})" if named else "its ARNs name no bucket"
    return Failure(f"{name_source(name)}: {why}; expected: --bucket NAME")


def begin(bucket: str, partition: str | None) -> Attached:
    """The document of a bucket that has none yet."""
    return Attached("", NEW, bucket, partition)


def is_json(text: str) -> bool:
    """What is nested too deeply is JSON as well, and gets its verdict."""
    try:
        # Numbers are not read: Python refuses those of thousands of digits.
        json.loads(text.removeprefix("\ufeff"), parse_int=str, parse_float=str)
    except RecursionError:
        return True
    except ValueError:
        return False
    return True


def find_bucket(text: str) -> str | tuple[str, ...]:
    """The one bucket that the document's ARNs name; else those that they name, none or several, in the order of their names."""
    matches = map(_BUCKET_ARN.match, _list_resources(text))
    names = {match[1] for match in matches if match is not None}
    found = sorted(name for name in names if is_bucket_name(name) and not is_directory_bucket(name))
    return found[0] if len(found) == 1 else tuple(found)


def _list_resources(text: str) -> Iterator[str]:
    """The texts of every `Resource` and `NotResource`, however malformed the rest is."""
    try:
        document: object = json.loads(text.removeprefix("\ufeff"), parse_int=str, parse_float=str)
    except RecursionError:
        return
    statements = document.get("Statement") if isinstance(document, dict) else None
    for statement in statements if isinstance(statements, list) else [statements]:
        members: dict[str, object] = statement if isinstance(statement, dict) else {}
        for values in (members.get("Resource"), members.get("NotResource")):
            yield from (value for value in (values if isinstance(values, list) else [values]) if isinstance(value, str))


def unwrap(text: str) -> str:
    """The document inside the output of `aws s3api get-bucket-policy`, with or without `--query Policy`; any other text as it is."""
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return text
    match found:
        case str():
            return found
        case {"Policy": str(document)} if "Statement" not in found:
            return document
        case _:
            return text


def check(
    documents: tuple[Attached, ...], configuration: Configuration, command: CommandName, now: datetime, *, certificates: bool = False
) -> Report:
    """The report on these documents, one bucket for each, in the order given; where asked for, with what is denied as certificates."""
    judges = tuple(_list_judges(configuration))
    return Report(
        command=command,
        subject=", ".join(name_source(document.file) for document in documents),
        pack=PACK,
        version=read_version(),
        policies=tuple(describe(judge.rule, judge.level) for judge in judges),
        stacks=tuple(_judge(document, judges, now.date(), certificates=certificates) for document in documents),
        date=now,
        versions={"Python": platform.python_version()},
    )


class Fixed(NamedTuple):
    """A document that is compliant; `warnings` are single lines about what it would silence."""

    text: str
    warnings: tuple[str, ...] = ()


def fix(document: Attached, configuration: Configuration, today: date, *, uploads_only: bool = False) -> Fixed | Unrepaired:
    """The document with the statements that it lacks for all policies that fail on it; none of them more often than needed."""
    judges = tuple(_list_judges(configuration))
    fixed = _repair(document, judges, today, uploads_only=uploads_only)
    if isinstance(fixed, Unrepaired):
        return fixed
    text = fixed if len(fixed.encode()) >= MAX_BYTES else f"{fixed.rstrip()}\n"
    return Fixed(text, tuple(_warn(_judge_all(document, judges, today))))


def _judge_all(document: Attached, judges: tuple[Judge, ...], today: date) -> tuple[Judgement, ...]:
    return tuple(Judgement(judge.rule, judge.settings, _assess(document, judge, today)) for judge in judges if judge.level != "disabled")


def _repair(document: Attached, judges: tuple[Judge, ...], today: date, *, uploads_only: bool) -> str | Unrepaired:
    found = _judge_all(document, judges, today)
    blank = is_blank(document.text)
    refused = None if blank else next((reason for one in found if (reason := _find_reason(one))), None)
    if refused is not None:
        return Unrepaired(refused)
    repaired = repair_all(document.text, list_wanted(found, blank=blank), uploads_only=uploads_only)
    return repaired.text if isinstance(repaired, Repaired) else Unrepaired(repaired.reason)


def _find_reason(judgement: Judgement) -> str | None:
    """Why a document cannot be completed for a policy that promises no more than uploads; None where it can be, or need not."""
    match judgement.examined.finding:
        case NotDenied(fix=CannotRepair(reason)) | CannotTell(fix=CannotRepair(reason)) if judgement.rule.remediates:
            return reason
        case CannotTell(Undecided(((path, reason), *_)), fix=None, document=document):
            place = name_places(shorten_path(path, reason), document).removeprefix("$")
            return f"S3 would refuse the document as it is: {reason}{place and f' ({place})'}"
        case OutputInText(what, language):
            return f"`{what}` contains what Pulumi's {ADVICE[language].sdk} SDK prints for an Output, not its value"
        case _:
            return None


def _warn(judgements: Iterable[Judgement]) -> Iterator[str]:
    """Whom the statements for the header would silence, and what spares them."""
    for rule, _, examined in judgements:
        if isinstance(examined.finding, NotDenied | CannotTell):
            for line in describe_senders(examined.finding.senders, _QUOTED, then=" in --policy-config"):
                yield f"{rule.name}: {line}"


def _list_judges(configuration: Configuration) -> Iterator[Judge]:
    """The policies that judge a document by itself."""
    for rule, level, settings in configuration.policies:
        if isinstance(rule, Rule):
            yield Judge(rule, level, settings)


def _judge(document: Attached, judges: tuple[Judge, ...], today: date, *, certificates: bool) -> Stack:
    where = name_source(document.file)
    place = SourceLocation("", "", "", where)
    found = [(judge, _assess(document, judge, today)) for judge in judges if judge.level != "disabled"]
    made = [certify(judge.rule, judge.settings, examined, "") if certificates else None for judge, examined in found]
    results = tuple(refer(say(judge.rule, judge.level, examined, place), one) for (judge, examined), one in zip(found, made, strict=True))
    judgements = [Judgement(judge.rule, judge.settings, examined) for judge, examined in found]
    fixed = choose_fix(judgements)
    edit = _find_edit(document, judges, today) if document.alone and fixed else None
    told = share_fix(results, judgements, fixed)
    bucket = Bucket(document.bucket, document.bucket, told, fix=fixed, edit=edit, certificates=tuple(filter(None, made)))
    return Stack("", where, (bucket,), resources=1)


def _find_edit(document: Attached, judges: tuple[Judge, ...], today: date) -> Edit | None:
    """The repair as one insertion, where it is one; so nothing of the document is quoted."""
    repaired = _repair(document, judges, today, uploads_only=False)
    if isinstance(repaired, Unrepaired):
        return None
    pairs = enumerate(zip(document.text, repaired, strict=False))
    offset = next((place for place, (old, new) in pairs if old != new), 0)
    added = repaired[offset : offset + len(repaired) - len(document.text)]
    return Edit(offset, added) if added and f"{document.text[:offset]}{added}{document.text[offset:]}" == repaired else None


def _assess(document: Attached, judge: Judge, today: date) -> Examined:
    partition = document.partition or judge.settings.partition
    settings = judge.settings._replace(partition=partition)
    source = Found(document.text, "policy", document.bucket, raw=True)
    subject = locate(Subject("", "aws:s3/bucketPolicy:BucketPolicy", "", document.bucket), settings, source)
    return Examined(subject, source, assess(judge.rule, settings, subject, source, today))
