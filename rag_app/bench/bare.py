"""A bare llama.cpp loop, as plain as Python can write it: the baseline of the engine.

Knows: llama-cpp-python's low-level API, used as llama.cpp's examples use the C one: read the prompt
in batches of the default size, let the greedy sampler choose, ask the grammar about that one token,
and about all of them only if it refuses.
Does not know: our engine, or anything that it keeps.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rag_app.errors import EngineError
from rag_app.llm import binding
from rag_app.llm.offload import Plan

_PIECE = 64  # bytes


@dataclass(frozen=True, slots=True)
class Run:
    """One prompt read and answered."""

    read: int  # tokens
    read_seconds: float  # until the first token is known
    written: int  # tokens after the first
    write_seconds: float

    @property
    def prefill(self) -> float:
        """Tokens read a second."""
        return self.read / self.read_seconds

    @property
    def decode(self) -> float:
        """Tokens written a second."""
        return self.written / self.write_seconds if self.write_seconds else 0.0


class Bare:
    """A model loaded as by default, but for context, threads, layers and cache type, which are the
    engine's, and for weights that would crash as the default lays them out.
    """

    def __init__(self, path: Path, plan: Plan, threads: int) -> None:
        import llama_cpp.llama_cpp as api

        self._api: Any = api
        model_parameters = api.llama_model_default_params()
        model_parameters.n_gpu_layers = plan.gpu_layers
        model_parameters.use_extra_bufts = binding.lays_out_safely()
        self._model = api.llama_model_load_from_file(str(path).encode(), model_parameters)
        if not self._model:
            raise EngineError(f"there is no memory for {path.name} a second time", "set RAG_GPU_LAYERS lower")
        parameters = api.llama_context_default_params()
        parameters.n_ctx = plan.context
        parameters.n_threads = parameters.n_threads_batch = threads
        parameters.op_offload = plan.gpu_layers > 0  # else a GPU reads the prompts of a model on the CPU
        if plan.kv_type == "q8_0":
            parameters.type_k = parameters.type_v = api.GGML_TYPE_Q8_0
        self._context = api.llama_init_from_model(self._model, parameters)
        if not self._context:
            raise EngineError("there is no memory for a second context", "set RAG_CONTEXT lower")
        self._batch_size = int(api.llama_n_batch(self._context))
        self._vocab = api.llama_model_get_vocab(self._model)
        self._greedy = api.llama_sampler_init_greedy()

    def run(self, tokens: Sequence[int], grammar: str, max_tokens: int) -> Run:
        """Read the prompt from an empty cache and write at most `max_tokens` tokens."""
        with self._rules(grammar) as rules:
            began = time.perf_counter()
            self._api.llama_memory_clear(self._api.llama_get_memory(self._context), False)
            for start in range(0, len(tokens), self._batch_size):
                self._decode(tokens[start : start + self._batch_size])
            token = self._sample(rules)
            read = time.perf_counter()
            written = 0
            text = b""
            while written < max_tokens - 1 and not self._api.llama_vocab_is_eog(self._vocab, token):
                self._api.llama_sampler_accept(rules, token)
                text += self._piece(token)
                self._decode([token])
                token = self._sample(rules)
                written += 1
            return Run(len(tokens), read - began, written, time.perf_counter() - read)

    def close(self) -> None:
        self._api.llama_sampler_free(self._greedy)
        self._api.llama_free(self._context)
        self._api.llama_model_free(self._model)

    @contextmanager
    def _rules(self, grammar: str) -> Any:
        rules = self._api.llama_sampler_init_grammar(self._vocab, grammar.encode(), b"root")
        try:
            yield rules
        finally:
            self._api.llama_sampler_free(rules)

    def _decode(self, tokens: Sequence[int]) -> None:
        array = (self._api.llama_token * len(tokens))(*tokens)
        self._api.llama_decode(self._context, self._api.llama_batch_get_one(array, len(tokens)))

    def _sample(self, rules: Any) -> int:
        token = int(self._api.llama_sampler_sample(self._greedy, self._context, -1))
        if self._best(rules, np.array([token])) is not None:
            return token
        return self._best(rules, np.arange(self._api.llama_vocab_n_tokens(self._vocab))) or 0

    def _best(self, rules: Any, tokens: Any) -> int | None:
        """The likeliest of these tokens that the grammar allows."""
        logits = np.ctypeslib.as_array(
            self._api.llama_get_logits_ith(self._context, -1), (self._api.llama_vocab_n_tokens(self._vocab),)
        )
        candidates = np.zeros(len(tokens), [("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        candidates["id"], candidates["logit"] = tokens, logits[tokens]
        data = candidates.ctypes.data_as(self._api.llama_token_data_p)
        array = self._api.llama_token_data_array(data=data, size=len(tokens), selected=-1, sorted=False)
        self._api.llama_sampler_apply(rules, ctypes.byref(array))
        best = candidates[candidates["logit"].argmax()]
        return None if np.isneginf(best["logit"]) else int(best["id"])

    def _piece(self, token: int) -> bytes:
        buffer = ctypes.create_string_buffer(_PIECE)
        return buffer.raw[: self._api.llama_token_to_piece(self._vocab, token, buffer, _PIECE, 0, False)]
