"""The header of a GGUF file: its metadata, and how many bytes each tensor takes.

Knows: the layout of the header (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md, version
2 and 3).
Does not know: what the values mean.

The `gguf` package reads the same, but makes an object of each of 150,000 vocabulary entries, which
takes seconds; here they are skipped.
"""

from __future__ import annotations

import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

from rag_app.errors import EngineError

Value = int | float | bool | str | tuple[int | float | bool, ...]

_FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_STRING, _ARRAY = 8, 9
_LONGEST_ARRAY = 1024  # per-layer arrays are kept, vocabularies are not


@dataclass(frozen=True, slots=True)
class Header:
    """Metadata by key (a long array, or one of strings, is its length) and bytes by tensor name,
    padding included.
    """

    metadata: dict[str, Value]
    tensor_bytes: dict[str, int]

    def of_model(self, key: str, default: Value = 0) -> Value:
        """The value of a key that starts with the architecture's name, as in `llama.block_count`."""
        return self.metadata.get(f"{self.metadata.get('general.architecture', '')}.{key}", default)


def read_header(path: Path) -> Header:
    """The header of the file; EngineError if it is not a whole GGUF file."""
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as view:
            return _HeaderReader(view).header()
    except OSError as error:
        raise EngineError(
            f"{path.name} cannot be read: {error.strerror}", "run: rag-app models list"
        ) from None
    except (struct.error, ValueError, KeyError, UnicodeDecodeError):
        raise EngineError(f"{path.name} is not a whole GGUF file", "run: rag-app models verify") from None


class _HeaderReader:
    """A cursor over the mapped file."""

    def __init__(self, view: mmap.mmap) -> None:
        self.view = view
        self.at = 0

    def header(self) -> Header:
        if self.view[:4] != b"GGUF":
            raise ValueError("no GGUF magic")
        self.at = 4
        version = self.number("I")
        if version not in {2, 3}:
            raise ValueError(f"GGUF version {version}")
        tensors, pairs = int(self.number("Q")), int(self.number("Q"))
        metadata: dict[str, Value] = {}
        for _ in range(pairs):
            key = self.string()
            metadata[key] = self.value(int(self.number("I")))
        return Header(metadata, self.tensors(tensors, int(metadata.get("general.alignment", 32))))  # type: ignore[arg-type]  # an integer by specification

    def tensors(self, count: int, alignment: int) -> dict[str, int]:
        """Bytes of each tensor: the distance to the next one, or to the end of the file."""
        starts = []
        for _ in range(count):
            name = self.string()
            dimensions = int(self.number("I"))
            self.at += 8 * dimensions + 4  # extents and type
            starts.append((int(self.number("Q")), name))
        data = -(-self.at // alignment) * alignment
        starts.sort()
        ends = [start for start, _ in starts[1:]] + [len(self.view) - data]
        sizes = {name: end - start for (start, name), end in zip(starts, ends, strict=True)}
        if any(size < 0 for size in sizes.values()):
            raise ValueError("the file ends before its tensors do")
        return sizes

    def number(self, form: str) -> int | float | bool:
        (value,) = struct.unpack_from(f"<{form}", self.view, self.at)
        self.at += struct.calcsize(f"<{form}")
        return value  # type: ignore[no-any-return]  # by the formats above

    def string(self) -> str:
        length = int(self.number("Q"))
        text = self.view[self.at : self.at + length].decode()
        self.at += length
        return text

    def value(self, kind: int) -> Value:
        if kind == _STRING:
            return self.string()
        if kind == _ARRAY:
            return self.array()
        return self.number(_FORMATS[kind])

    def array(self) -> Value:
        """A short array of numbers; others are stepped over, and only their length is kept."""
        kind, count = int(self.number("I")), int(self.number("Q"))
        if kind == _STRING:
            for _ in range(count):
                (length,) = struct.unpack_from("<Q", self.view, self.at)
                self.at += 8 + length
            return count
        form = f"<{count}{_FORMATS[kind]}"
        values = struct.unpack_from(form, self.view, self.at) if count <= _LONGEST_ARRAY else count
        self.at += struct.calcsize(form)
        return values
