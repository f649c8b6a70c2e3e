"""The tokens of a model, grammars over them, and the chat template that came with it.

Knows: how llama.cpp spells a text as tokens and a token as bytes.
Does not know: what is read or written with them; how a grammar is asked (`llm.grammar`).
"""

from __future__ import annotations

import ctypes
from typing import Any

from rag_app.errors import EngineError
from rag_app.llm import binding
from rag_app.llm.grammar import Grammar

_LONGEST_PIECE = 512  # bytes


class ModelVocabulary:
    """The tokens of a loaded model; any thread may ask. It ends with the model."""

    def __init__(self, model: Any) -> None:
        self._api = binding.library()
        self.read_from(model)
        self.size = int(self._api.llama_vocab_n_tokens(self._pointer))
        self._pieces: dict[tuple[int, bool], bytes] = {}
        self._ends: dict[int, bool] = {}

    def read_from(self, model: Any) -> None:
        """Take the same tokens from another copy of the model: the one before may be closed then."""
        self._model, self._pointer = model, self._api.llama_model_get_vocab(model)

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        """Tokens of the text; spellings of special tokens count as such only when `special`."""
        data = text.encode(errors="replace")
        size = len(data) + 8
        tokens = (self._api.llama_token * size)()
        count = self._api.llama_tokenize(self._pointer, data, len(data), tokens, size, False, special)
        if count < 0:
            raise EngineError("the text cannot be tokenised", "shorten the question")
        return tokens[:count]  # type: ignore[no-any-return]  # a slice of a ctypes array is a list

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """The token's bytes, which may end inside a character; special tokens are empty unless `special`."""
        piece = self._pieces.get((token, special))
        if piece is None:
            buffer = ctypes.create_string_buffer(_LONGEST_PIECE)
            length = self._api.llama_token_to_piece(self._pointer, token, buffer, _LONGEST_PIECE, 0, special)
            piece = self._pieces[token, special] = buffer.raw[: max(length, 0)]
        return piece

    def ends(self, token: int) -> bool:
        """Whether the token ends the turn."""
        ends = self._ends.get(token)
        if ends is None:
            ends = self._ends[token] = bool(self._api.llama_vocab_is_eog(self._pointer, token))
        return ends

    @property
    def bos(self) -> int:
        """The token that begins a text, -1 for none; `wants_bos` says whether the model was trained
        with it.
        """
        return int(self._api.llama_vocab_bos(self._pointer))

    @property
    def eos(self) -> int:
        return int(self._api.llama_vocab_eos(self._pointer))

    @property
    def wants_bos(self) -> bool:
        return bool(self._api.llama_vocab_get_add_bos(self._pointer))

    @property
    def template(self) -> str:
        """The chat template that came with the model, or an empty string."""
        return (self._api.llama_model_chat_template(self._model, None) or b"").decode(errors="replace")

    def grammar(self, text: str) -> Grammar:
        """A fresh grammar (GBNF, root rule `root`) over this vocabulary; EngineError if it does not parse."""
        binding.forget_complaints()
        sampler = self._api.llama_sampler_init_grammar(self._pointer, text.encode(), b"root")
        if not sampler:
            raise EngineError(f"the grammar does not parse: {binding.complaint()}", "report this as a bug")
        return Grammar(self._api, sampler)
