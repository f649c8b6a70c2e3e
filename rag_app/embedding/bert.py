"""A BERT encoder in numpy: the tokens of one text -> its vector, without torch.

Knows: the arithmetic of a `BertModel` with mean pooling, in float32, and where its weights lie in a
safetensors file.
Does not know: tokens' texts, prompts, or which folders hold such a model (`embedding.query`).

Torch and what comes with it take seconds and a gigabyte to load, and a question is one short text.
Several texts at once are not worth it: there torch is faster.
"""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WORDS = "embeddings.word_embeddings.weight"  # four fifths of the file, of which a text needs a few rows
_FLOAT = np.dtype("<f4")
# erf by Abramowitz and Stegun 7.1.26, in error by at most 1.5e-7: that of float32
_ERF_AT = 0.3275911
_ERF = (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)


@dataclass(frozen=True, slots=True)
class BertShape:
    """The sizes of a model that its tensors do not tell."""

    layers: int
    heads: int
    epsilon: float


class Bert:
    """The weights of one model, read when it is made. Not safe to share between threads.

    Raises OSError, ValueError or KeyError for a file that is no such model.
    """

    def __init__(self, file: Path, shape: BertShape) -> None:
        self._shape = shape
        self._file = Tensors(file)
        self._weights = {name: self._file.read(name) for name in self._file.names if _is_used(name)}

    def vector(self, tokens: Sequence[int]) -> Floats:
        """(d,) vector of unit length: the mean over the last layer."""
        x = self._file.rows(WORDS, tokens)
        x = x + self._weights["embeddings.position_embeddings.weight"][: len(tokens)]
        x = self._normal(x + self._weights["embeddings.token_type_embeddings.weight"][0], "embeddings.")
        for number in range(self._shape.layers):
            layer = f"encoder.layer.{number}."
            x = self._normal(x + self._attention(x, layer), f"{layer}attention.output.")
            inner = _gelu(self._linear(x, f"{layer}intermediate.dense"))
            x = self._normal(x + self._linear(inner, f"{layer}output.dense"), f"{layer}output.")
        mean = x.mean(axis=0)
        unit: Floats = mean / np.linalg.norm(mean)
        return unit

    def _attention(self, x: Floats, layer: str) -> Floats:
        count, width = x.shape
        size = width // self._shape.heads

        def heads(name: str) -> Floats:
            each = self._linear(x, f"{layer}attention.self.{name}")
            return each.reshape(count, self._shape.heads, size).transpose(1, 0, 2)

        scores = heads("query") @ heads("key").transpose(0, 2, 1) * np.float32(size**-0.5)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        shares = scores / scores.sum(axis=-1, keepdims=True)
        mixed = (shares @ heads("value")).transpose(1, 0, 2).reshape(count, width)
        return self._linear(mixed, f"{layer}attention.output.dense")

    def _linear(self, x: Floats, name: str) -> Floats:
        product: Floats = x @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]
        return product

    def _normal(self, x: Floats, before: str) -> Floats:
        centred = x - x.mean(axis=-1, keepdims=True)
        spread = np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + np.float32(self._shape.epsilon))
        weight, bias = (self._weights[f"{before}LayerNorm.{each}"] for each in ("weight", "bias"))
        normal: Floats = centred / spread * weight + bias
        return normal


def _is_used(name: str) -> bool:
    return name != WORDS and name.endswith((".weight", ".bias")) and not name.startswith("pooler.")


def _gelu(x: Floats) -> Floats:
    """x times the normal distribution at x, as `torch.nn.GELU()`."""
    distance = np.abs(x)
    z = distance * np.float32(2**-0.5)
    t = 1 / (1 + np.float32(_ERF_AT) * z)
    tail = np.zeros_like(t)
    for factor in _ERF:
        tail = (tail + np.float32(factor)) * t
    half: Floats = np.maximum(x, 0) - distance * (tail * np.exp(-z * z)) * np.float32(0.5)
    return half


class Tensors:
    """The float32 tensors of a safetensors file, which stays open: so it is this very file that is
    read, whatever takes its place.
    """

    def __init__(self, file: Path) -> None:
        self._stream = _open(file)
        size = int.from_bytes(self._stream.read(8), "little")
        self._start = 8 + size
        if self._start > file.stat().st_size:
            raise ValueError(f"{file.name} is no safetensors file")
        self._head: Mapping[str, Any] = json.loads(self._stream.read(size))
        self.names = tuple(name for name in self._head if name != "__metadata__")

    def read(self, name: str) -> Floats:
        """A whole tensor."""
        start, end = self._head[name]["data_offsets"]
        return self._floats(name, start, end - start).reshape(self._head[name]["shape"])

    def rows(self, name: str, rows: Sequence[int]) -> Floats:
        """Some rows of a matrix, without reading the others."""
        start, _ = self._head[name]["data_offsets"]
        count, width = self._head[name]["shape"]
        if not all(0 <= row < count for row in rows):
            raise ValueError(f"{name} has {count} rows")
        size = width * _FLOAT.itemsize
        return np.stack([self._floats(name, start + row * size, size) for row in rows])

    def _floats(self, name: str, offset: int, size: int) -> Floats:
        if self._head[name]["dtype"] != "F32":
            raise ValueError(f"{name} is {self._head[name]['dtype']}, not float32")
        self._stream.seek(self._start + offset)
        data = self._stream.read(size)
        if len(data) != size:
            raise ValueError(f"{name} is cut")
        return np.frombuffer(data, _FLOAT).astype(np.float32, copy=False)


def _open(file: Path) -> BinaryIO:
    # Windows moves no folder that holds an open file, and `adapt` puts a new model in its place.
    return io.BytesIO(file.read_bytes()) if os.name == "nt" else file.open("rb")
