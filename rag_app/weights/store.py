"""The models in `models/`: pull and verify them.

Knows: what is on the disk, and whether it is what the catalogue says.
Does not know: which of it suits the machine (`weights.choice`), how models are run (`llm`, `embedding`) or
fetched (`weights.download`).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rag_app import files
from rag_app.errors import WeightsError
from rag_app.progress import Progress
from rag_app.settings import Settings
from rag_app.weights.catalog import CatalogModel, catalogue, find
from rag_app.weights.download import Transport, fetch, mismatch
from rag_app.weights.e5_convert import convert
from rag_app.weights.hash_cache import FileHashes
from rag_app.weights.zipped_folder import unzip

CHECKSUMS = "checksums.json"  # inside an embedder's folder: file name -> SHA-256, written last


def file_hashes(settings: Settings) -> FileHashes:
    """The remembered hashes of model files."""
    return FileHashes(settings.models / ".verified.json")


# --- pull ---------------------------------------------------------------------------------------


def pull(
    model_id: str, settings: Settings, *, progress: Progress | None = None, transport: Transport | None = None
) -> Path:
    """Bring a model into `models/` unless it is there and sound; return its file or folder.

    Raises WeightsError: unknown id, offline, no source has it, too little disk space, a folder that
    is not writable.
    """
    model = find(model_id)
    report = progress or (lambda what, done, total: None)
    try:
        with _only_one(model, settings, report):
            if not _sound(model, settings):
                _pull(model, settings, report, transport or Transport())
            # Also what a kill left of a finished pull.
            shutil.rmtree(_work(model, settings), ignore_errors=True)
    except OSError as error:
        raise WeightsError(
            f"{model.id} cannot be stored: {error}", "check the folder's rights and free space"
        ) from None
    return settings.models / model.name


def _pull(model: CatalogModel, settings: Settings, progress: Progress, transport: Transport) -> None:
    work = _work(model, settings)
    work.mkdir(parents=True, exist_ok=True)
    by_hand = settings.models / model.file  # an embedder's packed file, put there by the user
    if model.file and by_hand.is_file() and not mismatch(model, by_hand):
        fetched = by_hand
    elif settings.offline:
        raise WeightsError(f"{model.id} is not in {settings.models}", "unset RAG_OFFLINE to pull it")
    else:
        fetched = fetch(model, work, progress, transport)
    target = settings.models / model.name
    if model.kind == "llm":
        files.flush(fetched)
        fetched.replace(target)
    else:
        folder = fetched if fetched.is_dir() else _folder_of(fetched, work / "folder")
        _finish_folder(model, folder)
        shutil.rmtree(target, ignore_errors=True)
        folder.rename(target)


def _folder_of(fetched: Path, folder: Path) -> Path:
    """What an embedder's file is unpacked to, as a sentence-transformers folder."""
    return unzip(fetched, folder) if fetched.suffix == ".zip" else convert(fetched, folder)


def _work(model: CatalogModel, settings: Settings) -> Path:
    """Where a model's parts are kept until it is whole."""
    return settings.models / ".parts" / model.id


