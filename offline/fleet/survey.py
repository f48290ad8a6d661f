"""`analyze` of many states: which there are, who judges them, and the report on what came of it."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from offline.command_line import Format
from offline.configuration import Configuration
from offline.files import STDIN
from offline.fleet.cache import Cache
from offline.fleet.cluster import NoClusterError, run_on_cluster
from offline.fleet.collect import Collected, collect, list_lines, list_stacks
from offline.fleet.context import describe_context
from offline.fleet.jobs import Done, run_tasks
from offline.fleet.options import SurveyOptions
from offline.fleet.shards import is_in_shard
from offline.fleet.sources import Item, list_items, read_item
from offline.fleet.work import Known, Task, judge_packed, judge_task, keep_part, look_up, pack_task
from offline.pack_info import PACK, describe, list_versions, read_version
from offline.report import formats, ndjson
from offline.report.content import Bucket, Report, Stack, UsedExemption, name_stack, rank
from offline.report.text import Screen
from offline.run import Failure

#: So many stacks are named in the heading of a report.
_MOST_NAMED = 5
#: Another process pays for itself from so many states on.
_STATES_A_PROCESS = 8
_SOON = timedelta(days=30)


class Survey(NamedTuple):
    """
    A report whose stacks have no buckets: those are in `collected`. `records` are the stacks as JSON has them, with their counts.

    `buckets` counts the buckets.
    """

    report: Report
    records: tuple[Mapping[str, Any], ...]
    buckets: int
    collected: Collected


@contextmanager
def survey(options: SurveyOptions, configuration: Configuration, now: datetime, tell: Callable[[str], None]) -> Iterator[Survey | Failure]:
    """The report on these sources; a failure where nothing can be judged at all."""
    items, unlisted = _list_items(options, tell)
    if unlisted and not items:
        yield unlisted[0]
        return
    tasks = tuple(_plan(items, options, configuration, now.date()))
    try:
        with collect(_show(_run(tasks, options, tell), len(tasks), tell), items) as collected:
            yield _conclude(collected, unlisted, configuration, now, whole=options.shard is None)
    except NoClusterError as error:
        yield Failure(f"--cluster {options.cluster}: {error}; expected: the address of a Dask scheduler, such as tcp://HOST:8786")


def _list_items(options: SurveyOptions, tell: Callable[[str], None]) -> tuple[tuple[Item, ...], tuple[Failure, ...]]:
    """The states of all sources, each once, as far as they are in the shard; and what is wrong with the other sources."""
    found: dict[tuple[str, str], Item] = {}
    unlisted: list[Failure] = []
    for source in options.sources:
        tell(f"listing {source}")
        items = list_items(source)
        if isinstance(items, Failure):
            unlisted.append(items)
        else:
            found.update({(item.store, item.file): item for item in items})
    shard = options.shard
    return tuple(item for item in found.values() if shard is None or is_in_shard(item.place, shard)), tuple(unlisted)


def _plan(items: tuple[Item, ...], options: SurveyOptions, configuration: Configuration, today: date) -> Iterator[Task]:
    certificates = options.certificates
    context = "" if options.cache is None else describe_context(configuration, today, certificates=certificates)
    cache = None if options.cache is None else Cache(options.cache.resolve(), context)
    for item in items:
        task = Task(item, None, configuration.written, today, cache, certificates=certificates)
        # Standard input can be read here only, and once.
        yield _fetch(task) if item.file == STDIN else task


def _fetch(task: Task) -> Task:
    """The task with its state, where that can be read; else whoever does the work finds out why."""
    content = read_item(task.item) if task.content is None else task.content
    return task._replace(content=content if isinstance(content, bytes) else None)


def _run(tasks: tuple[Task, ...], options: SurveyOptions, tell: Callable[[str], None]) -> Iterator[Done[str]]:
    if options.cluster is not None:
        return _run_elsewhere(options.cluster, tasks)
    wanted = options.jobs or os.cpu_count() or 1
    processes = wanted if options.jobs else max(1, min(wanted, -(-len(tasks) // _STATES_A_PROCESS)))
    here = processes == 1 or len(tasks) == 1
    return run_tasks(partial(judge_task, tell=tell) if here else judge_task, tasks, 1 if here else processes)


def _run_elsewhere(address: str, tasks: tuple[Task, ...]) -> Iterator[Done[str]]:
    """What is kept on this machine first, then what a cluster makes of the rest."""
    rest: dict[int, Known | None] = {}
    for number, task in enumerate(tasks):
        content = _fetch(task).content if task.cache is not None else None
        known = look_up(task, content) if content is not None else None
        if known is not None and known.part is not None:
            yield Done(number, known.part)
        else:
            rest[number] = known
    numbers = tuple(rest)
    # A task is packed when it is its turn: all of them, with their states, do not fit into memory.
    packed = (_pack_for_others(tasks[number]) for number in numbers)
    for place, part in run_on_cluster(address, judge_packed, packed) if rest else ():
        known = rest[numbers[place]]
        if known is not None and part is not None:
            keep_part(known, part)
        yield Done(numbers[place], part)


def _pack_for_others(task: Task) -> bytes:
    """The task for another machine, which has no local files; what is in a store it reads itself."""
    return pack_task(task if task.item.store else _fetch(task))


def _show(done: Iterator[Done[str]], expected: int, tell: Callable[[str], None]) -> Iterator[tuple[int, str | None]]:
    """The results as they come, with a line of progress."""
    started = time.monotonic()
    for count, (number, part) in enumerate(done, start=1):
        left = (time.monotonic() - started) / count * (expected - count)
        tell(f"judging states: {count:,} of {expected:,}, about {_say_duration(left)} left")
        yield number, part


def _say_duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  two minutes


def _conclude(collected: Collected, unlisted: tuple[Failure, ...], configuration: Configuration, now: datetime, *, whole: bool) -> Survey:
    stacks = tuple(each.part.stack for each in collected.kept)
    exemptions = tuple(_list_used(collected, configuration))
    report = Report(
        command="analyze",
        subject=name_stacks(stacks),
        pack=PACK,
        version=read_version(),
        policies=tuple(describe(configured.rule, configured.level) for configured in configuration.policies),
        stacks=stacks,
        date=now,
        versions=list_versions(),
        notes=(*collected.notes, *(list_exemption_notes(exemptions, now.date()) if whole else ())),
        unread=(*(failure.message for failure in unlisted), *collected.unread),
        exemptions=exemptions,
    )
    buckets = sum(each.buckets for each in collected.kept)
    return Survey(report, tuple(each.part.totals for each in collected.kept), buckets, collected)


def name_stacks(stacks: tuple[Stack, ...]) -> str:
    """What the heading of a report says was judged."""
    return ", ".join(map(name_stack, stacks)) if len(stacks) <= _MOST_NAMED else f"{len(stacks):,} stacks"


def _list_used(collected: Collected, configuration: Configuration) -> Iterator[UsedExemption]:
    matched = {pair for each in collected.kept for pair in each.part.matched}
    for configured in configuration.policies:
        for number, exemption in enumerate(configured.settings.exemptions):
            yield UsedExemption(
                configured.rule.name,
                exemption.bucket,
                exemption.reason,
                exemption.owner,
                exemption.expires,
                exemption.document,
                matched=(configured.rule.name, number) in matched,
            )


def list_exemption_notes(exemptions: tuple[UsedExemption, ...], today: date) -> Iterator[str]:
    """A line for each exemption that matches nothing, or that ends within 30 days."""
    for exemption in exemptions:
        which = f"exemption of `{exemption.bucket}` from {exemption.policy}"
        if not exemption.matched:
            yield f"The {which} matches nothing; it can go."
        elif exemption.expires is not None and today <= exemption.expires <= today + _SOON:
            yield f"The {which} ends after {exemption.expires.isoformat()}."


def list_buckets(found: Survey) -> Iterator[Bucket]:
    """Every bucket, a stack's at a time."""
    return (bucket for stack in list_stacks(found.collected) for bucket in stack.buckets)


def complete(found: Survey) -> Report:
    """The report with all its buckets, for the formats that need them all at once."""
    return found.report._replace(stacks=tuple(list_stacks(found.collected)))


def render(found: Survey, chosen: Format, screen: Screen) -> Iterator[str]:
    """The report in this format; NDJSON a stack at a time, so that a million buckets are never in memory at once."""
    if chosen != "ndjson":
        yield formats.render(complete(found), chosen, screen)
        return
    yield ndjson.write_header_line(found.report)
    yield from (lines.decode() for lines in list_lines(found.collected))
    yield ndjson.write_summary_line(found.report, found.records, found.buckets)


def find_status(found: Survey) -> int:
    """The exit status, from the totals of the stacks."""
    return rank(found.report, blocked=any(record["counts"]["violation"] for record in found.records))
