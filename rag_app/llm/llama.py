"""llama.cpp as the engine sees it: a loaded model with one sequence of tokens, and more beside it.

On a CPU llama.cpp lays most weights out anew, which makes it write faster, several texts above all; but it
may read prompts faster with the weights as the file has them. Where there is memory for both (`Plan.reader`),
several tokens at once are read with the second, single ones with the first, and the sequence moves between
them.

Knows: which weights decode what, and how a token is decoded fast.
Does not know: how weights are loaded (`llm.weights`), how a text is spelled as tokens (`llm.vocabulary`),
messages, queues, what to keep of the cache.
"""

from __future__ import annotations

import ctypes
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag_app import machine
from rag_app.errors import EngineError
from rag_app.llm import binding
from rag_app.llm.offload import Plan
from rag_app.llm.sequences import Sequences
from rag_app.llm.vocabulary import ModelVocabulary
from rag_app.llm.weights import SEQUENCE, Weights

_ABORTED = 2  # of llama_decode

# How it is tried which weights read faster: tokens, times, and the share of the time that is beyond doubt.
TRIED_TOKENS, TRIES, FASTER = 64, 3, 0.85


def _in_free_time(path: Path, plan: Plan, threads: int) -> Weights:
    """Weights that load while others read: a third busy thread on two cores would hold up both that read."""
    machine.give_way()
    return Weights(path, plan, threads)


