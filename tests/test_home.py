"""What homes promise: a collection with a name is a home of its own below the main one."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest

from rag_app.errors import SettingsError, UnreadableError
from rag_app.home import Home


def indexed(home: Home) -> Home:
    home.index.mkdir(parents=True)
    home.current.write_text("g1")
    return home


def test_a_collection_is_a_home_below_the_main_one_and_finds_its_way_back(tmp_path: Path) -> None:
    main = indexed(Home(tmp_path / "home"))
    work = indexed(main.collection("work"))
    assert work.root == tmp_path / "home" / "collections" / "work"
    assert (work.main, work.name, main.main, main.name) == (main, "work", main, "")
    assert work.collection("") == main and work.collection("other") == main.collection("other")


def test_only_collections_with_an_index_are_listed_from_anywhere(tmp_path: Path) -> None:
    main = Home(tmp_path / "home")
    assert main.collections() == []
    for name in ("로봇", "work"):
        indexed(main.collection(name))
    (tmp_path / "home" / "collections" / "begun").mkdir()
    assert main.collections() == main.collection("work").collections() == ["work", "로봇"]


def test_a_name_in_either_form_of_unicode_is_one_collection(tmp_path: Path) -> None:
    main = Home(tmp_path / "home")
    made = indexed(main.collection("로봇"))
    assert main.collection(unicodedata.normalize("NFD", "로봇")) == made


@pytest.mark.parametrize(
    "name", ["..", "a/b", "a\\b", ".hidden", " x", "x ", "-", "_x", "a" * 61, "a\nb", "a\0b"]
)
def test_a_name_that_is_no_folders_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no name of a collection"):
        Home(tmp_path).collection(name)


def test_a_home_that_may_not_be_read_is_told_from_one_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Home(tmp_path).check_readable()
    Home(tmp_path / "missing").check_readable()
    monkeypatch.setattr(os, "access", lambda path, rights: False)  # root may read everything
    with pytest.raises(UnreadableError, match="cannot be read"):
        Home(tmp_path).check_readable()
    monkeypatch.undo()
    monkeypatch.setattr(Path, "stat", refused)
    with pytest.raises(UnreadableError, match="cannot be read"):
        Home(tmp_path / "below a closed folder").check_readable()


def refused(path: Path, **_: object) -> os.stat_result:
    raise PermissionError(13, "Permission denied", str(path))
