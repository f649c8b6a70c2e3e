"""Greedy sampling under a grammar: which token comes next.

Knows: llama.cpp's grammar sampler, and that the likeliest token is tried before the others.
Does not know: models, or what a grammar says. `llm.vocabulary` parses it.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from rag_app.errors import EngineError

# The struct llama_token_data.
_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])
_WIDTH = 64  # best candidates put before a grammar after the best one
_GROUP = 4096  # and then, until it allows one


class Grammar:
    """The state of a grammar along one answer. Greedy sampling asks it about the best tokens first:
    putting the whole vocabulary before it at each token costs a third of the speed.
    """

    def __init__(self, api: Any, sampler: Any) -> None:
        """Take over the sampler, of the low-level module `api`; `close` frees it."""
        self._api = api
        self._sampler = sampler
        self._one = api.llama_token_data()
        self._array_of_one = api.llama_token_data_array(data=ctypes.pointer(self._one), size=1)
        self._only = ctypes.byref(self._array_of_one)

    def best(self, logits: npt.NDArray[np.float32]) -> int:
        """The likeliest token the grammar allows next; EngineError if it allows none."""
        likeliest = int(logits.argmax())
        if self._allows(likeliest):
            return likeliest
        for tokens in _by_logit(logits):
            allowed = self._best_allowed(tokens, logits)
            if allowed is not None:
                return allowed
        raise EngineError("the grammar allows no further token", "report this as a bug")

    def _allows(self, token: int) -> bool:
        self._one.id = token
        self._api.llama_sampler_apply(self._sampler, self._only)
        if self._one.logit == 0.0:
            return True
        self._one.logit = 0.0  # it is -inf where the token is refused
        return False

    def _best_allowed(self, tokens: npt.NDArray[np.integer], logits: npt.NDArray[np.float32]) -> int | None:
        """The likeliest allowed one of these tokens, or None."""
        candidates = np.zeros(len(tokens), _CANDIDATE)
        candidates["id"], candidates["logit"] = tokens, logits[tokens]
        data = candidates.ctypes.data_as(self._api.llama_token_data_p)
        array = self._api.llama_token_data_array(data=data, size=len(tokens), selected=-1, sorted=False)
        self._api.llama_sampler_apply(self._sampler, ctypes.byref(array))
        best = candidates[int(np.argmax(candidates["logit"]))]
        return None if np.isneginf(best["logit"]) else int(best["id"])

    def accept(self, token: int) -> None:
        """Advance; the token must be one that `best` returned (llama.cpp aborts on others)."""
        self._api.llama_sampler_accept(self._sampler, token)

    def close(self) -> None:
        self._api.llama_sampler_free(self._sampler)


def _by_logit(logits: npt.NDArray[np.float32]) -> Iterator[npt.NDArray[np.integer]]:
    """The likeliest tokens, in no order, then all in groups, likeliest first.

    A grammar that has the whole vocabulary before it takes megabytes, which the heap then keeps.
    """
    yield np.argpartition(logits, -_WIDTH)[-_WIDTH:]
    order = np.argsort(-logits, kind="stable")
    yield from (order[start : start + _GROUP] for start in range(0, len(order), _GROUP))
