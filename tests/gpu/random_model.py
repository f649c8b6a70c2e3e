"""A language model of random weights, for measuring where none can be fetched: speed and memory do not
depend on what the weights are. `WHOLE` has the shape of the 0.5B model of the catalogue; `SMALL` has a few
layers, for a device in software, which would read one prompt with the whole for minutes.

Run by hand: `python -m tests.gpu.random_model FILE [small]`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.helpers.tiny_model import SPECIAL, add_tokenizer, byte_letters

CONTEXT = 32_768
BLOCK, BLOCK_BYTES = 32, 18  # of Q4_0: a 16-bit scale and 32 numbers of four bits
SCALE = 0.004


@dataclass(frozen=True, slots=True)
class Size:
    """Numbers of layers, heads and tokens, and widths in numbers."""

    layers: int
    width: int
    heads: int
    kv_heads: int
    hidden: int
    vocabulary: int

    @property
    def head(self) -> int:
        """Width of a head."""
        return self.width // self.heads


WHOLE = Size(24, 896, 14, 2, 4864, 151_936)
SMALL = Size(4, 256, 4, 2, 512, 2_000)


def write(path: Path, size: Size = WHOLE) -> Path:
    """Write it as a GGUF file that llama.cpp loads."""
    import gguf

    tokens = [*byte_letters(), *SPECIAL]
    tokens += [f"word{number}" for number in range(size.vocabulary - len(tokens))]
    special = range(256, 256 + len(SPECIAL))
    kinds = [gguf.TokenType.CONTROL if n in special else gguf.TokenType.NORMAL for n in range(len(tokens))]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(size.width)
    writer.add_block_count(size.layers)
    writer.add_feed_forward_length(size.hidden)
    writer.add_head_count(size.heads)
    writer.add_head_count_kv(size.kv_heads)
    writer.add_rope_dimension_count(size.head)
    add_tokenizer(writer, tokens, kinds)
    random = np.random.default_rng(0)
    for name, rows, columns in _matrices(size):
        writer.add_tensor(name, _quantized(random, rows, columns), raw_dtype=gguf.GGMLQuantizationType.Q4_0)
    norms = [f"blk.{layer}.{part}_norm.weight" for layer in range(size.layers) for part in ("attn", "ffn")]
    for name in [*norms, "output_norm.weight"]:
        writer.add_tensor(name, np.ones(size.width, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _matrices(size: Size) -> Iterator[tuple[str, int, int]]:
    """Name, rows and columns."""
    width, hidden, narrow = size.width, size.hidden, size.head * size.kv_heads
    yield "token_embd.weight", size.vocabulary, width
    for layer in range(size.layers):
        for name, rows, columns in (
            ("attn_q", width, width),
            ("attn_k", narrow, width),
            ("attn_v", narrow, width),
            ("attn_output", width, width),
            ("ffn_gate", hidden, width),
            ("ffn_up", hidden, width),
            ("ffn_down", width, hidden),
        ):
            yield f"blk.{layer}.{name}.weight", rows, columns


def _quantized(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """(rows, bytes of a row): every scale alike, the numbers at random."""
    blocks = random.integers(0, 256, (rows, columns // BLOCK, BLOCK_BYTES), dtype=np.uint8)
    blocks[:, :, :2] = np.frombuffer(np.float16(SCALE).tobytes(), np.uint8)
    return blocks.reshape(rows, -1)


if __name__ == "__main__":
    write(Path(sys.argv[1]), SMALL if "small" in sys.argv[2:] else WHOLE)
