"""The worker processes that read bodies, with limits of time and memory for each.

A body is whatever a site sent: it may be made to exhaust a parser. It is read in a process of
its own, which is ended and replaced when it takes too long or too much. What counts is the time
of the processor from when the reader is ready: that this machine is slow is no fault of a body.
"""

import asyncio
import importlib
import multiprocessing
import signal
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from kb.collect.body import ReadError, ReceivedBody
from kb.failures import FailureKind
from kb.screen.relevance import Scorer
from kb.text.page_reading import PageReading

SECONDS = 20.0  # of the processor, a body
PATIENCE = 15  # times as long on the clock, before the machine is taken to be at fault
START_SECONDS = 120.0  # to load the parsers, on a busy machine
TRIES = 2  # where the machine was at fault
READY = "ready"
MEMORY_BYTES = 1_500_000_000
PROCESSES = 2


class _ThisMachine(Exception):
    """Raised where the reader did not answer, or was killed, by no fault of the body."""


class Worker:
    """One process that reads one body at a time."""

    def __init__(self, scorer: Scorer, seconds: float, memory: int) -> None:
        self._scorer = scorer
        self._seconds = seconds
        self._memory = memory
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    async def read(self, body: ReceivedBody) -> PageReading:
        """The body as read. Raises ReadError, also for one that breaks a limit.

        Where this machine was at fault the body is tried again, by a new process.
        """
        for _ in range(TRIES):
            try:
                return await self._ask(body)
            except _ThisMachine as error:
                fault = error
        raise ReadError(FailureKind.not_read, str(fault))

    async def _start(self) -> Connection:
        # Spawned, not forked: the parent holds a reactor and threads.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, self._memory, self._seconds, self._scorer)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()
        await self._receive(self._pipe, START_SECONDS)
        return self._pipe

    async def _receive(self, pipe: Connection, seconds: float) -> object:
        """What the process sends within that time on the clock; _ThisMachine for nothing."""
        loop = asyncio.get_running_loop()
        there = asyncio.Event()
        loop.add_reader(pipe.fileno(), there.set)
        try:
            await asyncio.wait_for(there.wait(), seconds)
        except TimeoutError:
            self.stop()
            raise _ThisMachine(f"the reader did not answer for {seconds:g} s") from None
        finally:
            if not pipe.closed:
                loop.remove_reader(pipe.fileno())
        return pipe.recv()

    async def _ask(self, body: ReceivedBody) -> PageReading:
        try:
            pipe = self._pipe or await self._start()
            pipe.send(body)
            answer = await self._receive(pipe, PATIENCE * max(self._seconds, 1.0))
        except (EOFError, OSError) as error:
            raise self._ended() from error
        if isinstance(answer, ReadError):
            raise answer
        if not isinstance(answer, PageReading):
            raise ReadError(FailureKind.unreadable, str(answer))
        return answer

    def _ended(self) -> Exception:
        """What it means that the process has ended: the body's fault, or this machine's."""
        if self._process is not None:
            self._process.join(PATIENCE)
        code = self._process.exitcode if self._process else None
        self.stop()
        if code == -signal.SIGPROF:
            return ReadError(
                FailureKind.unreadable,
                f"reading took longer than {self._seconds:g} s of the processor",
            )
        if code in (-signal.SIGKILL, -signal.SIGTERM):
            return _ThisMachine("the reader was killed")
        return ReadError(FailureKind.unreadable, "the reader ended: out of memory or crashed")

    def stop(self) -> None:
        """Ends the process; the next body gets a new one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


class Workers:
    """A few workers; a body waits for the next that is free."""

    def __init__(
        self,
        scorer: Scorer,
        *,
        processes: int = PROCESSES,
        seconds: float = SECONDS,
        memory: int = MEMORY_BYTES,
    ) -> None:
        self._all = [Worker(scorer, seconds, memory) for _ in range(processes)]
        self._free: asyncio.LifoQueue[Worker] | None = None

    async def read(self, body: ReceivedBody) -> PageReading:
        """The body as read by the next free worker. Raises ReadError."""
        if self._free is None:
            self._free = asyncio.LifoQueue()  # the last used first: most crawls need one
            for worker in self._all:
                self._free.put_nowait(worker)
        worker = await self._free.get()
        try:
            return await worker.read(body)
        finally:
            self._free.put_nowait(worker)

    def stop(self) -> None:
        """Ends every process."""
        for worker in self._all:
            worker.stop()


def _serve(pipe: Connection, memory: int, seconds: float, scorer: Scorer) -> None:
    """What runs in the worker process. A lazy door: here alone are the parsers loaded."""
    reading = importlib.import_module("kb.collect.reading")
    pipe.send(READY)
    reading.serve(pipe, memory, seconds, scorer)
