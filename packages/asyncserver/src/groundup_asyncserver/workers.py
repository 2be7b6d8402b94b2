"""Several processes on one port: a supervisor that forks workers and replaces those that die.

    supervisor ── opens the sockets, forks, waits
        ├── worker 1    accepts from the same sockets, its own loop
        └── worker 2

A socket that is inherited, rather than one for each worker (SO_REUSEPORT): when a worker dies, what
the system has accepted for it waits for the others and is not lost.  Workers live in a process
group of their own, so that Ctrl-C in a terminal reaches the supervisor alone, which tells them.  A
worker whose supervisor is gone hears that by the end of a pipe, and stops.  POSIX only.
"""

import logging
import os
import select
import signal
import socket
import time
import traceback
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from groundup_asyncserver.errors import WorkerError

__all__ = ["Lifeline", "Supervisor"]

logger = logging.getLogger("groundup.server")

HEALTHY = 5.0  # seconds after which a death is no sign of a worker that cannot start
FIRST_DELAY = 0.5  # seconds before a worker that died young is replaced; doubled each time
LAST_DELAY = 30.0
STOPPING = (signal.SIGINT, signal.SIGTERM)
READY, FAILED = b"r", b"f"
MAX_FAILURE = 500  # characters


class Lifeline:
    """A worker's connection to its supervisor: says "ready", and ends when the supervisor does."""

    def __init__(self, connection: socket.socket) -> None:
        self.ready = False
        """Whether this worker has begun to serve."""
        self._connection = connection

    def fileno(self) -> int:
        """Return what becomes readable when the supervisor is gone."""
        return self._connection.fileno()

    def say_ready(self) -> None:
        """Tell the supervisor that this worker listens."""
        self.ready = True
        self._connection.send(READY)

    def say_failed(self, error: BaseException) -> None:
        """Tell the supervisor why this worker cannot begin: it has one terminal for all of them."""
        self._connection.send(FAILED + describe(error).encode("utf-8", "replace"))


@dataclass
class Worker:
    """A place for one process, whichever is in it."""

    pid: int = 0
    lifeline: socket.socket | None = None
    ready: bool = False
    failure: str = ""
    started: float = 0.0
    delay: float = FIRST_DELAY
    due: float = 0.0

    def hear(self) -> None:
        """Take what the process has said, if it has."""
        if self.lifeline is None or self.ready:
            return
        with suppress(BlockingIOError, ConnectionError):
            word = self.lifeline.recv(4 * MAX_FAILURE)
            self.ready = word == READY
            if word.startswith(FAILED):
                self.failure = word[1:].decode("utf-8", "replace")


