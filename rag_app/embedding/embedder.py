"""Texts -> vectors of unit length, cached by text.

Knows: sentence-transformers, batching, number formats, the cache of vectors, and the fingerprint of
a model, which says whether stored vectors are its own.
Does not know: what a text is, or how vectors are searched.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from rag_app import files, runtime
from rag_app.errors import WeightsError
from rag_app.home import Home
from rag_app.machine import cores
from rag_app.settings import Settings
from rag_app.weights import choice, store
from rag_app.weights.hash_cache import FileHashes

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Matrix = NDArray[np.float32]
CountCallback = Callable[[int, int], None]  # is told of texts done, and of texts in all

BATCH_TOKENS = 2048  # tokens, padding included, of one forward pass: 12 % faster on a CPU than 4096
# Free memory of a GPU that also embeds; with less, the language model, which gains more, has it alone.
GPU_BYTES = 2 << 30
SAVE_EVERY = 500  # texts; what a killed ingest loses at most


class QueryEmbedder(Protocol):
    """What answering needs of an embedding model."""

    fingerprint: str  # changes with any file of the model

    def query(self, text: str) -> Matrix:
        """(d,) vector of unit length."""


class PassageEmbedder(Protocol):
    """What a `VectorCache` needs of an embedding model."""

    fingerprint: str
    dimensions: int

    def passages(self, texts: Sequence[str], progress: CountCallback | None = None) -> Matrix:
        """(n, d) vectors of unit length, in the order of `texts`."""


class Embedder(QueryEmbedder, PassageEmbedder, Protocol):
    """What an ingest needs of an embedding model."""

    max_tokens: int  # of a passage's own text

    def count_tokens(self, text: str) -> int:
        """Tokens of the text alone, without prefix and special tokens."""

    def queries(self, texts: Sequence[str]) -> Matrix:
        """What `query` gives for each text, shape (n, d)."""


class SentenceEmbedder:
    """A sentence-transformers folder as an `Embedder`; safe to share between threads.

    Prefixes are the folder's own prompts. `threads` 0 is one per physical core.
    """

    def __init__(self, folder: Path, fingerprint: str, *, threads: int = 0) -> None:
        self.fingerprint = fingerprint
        self._model = _load(folder).eval()
        self._device = self._model.device
        self._threads = threads or cores()
        self._lock = threading.Lock()  # the tokenizer refuses two threads at once
        prompts = self._model.prompts
        self._query_prompt: str = prompts.get("query") or ""
        self._passage_prompt: str = prompts.get("passage") or prompts.get("document") or ""
        self.dimensions = int(self._model.get_embedding_dimension())
        specials = self._model.tokenizer.num_special_tokens_to_add(pair=False)
        self.max_tokens = int(self._model.max_seq_length) - specials - self.count_tokens(self._passage_prompt)

    def count_tokens(self, text: str) -> int:
        """Tokens of the text alone, without prefix and special tokens."""
        return self._counts([text])[0]

    def passages(self, texts: Sequence[str], progress: CountCallback | None = None) -> Matrix:
        """(n, d) vectors of unit length, in the order of `texts`; a text past `max_tokens` loses its end."""
        return self._in_batches(texts, self._passage_prompt, progress)

    def queries(self, texts: Sequence[str]) -> Matrix:
        """What `query` gives for each text, shape (n, d)."""
        return self._in_batches(texts, self._query_prompt, None)

    def _in_batches(self, texts: Sequence[str], prompt: str, progress: CountCallback | None) -> Matrix:
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        done = 0
        for batch in _batches([min(count, self.max_tokens) for count in self._counts(texts)]):
            vectors[batch] = self._encode([texts[i] for i in batch], prompt, self._threads)
            done += len(batch)
            if progress:
                progress(done, len(texts))
        return vectors

    def query(self, text: str) -> Matrix:
        """(d,) vector of unit length."""
        # One thread: with a second, a short text waits up to a second for a core that the language
        # model holds.
        vector: Matrix = self._encode([text], self._query_prompt, threads=1)[0]
        return vector

    def _counts(self, texts: Sequence[str]) -> list[int]:
        tokenizer = self._model.tokenizer.backend_tokenizer  # one of its own would take 300 MB
        with self._lock:
            tokenizer.no_truncation()  # as encoding leaves it
            tokenizer.no_padding()
            return [len(each.ids) for each in tokenizer.encode_batch(list(texts), add_special_tokens=False)]

    def _encode(self, texts: list[str], prompt: str, threads: int) -> Matrix:
        import torch

        # As the model's `encode`, without its preparations, which take a quarter of a query's time.
        with self._lock, torch.inference_mode():
            torch.set_num_threads(threads)
            features = self._model.preprocess(texts, prompt=prompt)
            placed = {name: x.to(self._device) if torch.is_tensor(x) else x for name, x in features.items()}
            vectors = self._model(placed)["sentence_embedding"].float().cpu().numpy()
        # With bfloat16, lengths are some tenths of a percent off 1.
        matrix: Matrix = np.asarray(vectors, np.float32)
        matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
        return matrix


def load_embedder(settings: Settings) -> SentenceEmbedder:
    """The model adapted to the collection where there is one, else the chosen model of the
    catalogue.

    Raises WeightsError when the model is missing or damaged.
    """
    return opened(*located(settings), settings.threads)


def opened(folder: Path, fingerprint: str, threads: int) -> SentenceEmbedder:
    """The model in `folder`. Raises WeightsError."""
    try:
        return SentenceEmbedder(folder, fingerprint, threads=threads)
    # A damaged file: safetensors, tokenizers and transformers share no base error.
    except Exception as error:
        raise WeightsError(
            f"the embedding model in {folder} cannot be loaded: {error}", "pull it again"
        ) from error


def embedder_fingerprint(settings: Settings) -> str:
    """The fingerprint of the model that `load_embedder` would load, without loading it. Raises
    WeightsError.
    """
    return located(settings)[1]


def located(settings: Settings) -> tuple[Path, str]:
    """Folder and fingerprint of the model that `load_embedder` would load. Raises WeightsError."""
    folder, hashes = _folder(settings)
    return folder, fingerprint(folder, hashes)


def embedder_folder(settings: Settings) -> Path:
    """The folder of the model that `load_embedder` would load. Raises WeightsError."""
    return _folder(settings)[0]


def is_adapted(settings: Settings) -> bool:
    """Whether the collection has an embedding model of its own."""
    return Home(settings.home).adapted.is_file()


def _folder(settings: Settings) -> tuple[Path, FileHashes]:
    """The adapted model's folder where there is one, else the chosen model's, verified."""
    hashes = store.file_hashes(settings)
    folder = Home(settings.home).embedder
    if not is_adapted(settings):
        folder = choice.choose_embedder(settings)
        store.verify_folder(folder, hashes)
    return folder, hashes


def fingerprint(folder: Path, hashes: FileHashes) -> str:
    """SHA-256 over names and hashes of the files that decide a folder's vectors: weights,
    tokenizer, configuration.
    """
    digest = hashlib.sha256()
    for path in store.embedder_files(folder):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{hashes.of(path)}\n".encode())
    return digest.hexdigest()


def _load(folder: Path) -> SentenceTransformer:
    runtime.forbid_the_hub()
    import torch
    from sentence_transformers import SentenceTransformer

    runtime.silence_transformers()
    device = _device()
    kind = torch.bfloat16 if device == "cpu" and _has_bfloat16() else torch.float32
    return SentenceTransformer(
        str(folder), device=device, local_files_only=True, model_kwargs={"dtype": kind}
    )


def _device() -> str:
    import torch

    if torch.cuda.is_available() and torch.cuda.mem_get_info()[0] >= GPU_BYTES:
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _has_bfloat16() -> bool:
    """Whether the CPU multiplies bfloat16 itself; where it does not, bfloat16 is slower than float32."""
    import torch

    able = torch.cpu.get_capabilities()
    return bool(able.get("avx512_bf16") or able.get("amx_bf16"))


def _batches(counts: Sequence[int]) -> Iterator[list[int]]:
    """Indexes of texts of similar length, in groups that padding keeps near BATCH_TOKENS."""
    batch: list[int] = []
    for index in sorted(range(len(counts)), key=counts.__getitem__):
        if batch and counts[index] * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(index)
    if batch:
        yield batch


class AsQueries:
    """An embedder whose passages are embedded as questions are, so that a `VectorCache` keeps them."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.fingerprint = f"words-{embedder.fingerprint}"
        self.dimensions = embedder.dimensions

    def passages(self, texts: Sequence[str], progress: CountCallback | None = None) -> Matrix:
        """(n, d) vectors of unit length, in the order of `texts`."""
        return self._embedder.queries(texts)


