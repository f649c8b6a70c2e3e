"""A language model of 0.5 billion random weights, for measuring where none can be fetched: speed and
memory do not depend on what the weights are.

Run by hand: `python -m tests.gpu.random_model FILE`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.helpers.tiny_model import SPECIAL, add_tokenizer, byte_letters

# The shape of the 0.5B model of the catalogue.
LAYERS, WIDTH, HEADS, KV_HEADS, HIDDEN, VOCABULARY, CONTEXT = 24, 896, 14, 2, 4864, 151_936, 32_768
BLOCK, BLOCK_BYTES = 32, 18  # of Q4_0: a 16-bit scale and 32 numbers of four bits
SCALE = 0.004


def write(path: Path, layers: int = LAYERS, vocabulary: int = VOCABULARY) -> Path:
    """Write it as a GGUF file that llama.cpp loads."""
    import gguf

    tokens = [*byte_letters(), *SPECIAL]
    tokens += [f"word{number}" for number in range(vocabulary - len(tokens))]
    special = range(256, 256 + len(SPECIAL))
    kinds = [gguf.TokenType.CONTROL if n in special else gguf.TokenType.NORMAL for n in range(len(tokens))]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(layers)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    add_tokenizer(writer, tokens, kinds)
    random = np.random.default_rng(0)
    for name, rows, columns in _matrices(layers, len(tokens)):
        writer.add_tensor(name, _quantized(random, rows, columns), raw_dtype=gguf.GGMLQuantizationType.Q4_0)
    norms = [f"blk.{layer}.{part}_norm.weight" for layer in range(layers) for part in ("attn", "ffn")]
    for name in [*norms, "output_norm.weight"]:
        writer.add_tensor(name, np.ones(WIDTH, np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _matrices(layers: int, vocabulary: int) -> Iterator[tuple[str, int, int]]:
    """Name, rows and columns."""
    narrow = WIDTH // HEADS * KV_HEADS
    yield "token_embd.weight", vocabulary, WIDTH
    for layer in range(layers):
        for name, rows, columns in (
            ("attn_q", WIDTH, WIDTH),
            ("attn_k", narrow, WIDTH),
            ("attn_v", narrow, WIDTH),
            ("attn_output", WIDTH, WIDTH),
            ("ffn_gate", HIDDEN, WIDTH),
            ("ffn_up", HIDDEN, WIDTH),
            ("ffn_down", WIDTH, HIDDEN),
        ):
            yield f"blk.{layer}.{name}.weight", rows, columns


def _quantized(random: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """(rows, bytes of a row): every scale alike, the numbers at random."""
    blocks = random.integers(0, 256, (rows, columns // BLOCK, BLOCK_BYTES), dtype=np.uint8)
    blocks[:, :, :2] = np.frombuffer(np.float16(SCALE).tobytes(), np.uint8)
    return blocks.reshape(rows, -1)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
