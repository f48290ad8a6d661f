"""What happens between one program and the engine, besides resources: its log, what nobody could answer, what is worth a note."""

import re
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from offline.engine.protocol.values import Properties
from offline.run import Failure, Unanswered

#: What every SDK says of a configuration value that is not there.
MISSING = re.compile(r"issing required configuration variable '([^'\s]+)'")


class Provided(NamedTuple):
    """What children inherit from a resource: its protection, its provider and, from a component, providers by package."""

    protect: bool
    provider: str
    providers: dict[str, str]


class Session:
    """The mutable part of one program's conversation; every method may be called from any thread."""

    def __init__(self, *, dry_run: bool, folder: Path | None = None) -> None:
        """Nothing has happened yet. `folder`: where its own files are."""
        self.folder = folder
        self.dry_run = dry_run
        self._lock = threading.Lock()
        self._failure: Failure | None = None
        self._log: list[str] = []
        self._saw_error = False
        self._is_lost = False
        self._unanswered: dict[Unanswered, list[Properties]] = {}
        self._notes: dict[str, None] = {}
        self._blind: dict[str, None] = {}
        self._last_call = time.monotonic()
        self._has_begun = False

    def start(self) -> None:
        """The program is started from now on."""
        self._last_call = time.monotonic()

    def touch(self) -> None:
        """The program has asked for something: it is alive."""
        self._last_call = time.monotonic()
        self._has_begun = True

    @property
    def has_begun(self) -> bool:
        """Whether the program has ever asked for something: what builds it, or starts it, asks for nothing."""
        return self._has_begun

    @property
    def idle_seconds(self) -> float:
        """How long the program has asked for nothing."""
        return time.monotonic() - self._last_call

    def fail(self, failure: Failure) -> None:
        """The operation cannot go on; the first reason stays."""
        with self._lock:
            self._failure = self._failure or failure

    @property
    def failure(self) -> Failure | None:
        """Why the operation cannot go on."""
        return self._failure

    def log(self, text: str, *, error: bool) -> None:
        """A message of the program."""
        with self._lock:
            self._log.append(text)
            self._saw_error = self._saw_error or error
            self._is_lost = self._is_lost or (error and MISSING.search(text) is not None)

    @property
    def is_lost(self) -> bool:
        """Whether the program has logged that it lacks configuration: Node then takes minutes and gigabytes to end by itself."""
        return self._is_lost

    @property
    def messages(self) -> str:
        """The program's messages, each beginning on a line of its own."""
        with self._lock:
            return "".join(text if text.endswith("\n") else f"{text}\n" for text in self._log)

    @property
    def saw_error(self) -> bool:
        """Whether the program logged an error, which fails it whatever its exit status."""
        return self._saw_error

    def miss(self, what: Unanswered, made_up: Properties | None = None) -> None:
        """Nobody had an answer for this; `made_up` is what was answered all the same."""
        with self._lock:
            self._unanswered.setdefault(what, []).extend([] if made_up is None else [made_up])

    @property
    def unanswered(self) -> Mapping[Unanswered, Sequence[Properties]]:
        """What nobody had an answer for, in the order it was asked, with what was made up for it."""
        with self._lock:
            return {what: tuple(made_up) for what, made_up in self._unanswered.items()}

    def note(self, text: str) -> None:
        """Something the user should know; said once."""
        with self._lock:
            self._notes[text] = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know."""
        with self._lock:
            return tuple(self._notes)

    def leave_blind(self, text: str) -> None:
        """Something may hold a bucket and cannot be looked into; said once."""
        with self._lock:
            self._blind[text] = None

    @property
    def blind(self) -> tuple[str, ...]:
        """What may hold a bucket and could not be looked into."""
        with self._lock:
            return tuple(self._blind)
