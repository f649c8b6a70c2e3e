"""Saved states of the model's sequence, so that a prompt seen before is not read again.

Knows: which tokens each state stands for, what to forget first, how much memory and disk states may
take, and the file format.
Does not know: what is inside a state, or when to save one.

A state is in memory until it is on disk, where the system's file cache keeps it at hand. Memory and
disk are both capped, least recently used first out.

A file is one JSON line (`format`, `key`, `tokens`, `sha256`), the tokens as little-endian 32-bit
integers, and the state. `key` names all that a state depends on (model, engine version, settings);
a file of another key, or one whose checksum fails, is ignored.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from rag_app.files import private_folder, replacing
from rag_app.llm import prefix_blocks

MEMORY_BYTES = 256 << 20
DISK_BYTES = 2 << 30
_FORMAT = "rag-app state 2"
_LONGEST_HEADER = 4096
_TOKEN = np.dtype("<i4")

Tokens = npt.NDArray[np.int32]
log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class SavedState:
    """The tokens of a saved sequence; the state itself is in memory or in the file."""

    tokens: Tokens
    data: bytes | None
    path: Path | None


class StateCache:
    """States of one model. Not thread-safe: it belongs to the engine, and so does its lock."""

    def __init__(
        self,
        key: str,
        folder: Path | None = None,
        *,
        whole: bool = False,
        memory_bytes: int = MEMORY_BYTES,
        disk_bytes: int = DISK_BYTES,
    ) -> None:
        """`folder` None keeps nothing on disk; `whole` says that a state serves only prompts that
        begin with all of its tokens (models that cannot drop a suffix).
        """
        self._key = key
        self._folder = folder
        self._whole = whole
        self._memory_bytes, self._disk_bytes = memory_bytes, disk_bytes
        self._states = self._scan()  # least recently used first

    def find(self, tokens: Sequence[int]) -> tuple[SavedState, int] | None:
        """The state that shares most leading tokens with these, and how many; None without any."""
        wanted = np.asarray(tokens, _TOKEN)
        self._states = [state for state in self._states if state.path is None or state.path.exists()]
        shared = [(prefix_blocks.shared(state.tokens, wanted), state) for state in self._states]
        useful = [(n, s) for n, s in shared if n and (n == len(s.tokens) or not self._whole)]
        if not useful:
            return None
        count, state = max(useful, key=lambda pair: pair[0])
        return state, count

    def read(self, state: SavedState) -> bytes | None:
        """What was saved, now the most recently used; None if the file is gone or damaged."""
        data = state.data if state.data is not None else _read_data(state.path, state.tokens)
        self._states.remove(state)
        if data is None:
            return None
        self._states.append(state)
        if state.path is not None:
            with suppress(OSError):  # of a read-only folder, or removed by another process
                os.utime(state.path)
        return data

    def forget(self, state: SavedState) -> None:
        """Do without a state that the model does not take."""
        self._states.remove(state)

    def add(self, tokens: Sequence[int], data: bytes) -> None:
        """Keep a state in memory; it takes the place of those it continues, unless states serve
        only as a whole.
        """
        kept = np.asarray(tokens, _TOKEN)
        if not self._whole:
            for state in [s for s in self._states if prefix_blocks.shared(s.tokens, kept) == len(s.tokens)]:
                self._states.remove(state)
                if state.path is not None:
                    # In a read-only folder the file stays until there is no room for it.
                    with suppress(OSError):
                        state.path.unlink()
        self._states.append(SavedState(kept, data, None))
        self._trim_memory()

    def flush(self) -> None:
        """Write what is not on disk yet; a full or read-only disk only costs the saving."""
        if self._folder is None or all(state.data is None for state in self._states):
            return
        try:
            private_folder(self._folder)
            for state in self._states:
                if state.data is not None:
                    state.path, state.data = self._write(state.tokens, state.data), None
            self._trim_disk()
        except OSError as error:
            log.warning("model states are not saved: %s", error)

    def _scan(self) -> list[SavedState]:
        """The files of this key, oldest first."""
        files = sorted(self._folder.glob("*.state"), key=_last_used) if self._folder is not None else []
        states = []
        for path in files:
            tokens = _read_tokens(path, self._key)
            if tokens is not None:
                states.append(SavedState(tokens, None, path))
        return states

    def _write(self, tokens: Tokens, data: bytes) -> Path:
        assert self._folder is not None  # noqa: S101 - `flush` has checked
        header = {
            "format": _FORMAT,
            "key": self._key,
            "tokens": len(tokens),
            "sha256": _checksum(tokens, data),
        }
        path = (
            self._folder / f"{hashlib.sha256(self._key.encode() + tokens.tobytes()).hexdigest()[:32]}.state"
        )
        with replacing(path, flushed=False) as file:  # a checksum tells what a power cut has spoilt
            file.write(json.dumps(header).encode() + b"\n" + tokens.tobytes())
            file.write(data)
        return path

    def _trim_memory(self) -> None:
        """Forget the least recently used of the states that are not on disk; the newest stays,
        whatever its size.
        """
        *older, newest = self._states
        room = self._memory_bytes - len(newest.data or b"")
        for state in reversed(older):
            room -= len(state.data or b"")
            if state.data is not None and room < 0:
                self._states.remove(state)

    def _trim_disk(self) -> None:
        """Remove the least recently used files, and what killed processes left unfinished."""
        assert self._folder is not None  # noqa: S101 - `flush` has checked
        for path in self._folder.glob("*.tmp-*"):
            if not _runs(path.name.rpartition("-")[2]):
                path.unlink(missing_ok=True)
        room = self._disk_bytes
        for path in sorted(self._folder.glob("*.state"), key=_last_used, reverse=True):
            with suppress(FileNotFoundError):  # another process removed it
                room -= path.stat().st_size
                if room < 0:
                    path.unlink()


def _last_used(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process removed it
        return 0.0


def _runs(pid: str) -> bool:
    """Whether there is a process of that number, the suffix of a file that it writes."""
    import psutil

    return bool(pid.isdecimal() and psutil.pid_exists(int(pid)))


def _checksum(tokens: Tokens, data: bytes) -> str:
    digest = hashlib.sha256(tokens.tobytes())
    digest.update(data)
    return digest.hexdigest()


def _read_header(file: BinaryIO) -> dict[str, object]:
    """The JSON line; empty for a file that is not ours."""
    try:
        header = json.loads(file.readline(_LONGEST_HEADER))
    except ValueError:
        return {}
    return header if isinstance(header, dict) and header.get("format") == _FORMAT else {}


def _read_tokens(path: Path, key: str) -> Tokens | None:
    """The tokens of a state file of this key, else None."""
    try:
        with path.open("rb") as file:
            header = _read_header(file)
            count = header.get("tokens")
            if header.get("key") != key or not isinstance(count, int) or not 0 < count <= path.stat().st_size:
                return None
            tokens = np.frombuffer(file.read(count * _TOKEN.itemsize), _TOKEN)
            return tokens if len(tokens) == count else None
    except (OSError, ValueError):
        return None


def _read_data(path: Path | None, tokens: Tokens) -> bytes | None:
    """The state in a file, None if it does not carry these tokens or fails its checksum."""
    try:
        if path is None:
            return None
        with path.open("rb") as file:
            header = _read_header(file)
            file.seek(tokens.nbytes, os.SEEK_CUR)
            data = file.read()
    except OSError:
        return None
    return data if header.get("sha256") == _checksum(tokens, data) else None
