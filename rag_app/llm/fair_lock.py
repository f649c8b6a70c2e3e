"""A lock that threads get in the order they asked; `threading.Lock` promises no order.

Knows: who waits.
Does not know: for what.
"""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """First come, first served; any thread may release it (a generator can be closed by another thread)."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._queue: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._queue)

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._queue.append(turn)
        turn.wait()

    def release(self) -> None:
        with self._guard:
            if self._queue:
                self._queue.popleft().set()  # stays held, by the next one
            else:
                self._held = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *_: object) -> None:
        self.release()
