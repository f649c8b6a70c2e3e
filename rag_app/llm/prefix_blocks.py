"""Prefix blocks: which tokens of a prompt are read together, and which may be reused for another.

Knows: that a token's arithmetic depends in its last bits on the tokens it is read together with,
while a cold and a warm run must give the same text.
Does not know: models, caches, what a span says.

A prompt is made of blocks, and only whole blocks are reused: its spans (`llm.chat_template`), cut
further where they are long; what the assistant said is read one token at a time, as it was written.
Sequences of tokens are kept as labels: the token, or its complement where a block ends. Labels that
are equal were read alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from rag_app.llm.chat_template import Span

# Tokens that llama.cpp's kernels for a CPU multiply at once (those left over take longer), and from
# how many on they compute attention in tiles.
ROW, TILE = 16, 64


def labels_of(spans: Sequence[Span], width: int, least: int = 1, row: int = 1) -> list[int]:
    """The spans' tokens, complemented where a block ends: everywhere in spoken spans; in others at
    the end, and after each `width` tokens unless fewer than `least` are left. Tokens of a span that
    make no whole row of `row` tokens belong to the first block of the next one, unless that is
    spoken.
    """
    labels: list[int] = []
    began = 0  # where the open block does
    for place, span in enumerate(spans):
        labels += span.tokens
        end = len(labels)
        size, left = (1, 1) if span.spoken else (width, least)
        if not span.spoken and place + 1 < len(spans) and not spans[place + 1].spoken:
            end -= (end - began) % row
        for border in {*range(began + size, end - left + 1, size), end} - {began}:
            labels[border - 1] = ~labels[border - 1]
        began = end
    return labels


def batches(labels: Sequence[int], most: int) -> Iterator[list[int]]:
    """The blocks, joined up to `most` tokens where none is smaller than a tile."""
    batch: list[int] = []
    block: list[int] = []
    for label in labels:
        block.append(label)
        if label < 0:
            if batch and (min(len(batch), len(block)) < TILE or len(batch) + len(block) > most):
                yield batch
                batch = []
            batch, block = batch + block, []
    if batch:
        yield batch


def whole(labels: Sequence[int], count: int) -> int:
    """How many of the first `count` labels make whole blocks."""
    while count and labels[count - 1] >= 0:
        count -= 1
    return count


def tokens_of(labels: Sequence[int]) -> list[int]:
    """The tokens that the labels stand for."""
    return [label if label >= 0 else ~label for label in labels]


def shared(left: Sequence[int] | npt.NDArray[np.int32], right: Sequence[int] | npt.NDArray[np.int32]) -> int:
    """How many leading labels two sequences share."""
    length = min(len(left), len(right))
    different = np.flatnonzero(np.asarray(left[:length]) != np.asarray(right[:length]))
    return int(different[0]) if len(different) else length
