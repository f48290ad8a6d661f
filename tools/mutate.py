"""
Mutation testing of `bucketpolicy/`: one small change at a time to the code of one function, and the tests must notice.

    python tools/mutate.py                              # every mutant of every module
    python tools/mutate.py --sample 5 --seed 1          # a random fifth, another fifth with another seed
    python tools/mutate.py decide cover                 # these modules only

The tests are collected once. A first run, in a process of its own, records which functions each test enters; then every mutant gets a
forked process in which the changed code object takes the place of the old one, and the tests that enter that function run until one fails.
Survivors are printed as they are found.
Not mutated: generated tables, docstrings and sentences, types, code outside functions, and `strict=`, which says that lengths are equal and
does nothing where they are. Exit status 1 where the score is below the limit.
"""

import argparse
import ast
import contextlib
import importlib
import inspect
import json
import os
import pickle
import random
import resource
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

ROOT = Path(__file__).parents[1]
PACKAGE = "bucketpolicy"
LIMIT = 95.0
_TESTS = ("tests/bucketpolicy", "tests/differential", "tests/properties", "tests/policies/test_cases.py")
#: Left out: what takes long and asks what others ask, too.
_CHOICE = "not test_compare and not test_universe and not test_laws and not test_case_under_another_reading"
_GENERATED = {"actions", "keys"}
_MEMORY = 4 << 30
_PATIENCE = 60.0
_SENTENCE = 24


class Mutant(NamedTuple):
    """One change: where, what, and the code of the whole function after it, which begins at line `first`."""

    module: str
    function: str
    line: int
    change: str
    code: CodeType
    first: int


def main() -> int:
    """Collect, run, report."""
    options = _parse(sys.argv[1:])
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ["CI"] = "true"  # the same random examples every time
    mutants = [mutant for name in _modules(options.modules) for mutant in _mutate(name)]
    mutants = random.Random(options.seed).sample(mutants, len(mutants) // options.sample)  # noqa: S311 - no secret
    trial = Trial(mutants, options.processes)
    pytest.main([*_TESTS, "-m", "not e2e", "-k", _CHOICE, "-p", "no:terminal", "-p", "no:xdist", "-p", "no:cacheprovider"], plugins=[trial])
    if not trial.outcomes:
        return 1
    return _report(mutants, trial.outcomes, options.output)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--sample", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--output", type=Path, help="survivors as JSON")
    return parser.parse_args(arguments)


def _modules(wanted: list[str]) -> list[str]:
    root = ROOT / PACKAGE
    paths = [path for path in root.rglob("*.py") if path.stem not in {"__init__", *_GENERATED} and (not wanted or path.stem in wanted)]
    return sorted(".".join(path.relative_to(root).with_suffix("").parts) for path in paths)


def _report(mutants: list[Mutant], outcomes: dict[int, str], output: Path | None) -> int:
    survivors = [mutant for number, mutant in enumerate(mutants) if outcomes.get(number) == "survived"]
    unseen = [mutant for number, mutant in enumerate(mutants) if outcomes.get(number) == "no test"]
    score = 100 * (1 - len(survivors + unseen) / len(outcomes))
    timed_out = sum(outcome == "time" for outcome in outcomes.values())
    tried = f"{len(outcomes)} of {len(mutants)} mutants tried"
    print(f"{tried}, {len(survivors)} survive, {len(unseen)} in code that no test enters, {timed_out} noticed by the clock")
    print(f"score {score:.1f} % (limit {LIMIT})")
    if output:
        output.write_text(json.dumps([mutant[:4] for mutant in survivors + unseen], indent=1), encoding="utf-8")
    return 0 if score >= LIMIT and len(outcomes) == len(mutants) else 1


# Making mutants -------------------------------------------------------------------------------------------------------------------------


