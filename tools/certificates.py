"""
`make certificates`: the verifier on certificates of whatever is denied, and on certificates that were tampered with.

    python tools/certificates.py 100000 100000 [--peers FILE]     random documents, and mutants; FILE has documents of other tools

Random document number i is that of `make fuzz`, mutant number i follows from its number, so each is repeated by itself. A certificate is
accepted, or ends with a form that the verifier does not model; a mutant that is accepted is held against the naive evaluator, and a part of
them against cvc5. Exit status: 0 nothing is wrong, 1 something is, and is printed.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.differential.certified import certify_cases, certify_peers, certify_random, describe, verify
from tests.differential.claims import look_into, read_claim, refute
from tests.differential.tampering import mutate

_CHUNK = 250
_SHOWN = 20
_BASES, _LONGEST = 400, 6_000
ACCEPTED, NOT_MODELLED = 0, 3


class Tally(NamedTuple):
    """What came of some inputs: how many ended how, and those that are wrong."""

    counts: Counter[str]
    wrong: tuple[str, ...]


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("documents", type=int, help="random documents")
    parser.add_argument("mutants", type=int, help="certificates that were tampered with")
    parser.add_argument("--first", type=int, default=0, help="number of the first of both")
    parser.add_argument("--peers", type=Path, help="documents of other tools, as a JSON list of `id`, `bucket` and `policy`")
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    found = [report("case files", [try_named(certify_cases())])]
    if options.peers is not None:
        found.append(report("documents of other tools", [try_named(certify_peers(options.peers))]))
    with ProcessPoolExecutor(options.processes) as pool:
        for name, attempt, count in (("random documents", try_random, options.documents), ("mutants", try_mutant, options.mutants)):
            numbers = range(options.first, options.first + count)
            chunks = [numbers[start : start + _CHUNK] for start in range(0, count, _CHUNK)]
            found.append(report(name, pool.map(partial(try_all, attempt), chunks)))
    return 1 if any(tally.wrong for tally in found) else 0


def report(name: str, tallies: Iterable[Tally]) -> Tally:
    """Print and return the sum."""
    started, counts, wrong = time.monotonic(), Counter[str](), list[str]()
    for tally in tallies:
        counts.update(tally.counts)
        wrong += tally.wrong
    print(f"\n{name}: {len(wrong)} wrong, {time.monotonic() - started:.0f} seconds")
    for key, value in sorted(counts.items()):
        print(f"  {value:>10,} {key}")
    for line in wrong[:_SHOWN]:
        print(f"  WRONG {line}")
    sys.stdout.flush()
    return Tally(counts, tuple(wrong))


def try_all(attempt: Callable[[int], Tally], numbers: range) -> Tally:
    """The sum of these attempts."""
    tallies = [attempt(number) for number in numbers]
    return Tally(sum((tally.counts for tally in tallies), Counter[str]()), tuple(line for tally in tallies for line in tally.wrong))


def try_named(certificates: Iterator[tuple[str, str]]) -> Tally:
    """The verifier on each of these."""
    tallies = [try_certificate(name, text) for name, text in certificates]
    return Tally(sum((tally.counts for tally in tallies), Counter[str]()), tuple(line for tally in tallies for line in tally.wrong))


def try_random(seed: int) -> Tally:
    """The verifier on the certificate of a random document, if it has one."""
    text = certify_random(seed)
    return Tally(Counter(["without a certificate"]), ()) if text is None else try_certificate(str(seed), text)


def try_certificate(name: str, text: str) -> Tally:
    """A certificate of ours is accepted, or rests on a form that is not modelled."""
    answer = verify(text)
    counts = Counter(["certificates", describe(answer)])
    return Tally(counts, () if answer.status in (ACCEPTED, NOT_MODELLED) else (f"{name}: {answer.status} {answer.said:.300}",))


def try_mutant(number: int) -> Tally:
    """A mutant is not accepted where what it claims is false."""
    rng = Random(number)  # noqa: S311  not for secrets
    bases = list_bases()
    base = rng.choice(bases)
    mutant = mutate(rng, base)
    answer = verify(mutant.text)
    counts = Counter(["mutants", f"status {answer.status}", *(f"by {name}" for name in mutant.names)])
    if answer.status not in (0, 1, 2, 3):
        return Tally(counts, (f"{number}: crashed {answer.said:.200}",))
    if answer.status != ACCEPTED:
        return Tally(counts, ())
    claim = read_claim(mutant.text)
    finding = look_into(claim, rng)
    if finding.kind != "false" and number % 10 == 0 and (refuted := refute(claim)) is not None:
        counts[f"accepted, cvc5 {refuted.kind}"] += 1
        finding = refuted if refuted.kind == "false" else finding
    counts[f"accepted and {finding.kind}"] += 1
    counts[f"accepted and {finding.kind}: {finding.why:.60}"] += finding.kind == "open"
    counts.update(f"accepted by {name}" for name in mutant.names)
    wrong = finding.kind == "false"
    return Tally(counts, (f"{number} {mutant.names}: {finding.why:.400}",) if wrong else ())


@cache
def list_bases() -> tuple[str, ...]:
    """Certificates that are accepted, of random documents and of case files, and not long."""
    some = (certify_random(seed) for seed in range(_BASES))
    texts = (*(text for text in some if text is not None), *(text for _, text in certify_cases()))
    return tuple(text for text in texts if len(text) < _LONGEST and verify(text).status == ACCEPTED)


if __name__ == "__main__":
    sys.exit(main())
