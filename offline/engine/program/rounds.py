"""One run of a program as a value, and two runs joined into one."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from offline.engine.pack.analyzer_client import Verdicts
from offline.engine.protocol.values import Properties
from offline.run import BlindSpot, Pack, Seen, Unanswered

#: What registered a resource: its type, its parent's URN, the line of the program, which one of that line it is.
_Origin = tuple[str, str, str, int]


class Round(NamedTuple):
    """One run of the program to its end. `unanswered` is what nobody answered, with what was made up for it, if anything was."""

    pack: Pack
    seen: tuple[Seen, ...]
    verdicts: Verdicts
    output: str
    notes: tuple[str, ...]
    blind_spots: tuple[BlindSpot, ...]
    unanswered: Mapping[Unanswered, Sequence[Properties]] = {}

    @property
    def made_up(self) -> bool:
        """Whether a made-up value was handed out."""
        return any(self.unanswered.values())


def combine(first: Round, resolved: Round) -> Round:
    """The later run, and of the earlier one whatever was seen there only."""
    again = match(first.seen, resolved.seen)
    alone = tuple(seen for seen in first.seen if seen.urn not in again)
    urns = {seen.urn for seen in alone}
    verdicts = Verdicts(
        (*resolved.verdicts.diagnostics, *(each for each in first.verdicts.diagnostics if each.urn in urns)),
        (*resolved.verdicts.skipped, *(each for each in first.verdicts.skipped if each.urn in urns)),
        (*resolved.verdicts.remediated, *(each for each in first.verdicts.remediated if each.urn in urns)),
    )
    return resolved._replace(seen=(*resolved.seen, *alone), verdicts=verdicts, unanswered={**first.unanswered, **resolved.unanswered})


def match(one: Iterable[Seen], other: Iterable[Seen]) -> Mapping[str, str]:
    """
    The URNs of the first run that the second has too, with the second's own.

    A URN is the same in both, or what registered it is: a name may be made of time or chance. Where an SDK does not send the line, the
    names have to be alike but for digits.
    """
    ours, theirs = {seen.urn: seen for seen in one}, {seen.urn: seen for seen in other}
    joined = {urn: urn for urn in ours if urn in theirs}
    left = _location(seen for urn, seen in theirs.items() if urn not in joined)
    for origin, urn in _location(seen for urn, seen in ours.items() if urn not in joined).items():
        if origin in left:
            joined[urn] = left[origin]
    return joined


def _location(seen: Iterable[Seen]) -> dict[_Origin, str]:
    counts: Counter[tuple[str, str, str]] = Counter()
    placed: dict[_Origin, str] = {}
    for each in seen:
        above = _DIGITS.sub("#", each.urn.rpartition("::")[0])
        where = (each.type, above, each.source or _DIGITS.sub("#", each.name))
        origin = (*where, counts[where])
        placed[origin] = each.urn
        counts[where] += 1
    return placed


_DIGITS = re.compile(r"[0-9a-f]*[0-9][0-9a-f]*")
