"""Several sequences of tokens in one context of a loaded model, which advance together.

Knows: llama.cpp's batches, in which each row is a token of a sequence, and one cache that all
sequences take their cells from; the tokens that two of them begin with are stored once.
Does not know: texts, grammars, or which token comes next.

One cache for all ("unified") and one for each took the same time for sequences of 160 tokens, on a
CPU; only with the first can rows that read and rows that write be of one batch.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rag_app.errors import EngineError

Logits = npt.NDArray[np.float32]

_ABORTED = 2  # of llama_decode


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A token at its place in a sequence; `wanted` asks for the logits after it."""

    sequence: int
    position: int
    token: int
    wanted: bool = False


def state_of(api: Any, context: Any, sequence: int) -> bytes:
    """All that a context holds of a sequence."""
    size = api.llama_state_seq_get_size(context, sequence)
    data = np.empty(size, np.uint8)
    address = data.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
    return data[: api.llama_state_seq_get_data(context, address, size, sequence)].tobytes()


def set_state(api: Any, context: Any, sequence: int, data: bytes) -> bool:
    """Give an empty sequence what another context held of one; False where it does not fit."""
    buffer = np.frombuffer(data, np.uint8).ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
    return bool(api.llama_state_seq_set_data(context, buffer, len(data), sequence))


class Sequences:
    """The sequences 0, 1, … of a context. Not thread-safe."""

    def __init__(self, api: Any, context: Any, *, count: int, rows: int, cells: int, vocabulary: int) -> None:
        """Take over a context made for `count` sequences, `cells` tokens in all, and batches of at most
        `rows` rows.
        """
        self.count = count
        self.rows = rows
        self.cells = cells
        self.seconds = 0.0  # spent decoding, in all
        self._api = api
        self._context = context
        self._vocabulary = vocabulary
        self._memory = api.llama_get_memory(context)
        self._batch = api.llama_batch_init(rows, 0, 1)
        self._stop = threading.Event()
        self._stopped = api.ggml_abort_callback(lambda _: self._stop.is_set())
        api.llama_set_abort_callback(context, self._stopped, None)

    def decode(self, rows: Sequence[BatchRow], stop: threading.Event) -> bool:
        """Append the rows; False, with all sequences empty, if `stop` was set meanwhile."""
        batch = self._batch
        batch.n_tokens = len(rows)
        for place, row in enumerate(rows):
            batch.token[place], batch.pos[place], batch.logits[place] = row.token, row.position, row.wanted
            batch.n_seq_id[place], batch.seq_id[place][0] = 1, row.sequence
        self._stop = stop
        began = time.perf_counter()
        code = self._api.llama_decode(self._context, batch)
        if not code:
            self._api.llama_synchronize(self._context)  # waits for a GPU
        self.seconds += time.perf_counter() - began
        if code:
            self.forget_all()
        if code not in {0, _ABORTED}:
            raise EngineError(f"llama.cpp failed to decode several texts (code {code})", "ask again")
        return not code

    def logits(self, place: int) -> Logits:
        """Logits after the row at `place` of the last batch, shape (vocabulary,): a view, valid until the
        next one.
        """
        pointer = self._api.llama_get_logits_ith(self._context, place)
        address = ctypes.addressof(pointer.contents)
        return np.ctypeslib.as_array((ctypes.c_float * self._vocabulary).from_address(address))

    def begin_as(self, sequence: int, other: int) -> None:
        """Let an empty sequence begin with all that the other one holds, in the same cells."""
        self._api.llama_memory_seq_cp(self._memory, other, sequence, -1, -1)

    def state(self, sequence: int) -> bytes:
        """All that is held of a sequence."""
        return state_of(self._api, self._context, sequence)

    def resume(self, sequence: int, state: bytes) -> None:
        """Let an empty sequence be one that other `Sequences` of the model held. Raises EngineError."""
        if not set_state(self._api, self._context, sequence, state):
            raise EngineError("llama.cpp failed to move what was read", "ask again")

    def keep(self, sequence: int, count: int) -> None:
        """Forget all of a sequence but its first `count` tokens."""
        self._api.llama_memory_seq_rm(self._memory, sequence, count, -1)

    def forget(self, sequence: int) -> None:
        self._api.llama_memory_seq_rm(self._memory, sequence, -1, -1)

    def forget_all(self) -> None:
        self._api.llama_memory_clear(self._memory, False)

    def close(self) -> None:
        """Give the memory back."""
        self._api.llama_batch_free(self._batch)
        self._api.llama_free(self._context)