@dataclass
class Supervisor:
    """Keeps a number of workers alive.  Belongs to the main thread of a process without others.

    Args:
        count: How many workers.
        work: What a worker does; it should call ``say_ready`` when it listens, end by SIGTERM,
            and end when its lifeline is readable.
        announce: Called once all workers are ready.
    """

    count: int
    work: Callable[[Lifeline], None]
    announce: Callable[[], None]
    patience: float = 30.0
    """Seconds that workers get to end before they are killed."""
    forwarded: tuple[signal.Signals, ...] = ()
    """Signals that are for the workers: SIGHUP."""
    _workers: list[Worker] = field(default_factory=list[Worker])
    _stopping: bool = False
    _announced: bool = False

    def run(self) -> None:
        """Run until SIGINT or SIGTERM, then return when all workers have ended.

        Raises:
            WorkerError: A worker ended before it was ready for the first time.
        """
        self._workers = [Worker() for _ in range(self.count)]
        with self._heard_signals() as wakeup:
            try:
                while not self._stopping:
                    self._start_due()
                    self._wait(wakeup)
            finally:
                self._stop(wakeup)

    @contextmanager
    def _heard_signals(self) -> Generator[socket.socket]:
        """Have signals wake us, and those that stop us remembered."""
        ours, theirs = socket.socketpair()
        for end in (ours, theirs):
            end.setblocking(False)  # noqa: FBT003 - its only form
        numbers = (*STOPPING, *self.forwarded, signal.SIGCHLD)
        before: dict[signal.Signals, Any] = {number: signal.getsignal(number) for number in numbers}
        for number in numbers:
            signal.signal(number, self._hear)
        earlier = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        try:
            yield ours
        finally:
            signal.set_wakeup_fd(earlier)
            for number, handler in before.items():
                signal.signal(number, handler)
            ours.close()
            theirs.close()

    def _hear(self, number: int, _frame: object) -> None:
        if number in STOPPING:
            if self._stopping:  # the second time: no patience
                self._tell(signal.SIGTERM)
            self._stopping = True
        elif number in self.forwarded:
            self._tell(signal.Signals(number))

    def _start_due(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if not worker.pid and worker.due <= now:
                self._start(worker)

    def _start(self, worker: Worker) -> None:
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            self._be_worker(ours, theirs)
        theirs.close()
        ours.setblocking(False)  # noqa: FBT003 - its only form
        worker.pid, worker.lifeline, worker.ready, worker.failure = pid, ours, False, ""
        worker.started = time.monotonic()

    def _be_worker(self, ours: socket.socket, theirs: socket.socket) -> None:
        """Do the work of a worker, and never return to the supervisor's code."""
        status, lifeline = 1, Lifeline(theirs)
        try:
            os.setpgid(0, 0)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            for number in self.forwarded:  # until the worker can hear it
                signal.signal(number, signal.SIG_IGN)
            for number in (signal.SIGTERM, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            ours.close()
            for other in self._workers:
                if other.lifeline is not None:  # a copy here would hide the supervisor's end
                    other.lifeline.close()
            self.work(lifeline)
            status = 0
        except BaseException as error:
            if lifeline.ready:
                logger.exception("worker %d failed", os.getpid())
            else:
                lifeline.say_failed(error)
        finally:
            logging.shutdown()
            os._exit(status)

    def _wait(self, wakeup: socket.socket) -> None:
        """Wait for a signal, a worker's word, or the time to replace one; then look around."""
        waiting = [worker.due for worker in self._workers if not worker.pid]
        timeout = max(0.0, min(waiting) - time.monotonic()) if waiting else None
        lifelines = [
            worker.lifeline for worker in self._workers if worker.lifeline and not worker.ready
        ]
        readable, _, _ = select.select([wakeup, *lifelines], [], [], timeout)
        if wakeup in readable:
            wakeup.recv(4096)
        for worker in self._workers:
            if worker.lifeline in readable:
                worker.hear()
        self._bury()
        if not self._announced and all(worker.ready for worker in self._workers):
            self._announced = True
            self.announce()

    def _bury(self) -> None:
        """Find the workers that have ended, and plan for others in their places."""
        for worker in self._workers:
            if not worker.pid or not (status := reap(worker.pid)):
                continue
            pid, worker.pid = worker.pid, 0
            worker.hear()
            if worker.lifeline is not None:
                worker.lifeline.close()
                worker.lifeline = None
            if self._stopping:
                continue
            if not self._announced and not worker.ready:
                raise WorkerError(
                    f"workers must be able to start, got {worker.failure}: one alone (workers=1) "
                    "shows where"
                    if worker.failure
                    else f"worker {pid} {status} before it was ready"
                )
            lived = time.monotonic() - worker.started
            worker.delay = FIRST_DELAY if lived > HEALTHY else min(worker.delay * 2, LAST_DELAY)
            worker.due = time.monotonic() + (0 if lived > HEALTHY else worker.delay)
            worker.ready = False
            logger.error("worker %d %s: another takes its place", pid, status)

    def _stop(self, wakeup: socket.socket) -> None:
        """Tell the workers to end, and see that they do."""
        self._stopping = True
        self._tell(signal.SIGTERM)
        end = time.monotonic() + self.patience
        while any(worker.pid for worker in self._workers):
            left = end - time.monotonic()
            if left <= 0:
                logger.error("workers did not end within %g seconds: killed", self.patience)
                self._tell(signal.SIGKILL)
                end += self.patience
            elif select.select([wakeup], [], [], min(left, 1.0))[0]:
                wakeup.recv(4096)
            self._bury()

    def _tell(self, number: signal.Signals) -> None:
        for worker in self._workers:
            if worker.pid:
                os.kill(worker.pid, number)


def describe(error: BaseException) -> str:
    """Return an error in one line, with the place that raised it.

    >>> describe(OSError("no file, no fun"))
    'OSError: no file, no fun'
    """
    place = ""
    if frames := traceback.extract_tb(error.__traceback__):
        place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})"
    text = " ".join(f"{type(error).__name__}: {error}".split())
    return text[:MAX_FAILURE] + place


def reap(pid: int) -> str:
    """Return how a child has ended, or "" while it lives."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    if not ended:
        return ""
    code = os.waitstatus_to_exitcode(status)
    return f"ended with status {code}" if code >= 0 else f"was killed by signal {-code}"
