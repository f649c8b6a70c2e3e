"""llama.cpp as the engine sees it: a loaded model with one sequence of tokens, and more beside it.

On a CPU llama.cpp lays most weights out anew, which makes it write faster, several texts above all; but it
may read prompts faster with the weights as the file has them. Where there is memory for both (`Plan.reader`),
several tokens at once are read with the second, single ones with the first, and the sequence moves between
them.

Knows: llama-cpp-python's low-level API. Its high-level class is avoided: it detokenises
everything at each streamed token, applies a grammar to the whole vocabulary each time, and
swallows unknown arguments.
Does not know: messages, queues, what to keep of the cache, how a grammar is asked (`llm.grammar`).
"""

from __future__ import annotations

import ctypes
import functools
import threading
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from rag_app import machine
from rag_app.errors import EngineError
from rag_app.llm.grammar import Grammar
from rag_app.llm.offload import Device, Plan
from rag_app.llm.sequences import Sequences, set_state, state_of

_DEVICE_KINDS = ("cpu", "gpu", "igpu", "accel")  # enum ggml_backend_dev_type
_ERROR = 4  # enum ggml_log_level
_ABORTED = 2  # of llama_decode
_SEQUENCE = 0
_LONGEST_PIECE = 512  # bytes

# How it is tried which weights read faster: tokens, times, and the share of the time that is beyond doubt.
TRIED_TOKENS, TRIES, FASTER = 64, 3, 0.85


@functools.cache
def _library() -> Any:
    """The low-level module, quiet; its last error lines are kept in `_complaints` for our messages."""
    import llama_cpp.llama_cpp as library

    library.llama_log_set(_log_callback(library), None)
    library.llama_backend_init()
    return library


_complaints: deque[str] = deque(maxlen=8)


@functools.cache
def _log_callback(library: Any) -> Any:
    """The callback, kept alive by the cache."""

    def keep_errors(level: int, text: bytes, _: object) -> None:
        if level == _ERROR:
            _complaints.append(text.decode(errors="replace").strip())

    return library.llama_log_callback(keep_errors)


def version() -> str:
    """Version of the binding, which pins the version of llama.cpp."""
    import llama_cpp

    return str(llama_cpp.__version__)


def devices() -> list[Device]:
    """The devices this build of ggml sees, with their memory now."""
    _library()
    ggml = _ggml()
    found = []
    for index in range(ggml.ggml_backend_dev_count()):
        device = ctypes.c_void_p(ggml.ggml_backend_dev_get(ctypes.c_size_t(index)))
        kind = _DEVICE_KINDS[min(ggml.ggml_backend_dev_type(device), len(_DEVICE_KINDS) - 1)]
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        ggml.ggml_backend_dev_memory(device, ctypes.byref(free), ctypes.byref(total))
        name = (
            (ggml.ggml_backend_dev_description(device) or b"unknown device").decode(errors="replace").strip()
        )
        memory = (free.value, total.value)
        if kind == "cpu":
            memory = (machine.free_memory(), machine.total_memory())
        found.append(Device(name, kind, *memory))
    return found


@functools.cache
def _ggml() -> Any:
    """ggml's own functions, which the binding ships but does not declare."""
    from llama_cpp import _ctypes_extensions, _ggml

    library = _ggml.libggml
    base = _ctypes_extensions.load_shared_library("ggml-base", _ggml.libggml_base_path)

    class Functions:
        ggml_backend_dev_count = library.ggml_backend_dev_count
        ggml_backend_dev_get = library.ggml_backend_dev_get
        ggml_backend_dev_type = base.ggml_backend_dev_type
        ggml_backend_dev_memory = base.ggml_backend_dev_memory
        ggml_backend_dev_description = base.ggml_backend_dev_description

    Functions.ggml_backend_dev_count.restype = ctypes.c_size_t
    Functions.ggml_backend_dev_get.restype = ctypes.c_void_p
    Functions.ggml_backend_dev_description.restype = ctypes.c_char_p
    return Functions