@contextmanager
def _only_one(model: CatalogModel, settings: Settings, progress: Progress) -> Iterator[None]:
    """Hold the model's lock; a second pull of it waits, and then finds the model in place."""
    from filelock import FileLock, Timeout

    (settings.models / ".parts").mkdir(parents=True, exist_ok=True)
    lock = FileLock(settings.models / ".parts" / f"{model.id}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress(f"{model.id}: waiting for another pull of it", 0, model.bytes)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _finish_folder(model: CatalogModel, folder: Path) -> None:
    """Add the prompts a repository leaves out, then the checksums that mark the folder as whole."""
    configuration = folder / "config_sentence_transformers.json"
    content = json.loads(configuration.read_text(encoding="utf-8")) if configuration.exists() else {}
    if not any((content.get("prompts") or {}).values()):
        # A kill must not leave half of it, which the next pull would read.
        files.replace(configuration, json.dumps(content | {"prompts": dict(model.prompts)}, indent=2))
    sums = {}
    for path in embedder_files(folder):
        files.flush(path)
        sums[path.relative_to(folder).as_posix()] = files.sha256_of(path)
    (folder / CHECKSUMS).write_text(json.dumps(sums, indent=1), encoding="utf-8")


# --- verify -------------------------------------------------------------------------------------


def ensure_verified(path: Path, settings: Settings) -> str:
    """SHA-256 of a language model's file that is safe to open; instant when it has not changed
    since the last check.

    A file of the catalogue must have its size and hash; any other .gguf must hold all of its
    tensors, and its hash is taken as it is. Raises WeightsError.
    """
    if not path.is_file():
        raise WeightsError(f"{path} does not exist", "see: rag-app models list")
    hashes = file_hashes(settings)
    model = _entry(path, settings)
    known = hashes.known(path)
    if known and (model is None or known == model.sha256):
        return known
    if model is None:
        check_gguf(path)
        return hashes.fresh(path)
    return _verify_file(model, path, hashes)


def verify(model: CatalogModel, settings: Settings) -> str:
    """Hash a pulled model anew, whatever is remembered; return its SHA-256 (of the checksums, for a
    folder).

    Raises WeightsError when it is missing, truncated or altered.
    """
    path = settings.models / model.name
    if not path.exists():
        raise WeightsError(f"{model.id} is not in {settings.models}", f"rag-app models pull {model.id}")
    hashes = file_hashes(settings)
    return (
        _verify_file(model, path, hashes) if model.kind == "llm" else verify_folder(path, hashes, fresh=True)
    )


def verify_folder(folder: Path, hashes: FileHashes, *, fresh: bool = False) -> str:
    """Compare an embedder's folder with the checksums in it. Raises WeightsError; returns their SHA-256."""
    hint = f"rag-app models pull {folder.name}"
    try:
        sums = json.loads((folder / CHECKSUMS).read_text(encoding="utf-8"))
        actual = {path.relative_to(folder).as_posix(): path for path in embedder_files(folder)}
        changed = [
            n for n, p in actual.items() if sums.get(n) != (hashes.fresh(p) if fresh else hashes.of(p))
        ]
        missing = sums.keys() - actual.keys()
    except (OSError, ValueError, AttributeError):
        raise WeightsError(f"the embedding model in {folder} is incomplete", hint) from None
    if changed or missing:
        names = ", ".join(sorted([*changed, *missing]))
        raise WeightsError(f"the embedding model in {folder} is altered: {names}", hint)
    return hashes.fresh(folder / CHECKSUMS)


def embedder_files(folder: Path) -> list[Path]:
    """The files of an embedder's folder that decide its vectors, in a fixed order."""
    notes = {CHECKSUMS, "adapted.json"}
    paths = [path for pattern in ("*.json", "*.safetensors") for path in folder.rglob(pattern)]
    return sorted(
        p for p in paths if p.name not in notes and not p.relative_to(folder).parts[0].startswith(".")
    )


def check_gguf(path: Path) -> None:
    """Refuse a file that is not GGUF or ends before its last tensor: llama.cpp would abort on some
    of these.

    Raises WeightsError.
    """
    from gguf import GGUFReader

    try:
        tensors = GGUFReader(path).tensors
        end = max(tensor.data_offset + tensor.n_bytes for tensor in tensors)
    except Exception as error:  # the reader meets garbage with whatever numpy or struct raise
        raise WeightsError(
            f"{path.name} is damaged or not a GGUF file: {error}", "copy or pull it again"
        ) from None
    if end > path.stat().st_size:
        raise WeightsError(
            f"{path.name} is truncated: {path.stat().st_size:,} of {end:,} bytes", "copy it again"
        )


def _verify_file(model: CatalogModel, path: Path, hashes: FileHashes) -> str:
    size = path.stat().st_size
    hint = f"rag-app models pull {model.id}"
    if size != model.bytes:
        kind = "truncated" if size < model.bytes else "altered"
        raise WeightsError(f"{path.name} is {kind}: expected {model.bytes:,} bytes, found {size:,}", hint)
    sha256 = hashes.fresh(path)
    if sha256 != model.sha256:
        raise WeightsError(
            f"{path.name} is altered: expected SHA-256 {model.sha256[:12]}…, found {sha256[:12]}…", hint
        )
    return sha256


def _entry(path: Path, settings: Settings) -> CatalogModel | None:
    places = {(settings.models / model.name).resolve(): model for model in catalogue() if model.kind == "llm"}
    return places.get(path.resolve())


def _sound(model: CatalogModel, settings: Settings) -> bool:
    path = settings.models / model.name
    try:
        if model.kind == "llm":
            ensure_verified(path, settings)
        else:
            verify_folder(path, file_hashes(settings))
    except WeightsError:
        return False
    return True


# --- what is there ------------------------------------------------------------------------------


def state(model: CatalogModel, settings: Settings) -> str:
    """ "yes", "no", "partial" (a pull has begun) or "damaged" (wrong size, incomplete); reads no weights."""
    path = settings.models / model.name
    if path.is_file():
        return "yes" if path.stat().st_size == model.bytes else "damaged"
    if path.is_dir():
        return "yes" if (path / CHECKSUMS).is_file() else "damaged"
    return "partial" if _work(model, settings).is_dir() else "no"


def is_remembered(model: CatalogModel, settings: Settings) -> bool:
    """Whether a model's hash was checked and it has not changed since."""
    hashes = file_hashes(settings)
    path = settings.models / model.name
    if path.is_file():
        return hashes.known(path) == model.sha256
    return all(hashes.known(file) for file in embedder_files(path))
