"""The 4-bit embedder file: what is read is what was written, and garbage is refused in words."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from rag_app.errors import WeightsError
from rag_app.weights.e5_convert import convert, read

HIDDEN, LAYERS, HEADS, INTERMEDIATE, POSITIONS, TYPES = 32, 1, 2, 64, 16, 2
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁video", "▁비디오", "▁", "a", "b"]
SCORES = [0.0, 0.0, 0.0, 0.0, -1.0, -1.5, -3.0, -4.0, -4.0]
HEADER = struct.pack(
    "<4sI7ifi", b"E5S1", 1, HIDDEN, LAYERS, HEADS, INTERMEDIATE, len(PIECES), POSITIONS, TYPES, 1e-12, 32
)


def tokenizer_bytes() -> bytes:
    blob = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, blob)]).astype("<u4").tobytes()
    head = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, sum(map(len, blob)))
    return head + offsets + np.array(SCORES, "<f4").tobytes() + b"".join(blob) + struct.pack("<ii", 0, 0)


def q4_bytes(nibbles: np.ndarray, scales: np.ndarray) -> bytes:
    """Blocks of 32 weights: a float16 scale, then 16 bytes with weights 0-15 low and 16-31 high."""
    rows = nibbles.reshape(-1, 32)
    packed = rows[:, :16] | (rows[:, 16:] << 4)
    return b"".join(
        s.tobytes() + p.tobytes() for s, p in zip(scales.astype("<f2"), packed.astype("u1"), strict=True)
    )


def tensor_sizes() -> dict[str, int]:
    sizes = {"emb.word": len(PIECES) * HIDDEN, "emb.pos": POSITIONS * HIDDEN, "emb.type": TYPES * HIDDEN}
    sizes |= {"emb.ln.w": HIDDEN, "emb.ln.b": HIDDEN}
    for name, rows, columns in [
        *((n, HIDDEN, HIDDEN) for n in ("q", "k", "v", "ao")),
        ("fi", INTERMEDIATE, HIDDEN),
    ]:
        sizes |= {f"l0.{name}.w": rows * columns, f"l0.{name}.b": rows}
    sizes |= {"l0.fo.w": HIDDEN * INTERMEDIATE, "l0.fo.b": HIDDEN}
    return sizes | {f"l0.{name}.{part}": HIDDEN for name in ("aln", "oln") for part in "wb"}


def tiny_file(path: Path) -> dict[str, np.ndarray]:
    """Write a whole small file; return the weights it holds, by their name in it."""
    random = np.random.default_rng(0)
    expected: dict[str, np.ndarray] = {}
    bodies: list[tuple[str, int, bytes]] = []
    for name, count in tensor_sizes().items():
        if name.endswith(".b") or ".aln" in name or ".oln" in name or ".ln" in name:
            expected[name] = random.normal(size=count).astype("<f4")
            bodies.append((name, 0, expected[name].tobytes()))
        else:
            nibbles = random.integers(0, 16, count).astype("u1")
            scales = random.uniform(0.01, 0.1, count // 32).astype("<f2")
            expected[name] = (
                (nibbles.reshape(-1, 32).astype("f4") - 8) * scales.astype("f4")[:, None]
            ).ravel()
            bodies.append((name, 1, q4_bytes(nibbles, scales)))
    start = HEADER + tokenizer_bytes() + struct.pack("<i", len(bodies))
    offset = len(start) + sum(2 + len(name) + 21 for name, _, _ in bodies)
    table = b""
    for name, kind, body in bodies:
        table += struct.pack("<H", len(name)) + name.encode()
        table += struct.pack("<BIQQ", kind, expected[name].size, offset, len(body))
        offset += len(body)
    path.write_bytes(start + table + b"".join(body for _, _, body in bodies))
    return expected


def test_weights_and_pieces_are_read_exactly(tmp_path: Path) -> None:
    expected = tiny_file(tmp_path / "e5.bin")
    parsed = read(tmp_path / "e5.bin")
    assert [piece for piece, _ in parsed.pieces] == PIECES
    assert [score for _, score in parsed.pieces] == SCORES
    assert np.array_equal(parsed.tensors["embeddings.word_embeddings.weight"].ravel(), expected["emb.word"])
    assert parsed.tensors["encoder.layer.0.output.dense.weight"].shape == (HIDDEN, INTERMEDIATE)
    assert np.array_equal(parsed.tensors["encoder.layer.0.output.LayerNorm.bias"], expected["l0.oln.b"])
    assert len(parsed.tensors) == len(expected)


def test_the_folder_loads_and_gives_unit_vectors(tmp_path: Path) -> None:
    from rag_app.embedding.embedder import SentenceEmbedder

    tiny_file(tmp_path / "e5.bin")
    folder = convert(tmp_path / "e5.bin", tmp_path / "folder")
    embedder = SentenceEmbedder(folder, "tiny")
    vectors = embedder.passages(["비디오 video", "ab", "video"])
    assert vectors.shape == (3, HIDDEN)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.count_tokens("비디오  video") == 2
    assert embedder.max_tokens == POSITIONS - 2
    assert np.array_equal(vectors, SentenceEmbedder(folder, "tiny").passages(["비디오 video", "ab", "video"]))


def test_normalisation_is_nfkc_with_runs_of_spaces_collapsed(tmp_path: Path) -> None:
    from tokenizers import Tokenizer

    tiny_file(tmp_path / "e5.bin")
    folder = convert(tmp_path / "e5.bin", tmp_path / "folder")
    tokens = Tokenizer.from_file(str(folder / "tokenizer.json"))
    assert tokens.encode("ｖｉｄｅｏ \t 비디오").tokens == ["<s>", "▁video", "▁비디오", "</s>"]


@pytest.mark.parametrize("part", [0.0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path: Path, part: float) -> None:
    tiny_file(tmp_path / "e5.bin")
    whole = (tmp_path / "e5.bin").read_bytes()
    (tmp_path / "e5.bin").write_bytes(whole[: int(len(whole) * part)])
    with pytest.raises(WeightsError, match="no 4-bit embedder file"):
        convert(tmp_path / "e5.bin", tmp_path / "folder")
    assert not (tmp_path / "folder").exists()


@pytest.mark.parametrize(
    ("at", "form", "value"),
    [
        (0, "4s", b"GGUF"),
        (4, "I", 9),  # version
        (8, "i", -32),  # hidden
        (8, "i", 64),  # hidden: tensors no longer fit
        (12, "i", 2**31 - 1),  # layers
        (16, "i", 0),  # heads
        (40, "i", 64),  # block
        (44, "i", -1),  # pieces
        (44, "i", 2**31 - 1),
        (60, "i", 99),  # unknown piece
        (64, "Q", 2**63),  # length of the blob
    ],
)
def test_a_header_that_makes_no_sense_is_refused(tmp_path: Path, at: int, form: str, value: object) -> None:
    tiny_file(tmp_path / "e5.bin")
    data = bytearray((tmp_path / "e5.bin").read_bytes())
    struct.pack_into("<" + form, data, at, value)
    (tmp_path / "e5.bin").write_bytes(data)
    with pytest.raises(WeightsError):
        read(tmp_path / "e5.bin")


def test_no_single_damaged_byte_of_the_header_or_table_crashes_the_reader(tmp_path: Path) -> None:
    tiny_file(tmp_path / "e5.bin")
    whole = (tmp_path / "e5.bin").read_bytes()
    for at in range(0, 900, 3):
        data = bytearray(whole)
        data[at] ^= 0xFF
        (tmp_path / "e5.bin").write_bytes(data)
        try:
            read(tmp_path / "e5.bin")
        except WeightsError as error:
            assert error.hint


def test_random_bytes_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "noise.bin").write_bytes(b"E5S1" + np.random.default_rng(1).bytes(5000))
    for name in ("noise.bin", "absent.bin"):
        with pytest.raises(WeightsError):
            read(tmp_path / name)
