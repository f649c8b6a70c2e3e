"""`rag-app brief` and `rag-app follow` as typed: what they print, and what they refuse in one line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rag_app.answer import glosses
from rag_app.cli import commands as command
from rag_app.collection import library as library_module
from rag_app.collection.library import Library
from rag_app.history.store import History
from rag_app.home import Home
from rag_app.llm import loading
from rag_app.settings import Settings
from tests.daily.test_brief import digests
from tests.helpers.fakes import HashEmbedder, ScriptedGenerator, fake_embedding, made


@pytest.fixture
def collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """A made collection as the command line finds it, with a history of its own."""
    library = made(tmp_path, digests())
    for name in ("home", "digests", "models"):
        monkeypatch.setenv(f"RAG_{name.upper()}", str(getattr(library.settings, name)))
    monkeypatch.setattr(library_module, "load_query_embedder", lambda settings: HashEmbedder())
    yield library


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert command.main(arguments) == 0
    return capsys.readouterr().out


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one-line error and its hint."""
    assert command.main(arguments) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 2
    assert "hint: " in said
    return said


@pytest.mark.usefixtures("collection")
def test_brief_prints_the_newest_day_a_day_and_all_since(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "brief").startswith("# Digest of 2024-05-03")
    assert printed(capsys, "brief", "--day", "2024-05-01").startswith("# Digest of 2024-05-01")
    data = json.loads(printed(capsys, "brief", "--since", "2024-05-02", "--format", "json"))
    assert (data["since"], data["until"], data["papers"]) == ("2024-05-02", "2024-05-03", 18)


@pytest.mark.usefixtures("collection")
def test_brief_of_a_topic_holds_its_papers_of_the_last_month(capsys: pytest.CaptureFixture[str]) -> None:
    data = json.loads(printed(capsys, "brief", "--topic", "protein folding", "--format", "json"))
    titles = [row["title"] for group in data["groups"] for row in group["papers"]]
    assert (data["topic"], len(titles)) == ("protein folding", 9)
    assert all("protein folding" in title for title in titles)


@pytest.mark.usefixtures("collection")
def test_brief_speaks_the_language_that_is_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LANGUAGE", "ko")
    assert "다이제스트" in printed(capsys, "brief")


@pytest.mark.usefixtures("collection")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["brief", "--day", "2024-13-01"], "is not a day"),
        (["brief", "--day", "2020-01-01"], "nearest with a digest: 2024-05-01"),
        (["brief", "--since", "2030-01-01"], "nearest with a digest: 2024-05-03"),
        (["brief", "--since", "soon"], "is not a day"),
        (["brief", "--day", "2024-05-01", "--since", "2024-05-01"], "exclude each other"),
        (["follow", "add", " "], "nothing to follow"),
        (["follow", "add", "Zzz Qqq", "--kind", "author"], "no author named"),
        (["follow", "remove", "7"], "nothing is followed as 7"),
        (["follow", "remove", "x"], "is not the number of a follow"),
    ],
)
def test_what_cannot_be_is_refused_with_a_hint(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert said in refused(capsys, *arguments)


@pytest.mark.usefixtures("collection")
def test_a_follow_is_added_listed_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "9 papers match" in printed(capsys, "follow", "add", "protein folding")
    assert "3 papers match" in printed(capsys, "follow", "add", "--kind", "author", "eva")
    listed = printed(capsys, "follow", "list")
    assert "protein folding" in listed
    assert "Kim Eva" in listed
    printed(capsys, "follow", "remove", "1")
    assert "protein folding" not in printed(capsys, "follow", "list")


def test_new_matches_are_told_once_until_more_come_in(
    collection: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    old = [paper.arxiv_id for paper in collection.snapshot.papers.all() if paper.date < "2024-05-03"]
    with closing(History(Home(collection.settings.home).history)) as history:
        history.note_arrivals(old)
        history.look("follow")
    printed(capsys, "follow", "add", "protein folding")
    for _ in range(2):  # asking again loses nothing
        assert "protein folding: 3 new of 9" in printed(capsys, "follow", "new")


def test_an_ingest_says_what_is_new_of_what_is_followed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("home", "models", "digests"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"RAG_{name.upper()}", str(tmp_path / name))
    files = digests(days=2)
    with fake_embedding(HashEmbedder()):
        for day, text in files.items():
            (tmp_path / "digests" / day).write_text(text, encoding="utf-8")
            said = printed(capsys, "ingest")
            assert ("protein folding: 3 new of 6" in said) == (day == "2024-05-02.md")
            printed(capsys, "follow", "add", "protein folding")
        assert "new of" not in printed(capsys, "ingest")  # nothing has come in


def test_nothing_followed_says_how_to(collection: Library, capsys: pytest.CaptureFixture[str]) -> None:
    assert "rag-app follow add" in printed(capsys, "follow", "list")
    assert "rag-app follow add" in printed(capsys, "follow", "new")


# --- lines in another language --------------------------------------------------------------------

GLOSS = "로봇 팔에 관한 논문입니다."


def test_a_brief_loads_no_model_and_tells_what_was_translated_before(
    collection: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def loaded(settings: Settings) -> None:
        raise AssertionError("a brief must not be slow by surprise")

    monkeypatch.setenv("RAG_LANGUAGE", "ko")
    monkeypatch.setattr(loading, "load_if_any", loaded)
    monkeypatch.setattr(loading, "name_if_any", lambda settings: "scripted")
    told = json.loads(printed(capsys, "brief", "--format", "json"))
    lines = [line for group in told["groups"] for line in group["papers"]]
    assert {line["gloss"] for line in lines} == {""}
    monkeypatch.setattr(
        glosses, "known", lambda passages, *others: {at: GLOSS for at, one in enumerate(passages) if at == 0}
    )
    assert GLOSS in printed(capsys, "brief")


def test_a_brief_is_translated_by_the_model_when_asked_for_and_kept(
    collection: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = ScriptedGenerator([GLOSS])
    monkeypatch.setenv("RAG_LANGUAGE", "ko")
    monkeypatch.setattr(loading, "load_if_any", lambda settings: model)
    monkeypatch.setattr(loading, "name_if_any", lambda settings: model.model)
    assert command.main(["brief", "--gloss"]) == 0
    said = capsys.readouterr()
    assert f"{GLOSS} (번역)" in said.out and "translated:" in said.err
    monkeypatch.setattr(loading, "load_if_any", lambda settings: None)
    assert GLOSS in printed(capsys, "brief")


def test_a_brief_in_the_language_of_its_digests_asks_no_model(
    collection: Library, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "load_if_any", lambda settings: pytest.fail("nothing needs a model"))
    assert printed(capsys, "brief", "--gloss") == printed(capsys, "brief")
