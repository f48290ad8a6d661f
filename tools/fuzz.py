"""
Random documents through the decision core and everything that can contradict it.

    python tools/fuzz.py 1000000 7                            # documents against the naive evaluator, and some of them against the others
    python tools/fuzz.py 1000000 7 --solvers 0 --servers 0    # the naive evaluator only
    python tools/fuzz.py 0 7 --solvers 20000                  # cvc5 and z3 only
    python tools/fuzz.py 0 7 --servers 20000                  # the evaluators inside S3 servers only

Document number i of a run is `generate(Random(seed * 10**9 + i))`, so a disagreement is repeated by its own seed.
Exit status: 0 nobody disagrees, 1 somebody does; what they disagree about is left as JSON in a temporary folder.
"""

import argparse
import contextlib
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.differential.compare import Disagreement, against_naive, against_solvers
from tests.differential.servers import against_servers
from tools import build_cli

_CHUNK = 500
_TOLD = 2_000
_SPREAD = 10**9
_SHOWN = 5
_SERVED = 20_000

Check = Callable[[range, Counter[str]], Iterator[Disagreement]]
Chunk = tuple[Counter[str], list[Disagreement]]


def main() -> int:
    """Run what the command line asks for."""
    options = _parse(sys.argv[1:])
    solvers = options.count // 50 if options.solvers is None else options.solvers
    servers = min(options.count, _SERVED) if options.servers is None else options.servers
    ask_solvers = partial(against_solvers, seconds=options.seconds, z3_every=options.z3_every)
    found = _run("naive evaluator", partial(_each, against_naive), options.count, options)
    found += _run("cvc5 and z3", partial(_each, ask_solvers), solvers, options)
    if servers and build_cli.make(build_cli.missing_evaluators()) == 0:
        found += _run("MinIO, SeaweedFS and the Versity gateway", against_servers, servers, options)
    for one in found[:_SHOWN]:
        print(f"\nseed {one.seed}: {one.what}\n  {one.document}\n  {one.goal}\n  {one.detail}")
    if found:
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        for one in found:
            (folder / f"{one.seed}.json").write_text(json.dumps(one._asdict(), indent=2), encoding="utf-8")
        print(f"\n{len(found)} disagreements, in {folder}")
    return 1 if found else 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("count", type=int, help="documents against the naive evaluator")
    parser.add_argument("seed", type=int, help="of the whole run")
    parser.add_argument("--solvers", type=int, help="documents against cvc5 and z3 (a fiftieth of the others)")
    parser.add_argument("--servers", type=int, help=f"documents against the evaluators inside S3 servers (at most {_SERVED})")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=0.5, help="that a solver may take for one formula")
    parser.add_argument("--z3-every", type=int, default=1, help="ask z3 about every so many documents only")
    return parser.parse_args(arguments)


def _run(name: str, check: Check, count: int, options: argparse.Namespace) -> list[Disagreement]:
    started, counts, found, done = time.monotonic(), Counter[str](), list[Disagreement](), 0
    first = options.seed * _SPREAD
    pool = ProcessPoolExecutor(options.processes)
    with contextlib.suppress(KeyboardInterrupt):
        for counted, disagreements in pool.map(partial(_work, check, first + count), range(first, first + count, _CHUNK)):
            counts.update(counted)
            found += disagreements
            done = min(done + _CHUNK, count)
            if done % max(_TOLD, count // 20) == 0:
                print(f"{done} of {count}, {len(found)} disagreements", file=sys.stderr, flush=True)
    pool.shutdown(wait=False, cancel_futures=True)
    seconds = time.monotonic() - started
    if done:
        print(f"\n{done} documents against {name}, seed {options.seed}: {len(found)} disagreements")
        print(f"  {seconds:>10.0f} seconds, {done / seconds:.0f} documents a second")
        for key, value in sorted(counts.items()):
            print(f"  {value:>10} {key}")
    return found


def _work(check: Check, end: int, start: int) -> Chunk:
    counts = Counter[str]()
    return counts, list(check(range(start, min(start + _CHUNK, end)), counts))


def _each(check: Callable[[int, Counter[str]], Disagreement | None], seeds: range, counts: Counter[str]) -> Iterator[Disagreement]:
    for seed in seeds:
        found = check(seed, counts)
        if found is not None:
            yield found


if __name__ == "__main__":
    sys.exit(main())