def _mutate(name: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    path = ROOT / PACKAGE / f"{name.replace('.', '/')}.py"
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for qualified, function in _functions(tree, ""):
        alone = _wrap(function, qualified.split("."))
        for node in _walk(function):
            for change, replace in _changes(node):
                with _restored(node):
                    replace(node)
                    code = _find(compile(ast.fix_missing_locations(alone), str(path), "exec"), qualified.split("."))
                yield Mutant(name, qualified, node.lineno, change, code, code.co_firstlineno)


def _wrap(function: ast.FunctionDef, path: list[str]) -> ast.Module:
    """A module with this function only, in its class."""
    body: list[ast.stmt] = [function]
    for name in reversed(path[:-1]):
        body = [ast.ClassDef(name, [], [], body, [])]
    return ast.Module(body, [])


@contextlib.contextmanager
def _restored(node: ast.AST) -> Iterator[None]:
    """Afterwards the node is as it was."""
    kind, members = node.__class__, {name: list(value) if isinstance(value, list) else value for name, value in vars(node).items()}
    yield
    node.__class__ = kind
    vars(node).update(members)


def _functions(tree: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield f"{prefix}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")


def _walk(function: ast.FunctionDef) -> Iterator[Any]:
    """The nodes of a function's body, without annotations and docstrings."""
    waiting: list[ast.AST] = list(function.body)
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue
        if hasattr(node, "lineno"):
            yield node
        skipped = {id(getattr(node, name, None)) for name in ("annotation", "returns")}
        skipped |= {id(keyword) for keyword in getattr(node, "keywords", ()) if keyword.arg == "strict"}
        children = [child for child in ast.iter_child_nodes(node) if id(child) not in skipped]
        waiting += [child for child in children if not isinstance(child, ast.arguments)]


def _find(code: CodeType, path: list[str]) -> CodeType:
    for name in path:
        code = next(one for one in code.co_consts if isinstance(one, CodeType) and one.co_name == name)
    return code


_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}
_Change = tuple[str, Callable[[Any], None]]


def _changes(node: ast.AST) -> Iterator[_Change]:
    match node:
        case ast.Compare() | ast.BoolOp() | ast.BinOp() | ast.AugAssign():
            yield from _change_operators(node)
        case ast.Constant(value=value):
            yield from _change_constant(value)
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield "return None", _setter("value", ast.Constant(None))
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test) if not isinstance(test, ast.Compare | ast.Constant):
            yield "not the condition", lambda twin: setattr(twin, "test", ast.UnaryOp(ast.Not(), twin.test))
        case ast.Break():
            yield "break -> continue", _become(ast.Continue)
        case ast.Continue():
            yield "continue -> break", _become(ast.Break)
        case ast.Name(id=name) if name in _NAMES:
            yield f"{name} -> {_NAMES[name]}", _setter("id", _NAMES[name])
        case ast.Expr(value=ast.Call()):
            yield "call left out", _setter("value", ast.Constant(None))


def _change_operators(node: ast.Compare | ast.BoolOp | ast.BinOp | ast.AugAssign) -> Iterator[_Change]:
    match node:
        case ast.Compare(ops=[*ops]):
            for place, found in enumerate(ops):
                swapped = _COMPARISONS[type(found)]
                yield f"{type(found).__name__} -> {swapped.__name__}", _compare(place, swapped())
        case ast.BoolOp(op=op):
            other = ast.Or if isinstance(op, ast.And) else ast.And
            yield f"{type(op).__name__} -> {other.__name__}", _setter("op", other())
        case ast.BinOp(op=op) | ast.AugAssign(op=op) if type(op) in _ARITHMETIC:
            new = _ARITHMETIC[type(op)]
            yield f"{type(op).__name__} -> {new.__name__}", _setter("op", new())


def _change_constant(value: object) -> Iterator[_Change]:
    match value:
        case bool():
            yield f"{value} -> {not value}", _setter("value", not value)
        case int():
            yield f"{value} -> {value + 1}", _setter("value", value + 1)
        case str() if len(value) <= _SENTENCE:
            yield f"{value!r} -> {value + 'x'!r}", _setter("value", value + "x")
        case str() | None | _:
            return


def _setter(name: str, value: object) -> Callable[[Any], None]:
    return lambda twin: setattr(twin, name, value)


def _compare(place: int, operator: ast.cmpop) -> Callable[[Any], None]:
    return lambda twin: twin.ops.__setitem__(place, operator)


def _become(kind: type[ast.stmt]) -> Callable[[Any], None]:
    def become(twin: Any) -> None:
        twin.__class__ = kind

    return become


# Trying them ----------------------------------------------------------------------------------------------------------------------------