class LlamaModel:
    """A loaded model with one context of `plan.context` tokens. Not thread-safe, but for the vocabulary."""

    def __init__(self, path: Path, plan: Plan, threads: int) -> None:
        """Load; EngineError, with llama.cpp's own reason, when that fails."""
        self._api = binding.library()
        self._batch: Any = None
        self.plan = plan
        binding.forget_complaints()
        self.seconds = 0.0  # spent decoding, in all
        self._never = self._api.ggml_abort_callback()
        two_layouts = plan.reader and binding.lays_out_safely()
        self._reading = self._holding = Weights(path, plan, threads, as_filed=two_layouts)
        self._writer = None if two_layouts else self._reading  # None while it loads
        if two_layouts:  # a prompt can be read meanwhile
            loader = ThreadPoolExecutor(1, thread_name_prefix="weights")
            self._loaded = loader.submit(_in_free_time, path, plan, threads)
            loader.shutdown(wait=False)
        self.vocabulary = ModelVocabulary(self._reading.model)
        self._batch = self._api.llama_batch_init(plan.step, 0, 1)
        # Each access makes a new pointer.
        self._fields = self._batch.token, self._batch.pos, self._batch.logits
        self._written = (self._api.llama_token * 1)()
        self._single = self._api.llama_batch_get_one(self._written, 1)
        for i in range(plan.step):
            self._batch.n_seq_id[i], self._batch.seq_id[i][0] = 1, SEQUENCE
        self._stop = threading.Event()
        self._stopped = self._api.ggml_abort_callback(lambda _: self._stop.is_set())
        self._logits = np.zeros(0, np.float32)
        self._logits_at = 0  # their address
        # The binding's own function makes two objects around the address of each token's.
        prototype = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)
        self._logits_address = prototype(("llama_get_logits_ith", self._api._lib))

    @property
    def flash(self) -> bool:
        """Whether it reads with flash attention."""
        return self._reading.flash

    @property
    def kv_type(self) -> str:
        """How its cache keeps keys and values."""
        return self._reading.kv_type

    @property
    def layers(self) -> int:
        """Layers as counted for offloading."""
        return int(self._api.llama_model_n_layer(self._reading.model)) + 1

    def sequences(self, count: int, cells: int, rows: int, *, reading: bool = False) -> Sequences | None:
        """As `Weights.sequences`, over the weights that write or (`reading`) those that read."""
        return (self._reading if reading else self._writing).sequences(count, cells, rows)

    def close(self) -> None:
        """Give the memory back."""
        if self._batch is None:
            return
        self._api.llama_batch_free(self._batch)
        self._batch = None
        self.close_reader()
        self._reading.close()

    # --- two layouts of the weights -------------------------------------------------------------

    @property
    def has_reader(self) -> bool:
        """Whether prompts are read with the weights as the file has them."""
        return self._reading is not self._writer

    @property
    def _writing(self) -> Weights:
        """What writes, as soon as it is loaded: what reads, where it cannot be."""
        if self._writer is None:
            try:
                self._writer = self._loaded.result()
            except EngineError:
                self._writer = self._reading
        return self._writer

    def close_reader(self) -> None:
        """Read with the weights that write. Forgets the sequence."""
        reader, writer = self._reading, self._writing
        if reader is not writer:
            self._reading = self._holding = writer
            self.vocabulary.read_from(writer.model)
            reader.close()
            writer.clear()

    def reads_faster(self) -> bool:
        """Whether the weights as the file has them read a prompt faster, beyond doubt. Forgets the
        sequence.
        """
        tokens = [token % self.vocabulary.size for token in range(100, 100 + TRIED_TOKENS)]
        fastest: list[float] = []
        for side in (self._reading, self._writing):
            self._holding = side
            taken = []
            for _ in range(TRIES):
                self.keep(0)
                began = time.perf_counter()
                self._decode(side, tokens, 0, logits=False, stop=threading.Event())
                taken.append(time.perf_counter() - began)
            self.keep(0)
            fastest.append(min(taken))
        return fastest[0] <= FASTER * fastest[1]

    def _move_to(self, side: Weights) -> None:
        """Have this side hold the sequence."""
        if side is self._holding:
            return
        try:
            data, self._holding = self.save(), side
            moved = side.restore(data)
        except MemoryError:
            moved = False
        if not moved:
            raise EngineError("there is no memory to move what was read", "ask again")

    # --- sequence -----------------------------------------------------------------------------

    def decode(self, tokens: Sequence[int], start: int, *, logits: bool, stop: threading.Event) -> bool:
        """Append at most `plan.step` tokens at position `start`; `logits` asks for those after the
        last.

        False if `stop` was set meanwhile: what became of the tokens is unknown then. A CPU looks at
        it between the operations of a batch (of one token it does not: that takes longer than the
        token is worth).
        """
        side = self._reading if len(tokens) > 1 else self._writing
        self._move_to(side)
        return self._decode(side, tokens, start, logits=logits, stop=stop)

    def _decode(
        self, side: Weights, tokens: Sequence[int], start: int, *, logits: bool, stop: threading.Event
    ) -> bool:
        count = len(tokens)
        self._batch.n_tokens = count
        ids, positions, wanted = self._fields
        for i, token in enumerate(tokens):
            ids[i], positions[i], wanted[i] = token, start + i, 0
        wanted[count - 1] = logits
        self._stop = stop
        side.heed(self._stopped if count > 1 else self._never)
        return self._run(side, self._batch, logits)

    def write(self, token: int) -> None:
        """Append one token after all others, as `decode` would, with less to prepare."""
        self._move_to(self._writing)
        self._written[0] = token
        self._writing.heed(self._never)
        self._run(self._writing, self._single, True)

    def _run(self, side: Weights, batch: Any, logits: bool) -> bool:
        """Decode; False if that was aborted."""
        began = time.perf_counter()
        code = self._api.llama_decode(side.context, batch)
        # Waits for a GPU.
        address = self._logits_address(side.context, -1) if logits and not code else 0
        self.seconds += time.perf_counter() - began
        if code == _ABORTED:
            return False
        if code:
            raise EngineError(
                f"llama.cpp failed to decode (code {code}) {binding.complaint()}".strip(), "ask again"
            )
        if address:
            self._view(address)
        return True

    def _view(self, address: int) -> None:
        """Look at the logits there; llama.cpp rarely moves them."""
        if address != self._logits_at:
            self._logits_at = address
            self._logits = np.ctypeslib.as_array(
                (ctypes.c_float * self.vocabulary.size).from_address(address)
            )

    def logits(self) -> npt.NDArray[np.float32]:
        """Logits after the last decoded token, shape (vocabulary,): a view, valid until the next decode."""
        return self._logits

    def keep(self, count: int) -> bool:
        """Forget all but the first `count` tokens; if the model can only forget everything, do
        that: False.
        """
        return self._holding.keep(count)

    def joins_alike(self, row: int, least: int) -> bool:
        """Whether a token's bits are the same however batches of whole rows of `row` tokens are
        joined, none of them smaller than `least`; the last may end in part of a row.

        Tried with one way to join them, since nothing promises it: llama.cpp's kernels for a CPU
        multiply a few tokens at once, those left over at a batch's end in another way, and small
        batches in another again. On a GPU more depends on a batch's size. Forgets the sequence.
        """
        cuts = least + row, 3 * least
        count = 4 * least + row + 1
        if self.plan.gpu_layers or count > self.plan.step:
            return False
        tokens, states = [token % self.vocabulary.size for token in range(100, 100 + count)], []
        for borders in ((0, count), (0, *cuts, count)):
            self.keep(0)
            for start, end in pairwise(borders):
                self.decode(tokens[start:end], start, logits=end == count, stop=threading.Event())
            states.append((self.save(), self.logits().tobytes()))
        self.keep(0)
        return states[0] == states[1]

    @property
    def can_drop(self) -> bool:
        """Whether a partial suffix can be forgotten; recurrent and hybrid models cannot."""
        return not (
            self._api.llama_model_is_recurrent(self._reading.model)
            or self._api.llama_model_is_hybrid(self._reading.model)
        )

    def save(self) -> bytes:
        """The state of the sequence."""
        return self._holding.save()

    def restore(self, data: bytes) -> bool:
        """Replace the sequence by a saved one; False, with an empty sequence, if it does not fit."""
        self._holding = self._reading
        return self._holding.restore(data)
