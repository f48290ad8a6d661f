"""What `analyze` is asked to do with many states, as values."""

import argparse
import re
from datetime import date
from pathlib import Path
from typing import NamedTuple

from offline.fleet.ratchet import Terms
from offline.fleet.shards import Shard


class SurveyOptions(NamedTuple):
    """
    What is judged, and by whom; `jobs` None: as many processes as there are cores.

    `certificates`: the proofs of what is denied are wanted, too.
    """

    sources: tuple[str, ...]
    jobs: int | None = None
    cache: Path | None = None
    shard: Shard | None = None
    cluster: str | None = None
    certificates: bool = False


class RatchetOptions(NamedTuple):
    """Where the exemptions of all present violations are written to, and what is written into them."""

    file: Path
    terms: Terms


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the command."""
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="a state export, a folder of them, a back end's URL, or - for stdin")
    parser.add_argument("--jobs", type=_read_jobs, metavar="N", help="processes (default: the cores)")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep verdicts there: a later run judges what has changed")
    parser.add_argument("--shard", type=read_shard, metavar="I/N", help="only part I of N, the same states in every run; `merge` joins")
    parser.add_argument("--cluster", metavar="ADDRESS", help="of the scheduler of a Dask cluster that does the work")
    parser.add_argument("--write-exemptions", type=Path, metavar="FILE", help="write a configuration that exempts every present violation")
    parser.add_argument("--reason", type=_read_reason, metavar="R", help="with --write-exemptions: why")
    parser.add_argument("--owner", metavar="O", help="with --write-exemptions: who will mend them")
    parser.add_argument("--expires", type=_read_day, metavar="D", help="with --write-exemptions: the last day, YYYY-MM-DD in UTC")


def read_survey(found: argparse.Namespace) -> SurveyOptions:
    """What is judged, and by whom."""
    return SurveyOptions(tuple(found.sources), found.jobs, found.cache, found.shard, found.cluster, found.certificates is not None)


def read_ratchet(found: argparse.Namespace) -> RatchetOptions | str | None:
    """What is written where, None where nothing is; half a sentence where the options do not fit together."""
    if found.write_exemptions is None:
        given = [name for name in ("reason", "owner", "expires") if getattr(found, name) is not None]
        return f"--{given[0]} goes with --write-exemptions" if given else None
    if found.reason is None:
        return "--write-exemptions needs --reason"
    return RatchetOptions(found.write_exemptions, Terms(found.reason, found.owner, found.expires))


def read_shard(text: str) -> Shard:
    """A shard, from `2/5`."""
    found = re.fullmatch(r"([1-9]\d{0,5})/([1-9]\d{0,5})", text)
    if found is None or int(found[1]) > int(found[2]):
        message = "not a part such as 2/5, from 1/5 to 5/5"
        raise argparse.ArgumentTypeError(message)
    return Shard(int(found[1]), int(found[2]))


def _read_jobs(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text):
        message = "not a number of processes, from 1"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def _read_reason(text: str) -> str:
    if not text.strip():
        message = "empty; every exemption says why it is there"
        raise argparse.ArgumentTypeError(message)
    return text


def _read_day(text: str) -> date:
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    message = "not a day such as 2027-01-31"
    raise argparse.ArgumentTypeError(message)
