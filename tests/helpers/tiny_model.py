"""A language model of 200 kB with random weights: it reads bytes, says nonsense, and does so in a
millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gguf import GGUFWriter, TokenType

LAYERS, WIDTH, HEADS, HIDDEN, CONTEXT = 2, 64, 4, 128, 4096
SPECIAL = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")


def byte_letters() -> list[str]:
    """The letters that stand for the 256 bytes in a byte-level vocabulary: themselves, or from 256 on."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte if byte in printable else next(others)) for byte in range(256)]


def add_tokenizer(writer: GGUFWriter, tokens: Sequence[str], kinds: Sequence[TokenType]) -> None:
    """The tokenizer, with one merge, and the size of the norm's epsilon, which every such model has."""
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([f"{tokens[ord('t')]} {tokens[ord('h')]}"])
    writer.add_eos_token_id(tokens.index("<|im_end|>"))
    writer.add_add_bos_token(False)


def write(path: Path, seed: int = 0) -> Path:
    """Write the model as a GGUF file that llama.cpp loads."""
    import gguf

    tokens = [*byte_letters(), *SPECIAL]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    kinds = [gguf.TokenType.NORMAL] * 256 + [gguf.TokenType.CONTROL] * len(SPECIAL)
    add_tokenizer(writer, tokens, kinds)
    for name, values in _tensors(len(tokens), np.random.default_rng(seed)):
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _tensors(vocabulary: int, random: np.random.Generator) -> list[tuple[str, np.ndarray]]:
    def matrix(rows: int, columns: int) -> np.ndarray:
        values: np.ndarray = random.standard_normal((rows, columns)) * 2 / np.sqrt(columns)
        return values.astype(np.float32)

    ones = np.ones(WIDTH, np.float32)
    tensors = [("token_embd.weight", matrix(vocabulary, WIDTH)), ("output_norm.weight", ones)]
    tensors.append(("output.weight", matrix(vocabulary, WIDTH)))
    for layer in range(LAYERS):
        names = {"attn_q": (WIDTH, WIDTH), "attn_k": (WIDTH, WIDTH), "attn_v": (WIDTH, WIDTH)}
        names |= {"attn_output": (WIDTH, WIDTH), "ffn_gate": (HIDDEN, WIDTH), "ffn_up": (HIDDEN, WIDTH)}
        names |= {"ffn_down": (WIDTH, HIDDEN)}
        tensors += [(f"blk.{layer}.{name}.weight", matrix(*shape)) for name, shape in names.items()]
        tensors += [(f"blk.{layer}.{name}.weight", ones) for name in ("attn_norm", "ffn_norm")]
    return tensors
