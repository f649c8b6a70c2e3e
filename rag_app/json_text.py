"""The text of a JSON file that the user gives, in whichever encoding of Unicode it was saved.

Knows: byte order marks, and that JSON begins with ASCII, which shows UTF-16 without a mark too.
Does not know: what the file holds.
"""

from __future__ import annotations

import json
from pathlib import Path

from rag_app.files import as_stored


def read_json_text(file: Path) -> str:
    """The text, its lines ended by `\\n`. PowerShell's `>` writes UTF-16, Notepad a mark before UTF-8.

    Raises OSError, or ValueError that says what to save the file as.
    """
    data = as_stored(file).read_bytes()
    encoding = json.detect_encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ValueError(
            f"byte {error.start + 1:,} is not {encoding.removesuffix('-sig').upper()}{_looks_like(data)}"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _looks_like(data: bytes) -> str:
    """The encoding of Korean Windows is the likeliest of the others here."""
    try:
        data.decode("cp949")
    except UnicodeDecodeError:
        return ""
    return "; it looks like CP949: iconv -f CP949 -t UTF-8 converts it"
