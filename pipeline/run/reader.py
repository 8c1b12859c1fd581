"""Inputs are read ahead in a thread: a slow one never keeps the supervisor from its workers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from queue import Empty, Queue
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadAhead(Generic[T]):
    """Up to ``ahead`` items of ``items``, in their order."""

    def __init__(self, items: Iterator[T], ahead: int) -> None:
        self._queue: Queue[T | _End] = Queue(ahead)
        self.exhausted = False
        threading.Thread(target=self._read, args=(items,), daemon=True).start()

    def get(self, seconds: float) -> T | None:
        """The next item; None when there is none within ``seconds``, or no more at all.

        Raises: whatever reading raised.
        """
        try:
            item = self._queue.get(timeout=seconds) if seconds > 0 else self._queue.get_nowait()
        except Empty:
            return None
        if isinstance(item, _End):
            self.exhausted = True
            if item.error is not None:
                raise item.error
            return None
        return item

    def _read(self, items: Iterator[T]) -> None:
        end = _End(None)
        try:
            for item in items:
                self._queue.put(item)
        except BaseException as error:  # it belongs to whoever asks for the next item
            end = _End(error)
        self._queue.put(end)


class _End:
    def __init__(self, error: BaseException | None) -> None:
        self.error = error