# --- vectors kept between runs ------------------------------------------------------------------


class VectorCache:
    """Vectors by SHA-256 of their text, in one folder per embedding model below `root`.

    `vectors.f32` holds rows of little-endian float32 and `keys.txt` one line per row: the text's
    hash and the row's CRC-32. Rows are appended and flushed before their keys, so a kill leaves at
    most rows without a key, which the next append overwrites. A row that does not match its CRC is
    as good as absent: nothing here ever raises.
    """

    LINE = 64 + 1 + 8 + 1  # SHA-256, space, CRC-32, line feed

    def __init__(self, root: Path) -> None:
        self.root = root

    def embed(
        self, texts: Sequence[str], embedder: PassageEmbedder, progress: CountCallback | None = None
    ) -> Matrix:
        """(n, d) passage vectors of `texts`; only texts not seen before are embedded, and kept as
        they come.
        """
        keys = [_key(text) for text in texts]
        folder = self._folder(embedder)
        known = self._read(folder, embedder.dimensions)
        new = list({key: text for key, text in zip(keys, texts, strict=True) if key not in known}.items())
        for start in range(0, len(new), SAVE_EVERY):
            part = new[start : start + SAVE_EVERY]
            before = len(texts) - len(new) + start
            vectors = embedder.passages([text for _, text in part], _shifted(progress, before, len(texts)))
            fresh = dict(zip((key for key, _ in part), vectors, strict=True))
            known |= fresh
            self._append(folder, fresh, embedder.dimensions)
        return (
            np.stack([known[key] for key in keys]) if keys else np.zeros((0, embedder.dimensions), np.float32)
        )

    def unseen(self, texts: Sequence[str], embedder: PassageEmbedder) -> int:
        """How many of `texts` have no vector yet."""
        known = self._read(self._folder(embedder), embedder.dimensions)
        return len({key for key in map(_key, texts) if key not in known})

    def _folder(self, embedder: PassageEmbedder) -> Path:
        return self.root / embedder.fingerprint[:16]

    def _read(self, folder: Path, dimensions: int) -> dict[str, Matrix]:
        try:
            lines = (folder / "keys.txt").read_bytes()
            values = np.fromfile(folder / "vectors.f32", dtype="<f4")
        except OSError:
            return {}
        rows = values[: len(values) // dimensions * dimensions].reshape(-1, dimensions)
        known = {}
        for row, at in zip(rows, range(0, len(lines) - self.LINE + 1, self.LINE), strict=False):
            key, _, crc = lines[at : at + self.LINE].decode("ascii", "replace").strip().partition(" ")
            if crc == f"{zlib.crc32(row.tobytes()):08x}":
                known[key] = row.astype(np.float32, copy=False)
        return known

    def _append(self, folder: Path, fresh: dict[str, Matrix], dimensions: int) -> None:
        from filelock import FileLock

        # A full or read-only disk costs the cache, not the vectors.
        with contextlib.suppress(OSError):
            files.private_folder(folder)
            with FileLock(folder / "lock"):
                vectors, keys = folder / "vectors.f32", folder / "keys.txt"
                vectors.touch()
                keys.touch()
                width = 4 * dimensions
                count = min(vectors.stat().st_size // width, keys.stat().st_size // self.LINE)
                rows = [row.astype("<f4").tobytes() for row in fresh.values()]
                lines = [f"{key} {zlib.crc32(row):08x}\n" for key, row in zip(fresh, rows, strict=True)]
                _write_at(vectors, count * width, b"".join(rows))
                _write_at(keys, count * self.LINE, "".join(lines).encode())


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _write_at(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as stream:
        stream.truncate(offset)
        stream.seek(offset)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _shifted(progress: CountCallback | None, before: int, total: int) -> CountCallback | None:
    return (lambda done, _: progress(before + done, total)) if progress else None