@dataclass(slots=True)
class _Side:
    """The weights in one layout, and a context over them."""

    model: Any
    context: Any
    memory: Any
    heeded: Any  # the callback that llama.cpp looks at


class LlamaModel:
    """A loaded model with one context of `plan.context` tokens. Not thread-safe, but for the
    vocabulary's methods.
    """

    def __init__(self, path: Path, plan: Plan, threads: int) -> None:
        """Load; EngineError, with llama.cpp's own reason, when that fails."""
        self._api = _library()
        self._batch: Any = None
        self.plan = plan
        _complaints.clear()
        self.flash, self.kv_type = True, plan.kv_type
        self.seconds = 0.0  # spent decoding, in all
        self._pieces: dict[tuple[int, bool], bytes] = {}
        self._ends: dict[int, bool] = {}
        self._threads = threads
        self._never = self._api.ggml_abort_callback()
        self._reading = self._holding = self._open(path, plan, as_filed=plan.reader)
        self._vocab = self._api.llama_model_get_vocab(self._reading.model)
        self.vocabulary = int(self._api.llama_vocab_n_tokens(self._vocab))
        self._writer = None if plan.reader else self._reading  # None while it loads
        if plan.reader:  # a prompt can be read meanwhile
            loader = ThreadPoolExecutor(1, thread_name_prefix="weights")
            self._loaded = loader.submit(self._open, path, plan)
            loader.shutdown(wait=False)
        self._batch = self._api.llama_batch_init(plan.step, 0, 1)
        # Each access makes a new pointer.
        self._fields = self._batch.token, self._batch.pos, self._batch.logits
        self._written = (self._api.llama_token * 1)()
        self._single = self._api.llama_batch_get_one(self._written, 1)
        for i in range(plan.step):
            self._batch.n_seq_id[i], self._batch.seq_id[i][0] = 1, _SEQUENCE
        self._stop = threading.Event()
        self._stopped = self._api.ggml_abort_callback(lambda _: self._stop.is_set())
        self._logits = np.zeros(0, np.float32)
        self._logits_at = 0  # their address
        # The binding's own function makes two objects around the address of each token's.
        prototype = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32)
        self._logits_address = prototype(("llama_get_logits_ith", self._api._lib))

    def _load(self, path: Path, plan: Plan, *, as_filed: bool = False) -> Any:
        """The weights, laid out anew where llama.cpp does so, or `as_filed`: mapped as the file has them."""
        parameters = self._api.llama_model_default_params()
        parameters.n_gpu_layers = plan.gpu_layers
        parameters.use_extra_bufts = not as_filed
        no_devices = (ctypes.c_void_p * 1)()  # ends with null, and so is empty
        # Else large products are still sent to a GPU, which needs buffers there.
        if plan.gpu_layers == 0:
            parameters.devices = ctypes.addressof(no_devices)
            # A CPU lays most weights out anew: with the file mapped, memory would hold both.
            if not (plan.mapped or as_filed):
                parameters.load_mode = self._api.LLAMA_LOAD_MODE_NONE
        model = self._api.llama_model_load_from_file(str(path).encode(), parameters)
        if not model:
            raise EngineError(
                f"{path.name} cannot be loaded: {_last_complaint()}", "run: rag-app models verify"
            )
        return model

    def _open(self, path: Path, plan: Plan, *, as_filed: bool = False) -> _Side:
        """The weights and a context over them, with flash attention where the device has it (a q8_0 cache
        needs it).
        """
        model = self._load(path, plan, as_filed=as_filed)
        for flash, kv_type in ((True, plan.kv_type), (False, "f16")):
            parameters = self._parameters(plan.context, plan.step, flash=flash, kv_type=kv_type)
            # Logits of one token at a time: saves step x vocabulary floats.
            parameters.n_outputs_max = 1
            context = self._api.llama_init_from_model(model, parameters)
            if context:
                self.flash, self.kv_type = flash, kv_type
                return _Side(model, context, self._api.llama_get_memory(context), self._never)
        reason = _last_complaint()
        self._api.llama_model_free(model)
        raise EngineError(
            f"{path.name} cannot be given a context of {plan.context} tokens: {reason}",
            "set RAG_CONTEXT lower",
        )

    def _parameters(self, cells: int, step: int, *, flash: bool, kv_type: str) -> Any:
        """Of a context of that many tokens, which decodes `step` of them at once."""
        parameters = self._api.llama_context_default_params()
        parameters.n_ctx = cells
        parameters.n_batch = parameters.n_ubatch = step
        parameters.n_threads = parameters.n_threads_batch = self._threads
        parameters.flash_attn_type = int(flash)
        kv_types = {"f16": self._api.GGML_TYPE_F16, "q8_0": self._api.GGML_TYPE_Q8_0}
        parameters.type_k = parameters.type_v = kv_types[kv_type]
        return parameters

    def sequences(self, count: int, cells: int, rows: int, *, reading: bool = False) -> Sequences | None:
        """A further context, of `count` sequences that share `cells` tokens, over the weights that write or
        (`reading`) those that read; None where it cannot be had. It ends before the model does.
        """
        parameters = self._parameters(cells, rows, flash=self.flash, kv_type=self.kv_type)
        parameters.n_outputs_max = parameters.n_seq_max = count
        parameters.kv_unified = True
        side = self._reading if reading else self._writing
        context = self._api.llama_init_from_model(side.model, parameters)
        if not context:
            return None
        return Sequences(self._api, context, count=count, rows=rows, cells=cells, vocabulary=self.vocabulary)

    def close(self) -> None:
        """Give the memory back."""
        if self._batch is None:
            return
        self._api.llama_batch_free(self._batch)
        self._batch = None
        self.close_reader()
        self._free(self._reading)

    def _free(self, side: _Side) -> None:
        self._api.llama_free(side.context)
        self._api.llama_model_free(side.model)

    # --- two layouts of the weights -------------------------------------------------------------

    @property
    def has_reader(self) -> bool:
        """Whether prompts are read with the weights as the file has them."""
        return self._reading is not self._writer

    @property
    def _writing(self) -> _Side:
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
            self._vocab = self._api.llama_model_get_vocab(writer.model)
            self._free(reader)
            self._api.llama_memory_clear(writer.memory, False)

    def reads_faster(self) -> bool:
        """Whether the weights as the file has them read a prompt faster, beyond doubt. Forgets the
        sequence.
        """
        tokens = [token % self.vocabulary for token in range(100, 100 + TRIED_TOKENS)]
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

    def _move_to(self, side: _Side) -> None:
        """Have this side hold the sequence."""
        if side is self._holding:
            return
        try:
            data, self._holding = self.save(), side
            moved = self._restore(data)
        except MemoryError:
            moved = False
        if not moved:
            raise EngineError("there is no memory to move what was read", "ask again")

    # --- vocabulary ---------------------------------------------------------------------------

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Tokens of the text; spellings of special tokens count as such only when `special`."""
        data = text.encode(errors="replace")
        size = len(data) + 8
        tokens = (self._api.llama_token * size)()
        count = self._api.llama_tokenize(self._vocab, data, len(data), tokens, size, False, special)
        if count < 0:
            raise EngineError("the text cannot be tokenised", "shorten the question")
        return tokens[:count]  # type: ignore[no-any-return]  # a slice of a ctypes array is a list

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The token's bytes, which may end inside a character; special tokens are empty unless `special`."""
        piece = self._pieces.get((token, special))
        if piece is None:
            buffer = ctypes.create_string_buffer(_LONGEST_PIECE)
            length = self._api.llama_token_to_piece(self._vocab, token, buffer, _LONGEST_PIECE, 0, special)
            piece = self._pieces[token, special] = buffer.raw[: max(length, 0)]
        return piece

    def ends(self, token: int) -> bool:
        """Whether the token ends the turn."""
        ends = self._ends.get(token)
        if ends is None:
            ends = self._ends[token] = bool(self._api.llama_vocab_is_eog(self._vocab, token))
        return ends

    @property
    def bos(self) -> int:
        """The token that begins a text, -1 for none; `wants_bos` says whether the model was trained
        with it.
        """
        return int(self._api.llama_vocab_bos(self._vocab))

    @property
    def eos(self) -> int:
        return int(self._api.llama_vocab_eos(self._vocab))

    @property
    def wants_bos(self) -> bool:
        return bool(self._api.llama_vocab_get_add_bos(self._vocab))

    @property
    def template(self) -> str:
        """The chat template that came with the model, or an empty string."""
        return (self._api.llama_model_chat_template(self._reading.model, None) or b"").decode(
            errors="replace"
        )

    @property
    def layers(self) -> int:
        """Layers as counted for offloading."""
        return int(self._api.llama_model_n_layer(self._reading.model)) + 1

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
        self, side: _Side, tokens: Sequence[int], start: int, *, logits: bool, stop: threading.Event
    ) -> bool:
        count = len(tokens)
        self._batch.n_tokens = count
        ids, positions, wanted = self._fields
        for i, token in enumerate(tokens):
            ids[i], positions[i], wanted[i] = token, start + i, 0
        wanted[count - 1] = logits
        self._stop = stop
        self._heed(side, self._stopped if count > 1 else self._never)
        return self._run(side, self._batch, logits)

    def write(self, token: int) -> None:
        """Append one token after all others, as `decode` would, with less to prepare."""
        self._move_to(self._writing)
        self._written[0] = token
        self._heed(self._writing, self._never)
        self._run(self._writing, self._single, True)

    def _run(self, side: _Side, batch: Any, logits: bool) -> bool:
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
                f"llama.cpp failed to decode (code {code}) {_last_complaint()}".strip(), "ask again"
            )
        if address:
            self._view(address)
        return True

    def _heed(self, side: _Side, callback: Any) -> None:
        """Have llama.cpp look at this callback."""
        if callback is not side.heeded:
            side.heeded = callback
            self._api.llama_set_abort_callback(side.context, callback, None)

    def _view(self, address: int) -> None:
        """Look at the logits there; llama.cpp rarely moves them."""
        if address != self._logits_at:
            self._logits_at = address
            self._logits = np.ctypeslib.as_array((ctypes.c_float * self.vocabulary).from_address(address))

    def logits(self) -> npt.NDArray[np.float32]:
        """Logits after the last decoded token, shape (vocabulary,): a view, valid until the next decode."""
        return self._logits

    def keep(self, count: int) -> bool:
        """Forget all but the first `count` tokens; if the model can only forget everything, do
        that: False.
        """
        if self._api.llama_memory_seq_rm(self._holding.memory, _SEQUENCE, count, -1):
            return True
        self._api.llama_memory_clear(self._holding.memory, False)
        return count == 0

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
        tokens, states = [token % self.vocabulary for token in range(100, 100 + count)], []
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
        return state_of(self._api, self._holding.context, _SEQUENCE)

    def restore(self, data: bytes) -> bool:
        """Replace the sequence by a saved one; False, with an empty sequence, if it does not fit."""
        self._holding = self._reading
        return self._restore(data)

    def _restore(self, data: bytes) -> bool:
        self._api.llama_memory_clear(self._holding.memory, False)
        if set_state(self._api, self._holding.context, _SEQUENCE, data):
            return True
        self._api.llama_memory_clear(self._holding.memory, False)
        return False

    def grammar(self, text: str) -> Grammar:
        """A fresh grammar (GBNF, root rule `root`) over this vocabulary; EngineError if it does not parse."""
        _complaints.clear()
        sampler = self._api.llama_sampler_init_grammar(self._vocab, text.encode(), b"root")
        if not sampler:
            raise EngineError(f"the grammar does not parse: {_last_complaint()}", "report this as a bug")
        return Grammar(self._api, sampler)


def _last_complaint() -> str:
    return _complaints[-1] if _complaints else "no reason given"
