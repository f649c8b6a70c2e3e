"""Questions -> vectors, without torch where the model is one that numpy can run.

Knows: which folders hold a BERT with a unigram tokenizer and mean pooling, as the multilingual E5
models are, whether converted or adapted; any other is run by torch.
Does not know: the arithmetic (`embedding.bert`), tokens (`embedding.pieces`), passages
(`embedding.embedder`).

A question's vector is computed in float32 and passages' in what the processor multiplies fastest: the
cosine of both ways is above .9999 for real questions.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from rag_app.embedding.bert import Bert, BertShape
from rag_app.embedding.embedder import Matrix, QueryEmbedder, located, opened
from rag_app.embedding.pieces import Pieces
from rag_app.settings import Settings

# Vectors remembered: what a question asks for and what is searched for it are often one text, and the
# sentences of a named paper are weighed more than once.
KEPT = 256


class BertQueries:
    """A folder as `QueryEmbedder`, without torch; safe to share between threads.

    Raises an exception of any kind where the folder holds another kind of model.
    """

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.fingerprint = fingerprint
        config = _json(folder / "config.json")
        _refuse_others(config, folder)
        prompts = _json(folder / "config_sentence_transformers.json").get("prompts") or {}
        self._prompt: str = prompts.get("query") or ""
        self._most = _most_tokens(config, folder)
        self._pieces = Pieces(folder / "tokenizer.json")
        shape = BertShape(
            config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"]
        )
        self._model = Bert(folder / "model.safetensors", shape)
        self._lock = threading.Lock()

    def query(self, text: str) -> Matrix:
        """(d,) vector of unit length."""
        with self._lock:
            return self._model.vector(self._pieces.of(self._prompt + text, self._most))


class LazyQueries:
    """A `QueryEmbedder` that is loaded by its first question; safe to share between threads."""

    def __init__(self, fingerprint: str, load: Callable[[], QueryEmbedder]) -> None:
        self.fingerprint = fingerprint
        self._load = load
        self._lock = threading.Lock()
        self.query = lru_cache(KEPT)(self._query)

    def _query(self, text: str) -> Matrix:
        """(d,) vector of unit length. Raises WeightsError where the model cannot be loaded."""
        with self._lock:
            embedder = self._embedder
        return embedder.query(text)

    @cached_property
    def _embedder(self) -> QueryEmbedder:
        return self._load()


def load_query_embedder(settings: Settings) -> QueryEmbedder:
    """What embeds questions as `load_embedder` embeds passages, loaded by its first question.

    Raises WeightsError when the model is missing or damaged.
    """
    folder, fingerprint = located(settings)
    return LazyQueries(fingerprint, lambda: _load(folder, fingerprint, settings.threads))


def _load(folder: Path, fingerprint: str, threads: int) -> QueryEmbedder:
    try:
        return BertQueries(folder, fingerprint)
    # Another kind of model, or a damaged one: of the first, torch may know more; the second it names.
    except Exception:
        return opened(folder, fingerprint, threads)


def _refuse_others(config: dict[str, Any], folder: Path) -> None:
    """Raises ValueError, KeyError or OSError for a folder whose vectors come about in another way."""
    kind = (config["model_type"], config["hidden_act"], config.get("position_embedding_type", "absolute"))
    if kind != ("bert", "gelu", "absolute"):
        raise ValueError(f"a model of the kind {kind}")
    steps = [(step["type"].rpartition(".")[2], step["path"]) for step in _json(folder / "modules.json")]
    if [name for name, _ in steps if name != "Normalize"] != ["Transformer", "Pooling"] or steps[0][1]:
        raise ValueError(f"a model of the steps {steps}")
    pooling = _json(folder / steps[1][1] / "config.json")
    modes = [name for name, value in pooling.items() if name.startswith("pooling_mode_") and value is True]
    mean = modes == ["pooling_mode_mean_tokens"] or pooling.get("pooling_mode") == "mean"
    if not mean or not pooling.get("include_prompt", True):
        raise ValueError(f"another pooling than of the mean: {pooling}")
    if _json(folder / "sentence_bert_config.json").get("do_lower_case"):
        raise ValueError("a model of lower case")


def _most_tokens(config: dict[str, Any], folder: Path) -> int:
    limits = (
        config["max_position_embeddings"],
        _json(folder / "sentence_bert_config.json").get("max_seq_length"),
        _json(folder / "tokenizer_config.json").get("model_max_length"),
    )
    return min(int(limit) for limit in limits if limit)


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))
