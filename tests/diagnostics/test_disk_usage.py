"""Where data lives: sizes of all parts, and what may be deleted."""

from __future__ import annotations

from pathlib import Path

from rag_app.diagnostics import disk_usage
from rag_app.settings import Settings


def test_every_part_has_the_size_of_its_files(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", models=tmp_path / "models")
    for name, count in {
        "home/history.sqlite3": 5,
        "home/history.sqlite3-wal": 2,
        "home/index/g1/x": 11,
        "home/uploads/u.md": 3,
        "models/m.gguf": 13,
        "digests/a/b.md": 17,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x" * count)
    roots = [tmp_path / "digests", settings.home / "uploads"]
    sizes = [(part.name, part.bytes) for part in disk_usage.parts(settings, roots)]
    assert dict(sizes) == {
        "history": 7, "models": 13, "states": 0, "index": 11, "vectors": 0, "embedder": 0, "uploads": 3, "digests": 17,
    }  # fmt: skip
    assert len(sizes) == len(dict(sizes))  # uploads are a root, but are counted once


def test_deleted_states_are_gone_and_nothing_else_is(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    for name in ("states/a.state", "uploads/u.md", "index/CURRENT"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    disk_usage.delete_states(settings)
    disk_usage.delete_states(settings)
    assert sorted(p.name for p in tmp_path.rglob("*") if p.is_file()) == ["CURRENT", "u.md"]
