"""A model's weights in memory, in one layout, and a context over them that holds a sequence of tokens.

Knows: how llama.cpp loads and lays out weights, and what a context takes.
Does not know: what is decoded when, or that there may be a second layout (`llm.llama`); what fits
(`llm.offload`).
"""

from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

from rag_app.errors import EngineError
from rag_app.llm import binding
from rag_app.llm.offload import Plan
from rag_app.llm.sequences import Sequences, set_state, state_of
from rag_app.llm.vocabulary import ModelVocabulary

SEQUENCE = 0  # of the one that `Weights` holds


class Weights:
    """Loaded weights with one context of `plan.context` tokens. Not thread-safe."""

    def __init__(self, path: Path, plan: Plan, threads: int, *, as_filed: bool = False) -> None:
        """Load the weights: laid out anew where llama.cpp does so safely, or `as_filed`: mapped as the file
        has them. With flash attention where the device has it (a q8_0 cache needs it).

        Raises EngineError, with llama.cpp's own reason.
        """
        self._api = binding.library()
        self._threads = threads
        self._heeded: Any = None  # the callback that llama.cpp looks at
        self.model = self._load(path, plan, as_filed=as_filed or not binding.lays_out_safely())
        self.context: Any = None
        for flash, kv_type in ((True, plan.kv_type), (False, "f16")):
            self.flash, self.kv_type = flash, kv_type
            parameters = self._parameters(plan.context, plan.step)
            # Logits of one token at a time: saves step x vocabulary floats.
            parameters.n_outputs_max = 1
            self.context = self._api.llama_init_from_model(self.model, parameters)
            if self.context:
                break
        if not self.context:
            reason = binding.complaint()
            self._api.llama_model_free(self.model)
            raise EngineError(
                f"{path.name} cannot be given a context of {plan.context} tokens: {reason}",
                "set RAG_CONTEXT lower",
            )
        self._memory = self._api.llama_get_memory(self.context)

    def _load(self, path: Path, plan: Plan, *, as_filed: bool) -> Any:
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
                f"{path.name} cannot be loaded: {binding.complaint()}", "run: rag-app models verify"
            )
        return model

    def _parameters(self, cells: int, step: int) -> Any:
        """Of a context of that many tokens, which decodes `step` of them at once."""
        parameters = self._api.llama_context_default_params()
        parameters.n_ctx = cells
        parameters.n_batch = parameters.n_ubatch = step
        parameters.n_threads = parameters.n_threads_batch = self._threads
        parameters.flash_attn_type = int(self.flash)
        kv_types = {"f16": self._api.GGML_TYPE_F16, "q8_0": self._api.GGML_TYPE_Q8_0}
        parameters.type_k = parameters.type_v = kv_types[self.kv_type]
        return parameters

    def sequences(self, count: int, cells: int, rows: int) -> Sequences | None:
        """A further context, of `count` sequences that share `cells` tokens and take batches of `rows` rows;
        None where it cannot be had. It ends before the weights do.
        """
        parameters = self._parameters(cells, rows)
        parameters.n_outputs_max = parameters.n_seq_max = count
        parameters.kv_unified = True
        context = self._api.llama_init_from_model(self.model, parameters)
        if not context:
            return None
        tokens = ModelVocabulary(self.model).size
        return Sequences(self._api, context, count=count, rows=rows, cells=cells, vocabulary=tokens)

    def close(self) -> None:
        """Give the memory back."""
        self._api.llama_free(self.context)
        self._api.llama_model_free(self.model)

    # --- the sequence -------------------------------------------------------------------------

    def heed(self, callback: Any) -> None:
        """Have llama.cpp look at this callback, which says whether to stop."""
        if callback is not self._heeded:
            self._heeded = callback
            self._api.llama_set_abort_callback(self.context, callback, None)

    def keep(self, count: int) -> bool:
        """Forget all but the first `count` tokens; if the model can only forget everything, do
        that: False.
        """
        if self._api.llama_memory_seq_rm(self._memory, SEQUENCE, count, -1):
            return True
        self.clear()
        return count == 0

    def clear(self) -> None:
        """Forget the sequence."""
        self._api.llama_memory_clear(self._memory, False)

    def save(self) -> bytes:
        """The state of the sequence."""
        return state_of(self._api, self.context, SEQUENCE)

    def restore(self, data: bytes) -> bool:
        """Replace the sequence by a saved one; False, with an empty sequence, if it does not fit."""
        self.clear()
        if set_state(self._api, self.context, SEQUENCE, data):
            return True
        self.clear()
        return False
