"""What the key promises: it is made once, is its owner's alone, and is no guess."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rag_app.api.key_file import read_or_make, same
from rag_app.errors import RagError


def test_a_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "home" / "api.key"
    before = os.umask(0)
    try:
        key = read_or_make(file)
    finally:
        os.umask(before)
    assert file.stat().st_mode & 0o777 == 0o600
    assert len(key) >= 40 and read_or_make(file) == key
    assert read_or_make(tmp_path / "other.key") != key


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "api.key"
    read_or_make(file)
    file.chmod(0o640)
    with pytest.raises(RagError, match="others can read") as refused:
        read_or_make(file)
    assert "chmod 600" in refused.value.hint


@pytest.mark.parametrize("content", [b"", b"short\n", b"two words that are long enough", b"\xff" * 40])
def test_a_file_that_holds_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "api.key"
    file.write_bytes(content)
    file.chmod(0o600)
    with pytest.raises(RagError) as refused:
        read_or_make(file)
    assert "remove it" in refused.value.hint and file.read_bytes() == content


def test_only_the_same_key_is_the_same() -> None:
    assert same("abc", "abc")
    assert not any(same("abc", other) for other in ("", "ab", "abcd", "ABC", "äbc", "\udcff"))
