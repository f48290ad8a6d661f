"""`check` and `fix`: bucket policies by themselves, judged in this process."""

import json
import platform
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from bucketpolicy.parse import MAX_BYTES
from bucketpolicy.repair import CannotRepair, Repaired
from crossguard.judging.assess import assess, locate
from crossguard.judging.finding import CannotTell, Compliant, Exempted, NotDenied, Subject
from crossguard.pack.rule import Rule
from crossguard.pack.settings import Settings
from crossguard.resources.source import Found
from offline.configuration import Configuration, Level
from offline.files import name_source, read_text
from offline.pack_info import PACK, describe, read_version
from offline.report.content import Bucket, CommandName, Report, SourceLocation, Stack
from offline.results import Examined, choose_fix, say
from offline.run import Failure

#: Far beyond what S3 takes: the document of a text this long is refused with a verdict, a longer file is no policy.
MOST_BYTES = 5 * 2**20
EXPECTED = "a bucket policy, or what `aws s3api get-bucket-policy` prints"


class Attached(NamedTuple):
    """A document as the policy of a bucket; `partition` None where it is to be found out."""

    text: str
    file: str
    bucket: str
    partition: str | None


class Judge(NamedTuple):
    """A policy that judges documents, with its configuration."""

    rule: Rule
    level: Level
    settings: Settings


class Unrepaired(NamedTuple):
    """Why no compliant document can be printed; half a sentence."""

    reason: str


def read_document(name: str) -> str | Failure:
    """The policy document in a file."""
    text = read_text(name, MOST_BYTES, EXPECTED)
    return text if isinstance(text, Failure) else unwrap(text)


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


def check(documents: tuple[Attached, ...], configuration: Configuration, command: CommandName, now: datetime) -> Report:
    """The report on these documents, one bucket for each, in the order given."""
    judges = tuple(_list_judges(configuration))
    return Report(
        command=command,
        subject=", ".join(name_source(document.file) for document in documents),
        pack=PACK,
        version=read_version(),
        policies=tuple(describe(judge.rule, judge.level) for judge in judges),
        stacks=tuple(_judge(document, judges, now.date()) for document in documents),
        date=now,
        versions={"Python": platform.python_version()},
    )


def fix(document: Attached, configuration: Configuration, today: date) -> str | Unrepaired:
    """The document with the statements that the mandatory policies miss in it."""
    for judge in _list_judges(configuration):
        if judge.level not in ("mandatory", "remediate"):
            continue
        repaired = _repair(document, judge, today)
        if isinstance(repaired, Unrepaired):
            return repaired
        document = document._replace(text=repaired)
    return document.text if len(document.text.encode()) >= MAX_BYTES else f"{document.text.rstrip()}\n"


def _list_judges(configuration: Configuration) -> Iterator[Judge]:
    """The policies that judge a document by itself."""
    for rule, level, settings in configuration.policies:
        if isinstance(rule, Rule):
            yield Judge(rule, level, settings)


def _judge(document: Attached, judges: tuple[Judge, ...], today: date) -> Stack:
    where = name_source(document.file)
    place = SourceLocation("", "", "", where)
    found = [(judge, _assess(document, judge, today)) for judge in judges if judge.level != "disabled"]
    results = tuple(say(judge.rule, judge.level, examined, place) for judge, examined in found)
    fix = choose_fix((judge.level, examined.finding) for judge, examined in found)
    return Stack("", where, (Bucket(document.bucket, document.bucket, results, fix=fix),), resources=1)


def _assess(document: Attached, judge: Judge, today: date) -> Examined:
    partition = document.partition or judge.settings.partition
    settings = judge.settings._replace(partition=partition)
    source = Found(document.text, "policy", document.bucket, raw=True)
    subject = locate(Subject("", "aws:s3/bucketPolicy:BucketPolicy", "", document.bucket), settings, source)
    return Examined(subject, source, assess(judge.rule, settings, subject, source, today))


def _repair(document: Attached, judge: Judge, today: date) -> str | Unrepaired:
    match _assess(document, judge, today).finding:
        case Compliant() | Exempted():
            return document.text
        case NotDenied(fix=Repaired(text)) | CannotTell(fix=Repaired(text)):
            return text
        case NotDenied(fix=CannotRepair(reason)) | CannotTell(fix=CannotRepair(reason)):
            return Unrepaired(reason)
        case CannotTell(verdict):
            return Unrepaired(f"S3 would refuse the document as it is: {verdict.reasons[0].reason} ({verdict.reasons[0].path})")
        case _:
            return Unrepaired("the document cannot be judged")
