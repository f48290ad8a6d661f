"""
What is done with one state, wherever it is done: read, judged, and turned into the lines of a report.

A task's part of the report is text, so that it crosses to other processes and machines and can be kept: a line of JSON about the stack, a
line for each bucket as in NDJSON, and a line for each certificate. Everything a part follows from is in its task, which is packed where it
goes to another machine.
"""

import json
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from offline import analyze, state
from offline.assemble import Detail, Judged, assemble_stack
from offline.configuration import Configuration, interpret
from offline.files import name_source
from offline.fleet.cache import Cache, keep, recall
from offline.fleet.compression import read_text
from offline.fleet.matching import list_matched
from offline.fleet.sources import Item, read_item
from offline.report.content import Stack
from offline.report.ndjson import write_bucket_line
from offline.report.record import write_stack
from offline.run import Failure

#: States shrink to a twentieth at the first level already.
_FAST = 1


class Task(NamedTuple):
    """
    A state to judge with a configuration on a day (in UTC).

    `content` is the state as it is stored, None where whoever does the work reads it. Parts are kept in `cache`, where there is one.
    `certificates`: the part has the proofs of what is denied.
    """

    item: Item
    content: bytes | None
    configuration: Mapping[str, object]
    today: date
    cache: Cache | None
    certificates: bool = False


class Part(NamedTuple):
    """
    What one state gives to a report.

    `stack` has no buckets, which are in `lines`; `totals` is its record with their counts. `digest` is of the content. `matched`: which
    exemptions match something in it, by policy and place. `certificates` are lines, too. Of a state that cannot be read there is only the
    line `unread`.
    """

    stack: Stack
    totals: Mapping[str, Any]
    lines: str
    digest: str = ""
    matched: tuple[tuple[str, int], ...] = ()
    unread: str = ""
    certificates: str = ""


def judge_packed(packed: bytes) -> str:
    """The part that a packed task asks for: what a machine of a cluster does."""
    return judge_task(_unpack_task(packed))


def judge_task(task: Task, tell: Callable[[str], None] = lambda _: None) -> str:
    """The part of a report, as text, that a task asks for, with lines of progress for `tell`. Raises for mistakes of ours only."""
    content = read_item(task.item) if task.content is None else task.content
    if isinstance(content, Failure):
        return _write_unread(content)
    known = look_up(task, content)
    if known.part is not None:
        return known.part
    text = read_text(content, task.item.where)
    # A large state is in memory once.
    del content
    part = _judge(task, text, known.digest, tell)
    keep_part(known, part)
    return part


class Known(NamedTuple):
    """What is known of a state before it is judged: the hash of its content, where its part is kept, and the part, if it is."""

    digest: str
    entry: Path | None
    part: str | None


def look_up(task: Task, content: bytes) -> Known:
    """What is known of a task's state, which has this content."""
    entry = task.cache.locate(content, task.item.where) if task.cache is not None else None
    return Known(sha256(content).hexdigest(), entry, recall(entry) if entry is not None else None)


def keep_part(known: Known, part: str) -> None:
    """Keep the part that was found for a state; not one that is about another content, which the file may have had by then."""
    if known.entry is not None and json.loads(part.partition("\n")[0]).get("digest") == known.digest:
        keep(known.entry, part)


def _judge(task: Task, text: str | Failure, digest: str, tell: Callable[[str], None]) -> str:
    where = name_source(task.item.where)
    found = text if isinstance(text, Failure) else state.parse(text, where)
    if isinstance(found, Failure):
        return _write_unread(found)
    configuration = _read_configuration(json.dumps(task.configuration))
    findings: analyze.Findings = {}
    run = analyze.judge_state(found, configuration, task.today, tell, findings)
    detail: Detail = "certificates" if task.certificates else "proofs"
    stack = assemble_stack(Judged(run, where, findings), configuration, task.today, detail)
    stack = stack._replace(time=found.time, digest=digest)
    certificates = [f"{json.dumps(each)}\n" for bucket in stack.buckets for each in bucket.certificates]
    about = {
        "stack": write_stack(stack),
        "digest": digest,
        "matched": list_matched(configuration, found.resources),
        "certificates": sum(map(len, certificates)),
    }
    lines = (write_bucket_line(stack, bucket) for bucket in stack.buckets)
    return "".join([json.dumps(about, separators=(",", ":")), "\n", *lines, *certificates])


@lru_cache(maxsize=1)
def _read_configuration(written: str) -> Configuration:
    """The configuration, which was found to be right before anything was judged."""
    found = interpret(json.loads(written, parse_int=float), "")
    if isinstance(found, Failure):
        raise TypeError(found.message)
    return found


def _write_unread(failure: Failure) -> str:
    return json.dumps({"unread": failure.message}) + "\n"


def pack_task(task: Task) -> bytes:
    """
    The task for a machine that has another disk: what is kept is looked for, and kept, here.

    Small, because Dask's scheduler and its client remember the last thousand messages to everyone with all that is in them.
    """
    content = task.content
    about = json.dumps([task.item, content is not None, task.configuration, task.today.isoformat(), task.certificates])
    return zlib.compress(b"\n".join([about.encode(), content or b""]), _FAST)


def _unpack_task(packed: bytes) -> Task:
    about, _, content = zlib.decompress(packed).partition(b"\n")
    item, has_content, configuration, today, certificates = json.loads(about, parse_int=float)
    return Task(Item(*item), content if has_content else None, configuration, date.fromisoformat(today), None, certificates)
