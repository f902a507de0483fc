"""The worker processes that read bodies, with limits of time and memory for each.

A body is whatever a site sent: it may be made to exhaust a parser. It is read in a process of
its own, which is ended and replaced when it takes too long or too much.
"""

import asyncio
import importlib
import multiprocessing
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from kb.collect.body import ReadError, ReceivedBody
from kb.screen.relevance import Scorer
from kb.text.page_reading import PageReading

SECONDS = 20
MEMORY_BYTES = 1_500_000_000
PROCESSES = 2


class Worker:
    """One process that reads one body at a time."""

    def __init__(self, scorer: Scorer, seconds: float, memory: int) -> None:
        self._scorer = scorer
        self._seconds = seconds
        self._memory = memory
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    async def read(self, body: ReceivedBody) -> PageReading:
        """The body as read. Raises ReadError, also for one that breaks a limit."""
        if self._process is None or self._pipe is None:
            self._start()
        return await asyncio.to_thread(self._ask, body)

    def _start(self) -> None:
        # Spawned, not forked: the parent holds a reactor and threads.
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        arguments = (theirs, self._memory, self._scorer)
        self._process = context.Process(target=_serve, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def _ask(self, body: ReceivedBody) -> PageReading:
        if self._pipe is None:
            raise RuntimeError("the worker has not been started")
        try:
            self._pipe.send(body)
            if not self._pipe.poll(self._seconds):
                self.stop()
                raise ReadError("unreadable", f"reading took longer than {self._seconds:g} s")
            answer = self._pipe.recv()
        except (EOFError, OSError) as error:
            self.stop()
            raise ReadError("unreadable", "the reader ended: out of memory or crashed") from error
        if isinstance(answer, ReadError):
            raise answer
        if not isinstance(answer, PageReading):
            raise ReadError("unreadable", str(answer))
        return answer

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


def _serve(pipe: Connection, memory: int, scorer: Scorer) -> None:
    """What runs in the worker process. A lazy door: here alone are the parsers loaded."""
    importlib.import_module("kb.collect.reading").serve(pipe, memory, scorer)
