"""The 4-bit embedding model: one `E5S1` file -> one sentence-transformers folder.

Knows: the byte layout of the file and the files that sentence-transformers wants.
Does not know: where the file came from, or what is embedded with it.

The file holds a `BertModel` with XLM-RoBERTa's unigram tokenizer, mean pooling and
normalisation (no pooler): header, pieces with scores, normalisation table, then tensors as
float32 or as `q4_0` blocks of 32 weights (the block format of ggml: a float16 scale and 16
bytes of two 4-bit weights each).
"""

from __future__ import annotations

import json
import shutil
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag_app.errors import WeightsError

MAGIC = b"E5S1"
BLOCK = 32  # weights that share one scale
BLOCK_BYTES = 2 + BLOCK // 2
MOST_LAYERS = 1000
SPACE = "▁"  # how unigram pieces spell a word's start
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")

Floats = NDArray[np.float32]

LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class E5Shape:
    """Sizes of the model, in the order of the file's header."""

    hidden: int
    layers: int
    heads: int
    intermediate: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class EmbedderFile:
    """A parsed file: the tensors carry the names and shapes of `transformers.BertModel`."""

    shape: E5Shape
    pieces: tuple[tuple[str, float], ...]
    unknown: int  # the piece that stands for what no piece spells
    tensors: dict[str, Floats]


class _Reader:
    """A cursor over the file's bytes that refuses to leave them."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise ValueError(f"{size} bytes at {self.at} leave the file")
        self.at += size
        return self.data[self.at - size : self.at]

    def unpack(self, form: str) -> tuple[int, ...]:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))

    def array(self, kind: str, count: int) -> NDArray[np.generic]:
        return np.frombuffer(self.take(np.dtype(kind).itemsize * count), dtype=kind)


def read(path: Path) -> EmbedderFile:
    """Parse the file. Raises WeightsError when its header, sizes or offsets make no sense."""
    try:
        reader = _Reader(path.read_bytes())
        shape = _shape(reader)
        pieces, unknown = _pieces(reader)
        _entries, size = reader.unpack("ii")
        reader.take(size)  # the normalisation table; tokenizers' own NMT and NFKC do the same
        return EmbedderFile(shape, pieces, unknown, _tensors(reader, shape))
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise WeightsError(
            f"{path.name} is no 4-bit embedder file: {error}", "pull it again: rag-app models pull"
        ) from None


def _shape(reader: _Reader) -> E5Shape:
    if reader.take(4) != MAGIC:
        raise ValueError(f"it does not start with {MAGIC.decode()}")
    (version,) = reader.unpack("I")
    hidden, layers, heads, intermediate, vocabulary, positions, types = reader.unpack("iiiiiii")
    (epsilon,) = struct.unpack("<f", reader.take(4))
    (block,) = reader.unpack("i")
    if version != 1 or block != BLOCK:
        raise ValueError(f"version {version} with blocks of {block} is unknown")
    shape = E5Shape(hidden, layers, heads, intermediate, vocabulary, positions, types, epsilon)
    if min(hidden, layers, heads, intermediate, vocabulary, positions, types) < 1:
        raise ValueError(f"a size below one in {shape}")
    if hidden % heads or layers > MOST_LAYERS:
        raise ValueError(f"impossible {shape}")
    return shape


def _pieces(reader: _Reader) -> tuple[tuple[tuple[str, float], ...], int]:
    count, _bos, _eos, _pad, unknown = reader.unpack("iiiii")
    (size,) = reader.unpack("Q")
    if not 0 <= unknown < count:
        raise ValueError(f"unknown piece {unknown} of {count}")
    offsets = reader.array("<u4", count + 1).tolist()
    scores = reader.array("<f4", count).tolist()
    blob = reader.take(size)
    texts = (blob[start:end].decode() for start, end in pairwise(offsets))
    return tuple(zip(texts, scores, strict=True)), unknown


def _tensors(reader: _Reader, shape: E5Shape) -> dict[str, Floats]:
    (count,) = reader.unpack("i")
    raw: dict[str, Floats] = {}
    for _ in range(count):
        (length,) = reader.unpack("H")
        name = reader.take(length).decode()
        kind, elements, offset, size = reader.unpack("BIQQ")
        body = _Reader(reader.data)
        body.at = offset
        raw[name] = _weights(body.take(size), kind, elements)
    return {target: raw[name].reshape(dims) for name, (target, dims) in _layout(shape).items()}


def _weights(data: bytes, kind: int, elements: int) -> Floats:
    """`elements` float32 weights. Type 0 is float32, type 1 is q4_0: weight = (nibble - 8) * scale."""
    if kind == 0:
        weights = np.frombuffer(data, dtype="<f4").astype(np.float32)
    elif kind == 1 and len(data) % BLOCK_BYTES == 0:
        blocks = np.frombuffer(data, dtype=[("scale", "<f2"), ("nibbles", "u1", (BLOCK // 2,))])
        nibbles = np.concatenate([blocks["nibbles"] & 0xF, blocks["nibbles"] >> 4], axis=1)
        weights = ((nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]).ravel()
    else:
        raise ValueError(f"{len(data)} bytes of tensor type {kind}")
    if weights.size != elements or not np.isfinite(weights).all():
        raise ValueError(f"a tensor of {elements} weights holds {weights.size}, or some are not finite")
    return weights


def _layout(shape: E5Shape) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Name in the file -> name and dimensions in `BertModel`."""
    hidden = shape.hidden
    layout: dict[str, tuple[str, tuple[int, ...]]] = {
        "emb.word": ("embeddings.word_embeddings.weight", (shape.vocabulary, hidden)),
        "emb.pos": ("embeddings.position_embeddings.weight", (shape.positions, hidden)),
        "emb.type": ("embeddings.token_type_embeddings.weight", (shape.types, hidden)),
        "emb.ln.w": ("embeddings.LayerNorm.weight", (hidden,)),
        "emb.ln.b": ("embeddings.LayerNorm.bias", (hidden,)),
    }
    rows = {"fi": shape.intermediate}
    columns = {"fo": shape.intermediate}
    for layer in range(shape.layers):
        for short, long in LAYER_NAMES.items():
            out = rows.get(short, hidden)
            weight = (out,) if short.endswith("ln") else (out, columns.get(short, hidden))
            layout[f"l{layer}.{short}.w"] = (f"encoder.layer.{layer}.{long}.weight", weight)
            layout[f"l{layer}.{short}.b"] = (f"encoder.layer.{layer}.{long}.bias", (out,))
    return layout