class Trial:
    """A pytest plugin that takes the place of the test run."""

    def __init__(self, mutants: list[Mutant], processes: int) -> None:
        """What to try, and on how many processors."""
        self.mutants, self.processes = mutants, processes
        self.outcomes: dict[int, str] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Record, then try every mutant."""
        entered, took = self._record(session.items)
        running: dict[int, int] = {}
        with contextlib.suppress(KeyboardInterrupt):
            self._try_all(session.items, entered, took, running)
        return True

    def _try_all(
        self, items: list[pytest.Item], entered: dict[int, set[tuple[str, int]]], took: dict[int, float], running: dict[int, int]
    ) -> None:
        started = time.monotonic()
        for number, mutant in enumerate(self.mutants):
            if len(running) >= self.processes:
                self._reap(running)
            chosen = [place for place, found in entered.items() if (_stem(mutant.module), mutant.first) in found]
            chosen.sort(key=lambda place: (not _is_about(items[place], _stem(mutant.module)), took[place]))
            running[self._try(mutant, [items[place] for place in chosen], [took[place] for place in chosen])] = number
            if number % 50 == 0:
                print(f"{number} of {len(self.mutants)}, {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        while running:
            self._reap(running)

    def _record(self, items: list[pytest.Item]) -> tuple[dict[int, set[tuple[str, int]]], dict[int, float]]:
        """The functions that each test enters, and how long it takes; in another process, so that no cache here is filled."""
        with tempfile.NamedTemporaryFile() as answer:
            child = os.fork()
            if not child:
                Path(answer.name).write_bytes(pickle.dumps(_profile(items)))
                os._exit(0)
            os.waitpid(child, 0)
            entered, took, failed = pickle.loads(Path(answer.name).read_bytes())  # noqa: S301 - our own child wrote it
        if failed:
            raise pytest.UsageError("without any mutant these fail: " + ", ".join(failed))
        return entered, took

    def _try(self, mutant: Mutant, items: list[pytest.Item], took: list[float]) -> int:
        child = os.fork()
        if child:
            return child
        with contextlib.suppress(BaseException):
            if not items:
                os._exit(2)
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            sink = os.open(os.devnull, os.O_WRONLY)
            os.dup2(sink, 1)
            os.dup2(sink, 2)
            _put(mutant)
            _clear_caches()  # the collection may have filled some with what the code says without the mutant
            os._exit(0 if _passes(items, took) else 1)
        os._exit(1)

    def _reap(self, running: dict[int, int]) -> None:
        child, status = os.wait()
        number = running.pop(child)
        outcome = "time" if os.WIFSIGNALED(status) else ("survived", "killed", "no test")[os.WEXITSTATUS(status)]
        self.outcomes[number] = outcome
        if outcome in ("survived", "no test"):
            mutant = self.mutants[number]
            print(f"{mutant.module}.py:{mutant.line} {mutant.function}: {mutant.change} ({outcome})", flush=True)


def _stem(module: str) -> str:
    """The name of a module without its package; no two modules share one."""
    return module.rpartition(".")[2]


def _is_about(item: pytest.Item, module: str) -> bool:
    """Whether the test is in the module's own file, or in one of them: `test_decide_callers.py` is about `decide`."""
    return f"{item.path.stem}_".startswith(f"test_{module}_")


def _profile(items: list[pytest.Item]) -> tuple[dict[int, set[tuple[str, int]]], dict[int, float], list[str]]:
    folder = f"{ROOT / PACKAGE}{os.sep}"
    entered: dict[int, set[tuple[str, int]]] = defaultdict(set)
    took: dict[int, float] = {}
    failed: list[str] = []
    _clear_caches()
    for number, item in enumerate(items):
        found = entered[number]

        def note(frame: FrameType, _: str, __: object, found: set[tuple[str, int]] = found) -> None:
            code = frame.f_code
            if code.co_filename.startswith(folder):
                found.add((Path(code.co_filename).stem, code.co_firstlineno))

        started = time.process_time()
        sys.settrace(note)
        passed = _passes([item], [_PATIENCE])
        sys.settrace(None)
        took[number] = time.process_time() - started
        if number % 200 == 0:
            print(f"recorded {number} of {len(items)}", file=sys.stderr, flush=True)
        failed += [] if passed else [item.nodeid]
        _clear_caches()
    return dict(entered), took, failed


def _clear_caches() -> None:
    """Forget what cached functions know, so that every test is seen to enter what it needs."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{PACKAGE}."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _passes(items: list[pytest.Item], took: list[float]) -> bool:
    """Whether all pass; one that takes far longer than without a mutant ends the process."""
    for place, item in enumerate(items):
        following = items[place + 1] if place + 1 < len(items) else None
        signal.setitimer(signal.ITIMER_VIRTUAL, 3 + 5 * took[place])
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return False
    return True


def _put(mutant: Mutant) -> None:
    """Give the live function the code of the mutant."""
    found: Any = importlib.import_module(f"{PACKAGE}.{mutant.module}")
    for name in mutant.function.split("."):
        found = inspect.getattr_static(found, name)
    if isinstance(found, property):
        found = found.fget
    if isinstance(found, staticmethod | classmethod):
        found = found.__func__
    function = inspect.unwrap(found)
    assert isinstance(function, FunctionType)  # noqa: S101 - for the type checker
    function.__code__ = mutant.code
    random.seed(0)


if __name__ == "__main__":
    sys.exit(main())
