"""What files promise: old or new after a kill, private from creation, and found however a name is spelled."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag_app import files
from rag_app.settings import Settings

COMPOSED, DECOMPOSED = (unicodedata.normalize(form, "폴더 é") for form in ("NFC", "NFD"))


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.usefixtures("open_umask")
def test_a_database_that_an_older_version_left_open_to_others_is_closed(tmp_path: Path) -> None:
    for name in ("history.sqlite3", "history.sqlite3-wal"):
        (tmp_path / name).write_text("kept")
        (tmp_path / name).chmod(0o644)
    for name in ("history.sqlite3", "new.sqlite3"):
        files.private_database(tmp_path / name)
    modes = {file.name: file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600} and len(modes) == 3
    assert (tmp_path / "history.sqlite3").read_text() == "kept"


@pytest.mark.usefixtures("open_umask")
def test_folders_and_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    folder = files.private_folder(tmp_path / "made" / "for" / "us")
    files.replace(folder / "x", "text")
    assert [rights(p) for p in (folder, folder.parent, folder.parent.parent)] == [0o700] * 3
    assert rights(folder / "x") == 0o600


def test_a_folder_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared").chmod(0o755)
    files.private_folder(tmp_path / "shared" / "ours")
    assert rights(tmp_path / "shared") == 0o755


@pytest.mark.parametrize(
    "name",
    ["x" * 255, "가" * 85, "🙂" * 63 + "abc", "a#b", "100%41", "a\nb", "a?b=c", os.fsdecode(b"\xff\xfe")],
)
def test_any_name_that_the_disk_takes_can_be_replaced(tmp_path: Path, name: str) -> None:
    files.replace(tmp_path / name, "first")
    files.replace(tmp_path / name, "second")
    assert (tmp_path / name).read_text() == "second"
    assert os.listdir(tmp_path) == [name]  # noqa: PTH208


@pytest.mark.parametrize(("stored", "typed"), [(COMPOSED, DECOMPOSED), (DECOMPOSED, COMPOSED)])
def test_a_path_is_found_in_the_other_form_of_unicode(tmp_path: Path, stored: str, typed: str) -> None:
    (tmp_path / stored / stored).mkdir(parents=True)
    assert files.as_stored(tmp_path / typed / typed) == tmp_path / stored / stored
    assert files.as_stored(tmp_path / stored / typed) == tmp_path / stored / stored
    assert Settings(home=tmp_path / typed).resolved().home == tmp_path / stored


def test_a_path_in_both_forms_is_the_one_given(tmp_path: Path) -> None:
    for form in (COMPOSED, DECOMPOSED):
        (tmp_path / form).mkdir()
    for form in (COMPOSED, DECOMPOSED):
        assert files.as_stored(tmp_path / form) == tmp_path / form


@pytest.mark.parametrize("name", ["absent", "absent/below", COMPOSED, "../absent", "x" * 300, "a/" * 50])
def test_a_path_that_is_not_there_stays_as_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in (tmp_path / name, Path(name)):
        assert files.as_stored(path) == path