def convert(path: Path, folder: Path) -> Path:
    """Write the file at `path` as a new sentence-transformers folder, without prompts; return the
    folder.

    Raises WeightsError when the file is damaged.
    """
    parsed = read(path)
    shutil.rmtree(folder, ignore_errors=True)
    write(parsed, folder)
    return folder


def write(parsed: EmbedderFile, folder: Path) -> None:
    """Write weights, tokenizer and configuration of a parsed file into a new `folder`."""
    from safetensors.numpy import save_file

    (folder / "1_Pooling").mkdir(parents=True)
    save_file(parsed.tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _write_tokenizer(parsed, folder / "tokenizer.json")
    for name, content in _configuration(parsed.shape).items():
        (folder / name).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _write_tokenizer(parsed: EmbedderFile, path: Path) -> None:
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    ids = {piece: number for number, (piece, _) in enumerate(parsed.pieces)}
    tokenizer = Tokenizer(models.Unigram(list(parsed.pieces), unk_id=parsed.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(SPACE, "always")]
    )
    tokenizer.decoder = decoders.Metaspace(SPACE, "always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[(token, ids[token]) for token in ("<s>", "</s>")],
    )
    tokenizer.add_special_tokens([token for token in SPECIAL if token in ids])
    tokenizer.save(str(path))


def _configuration(shape: E5Shape) -> dict[str, object]:
    """The small files of the folder: name -> content."""
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.intermediate,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": shape.epsilon,
            "pad_token_id": SPECIAL.index("<pad>"),
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": "<s>",
            "eos_token": "</s>",
            "cls_token": "<s>",
            "sep_token": "</s>",
            "pad_token": "<pad>",
            "unk_token": "<unk>",
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": shape.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {"word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True},
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine"},
    }
