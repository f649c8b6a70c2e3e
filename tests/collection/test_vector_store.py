"""The stories over a Chroma server: the same answers, one collection a snapshot, and answers
while it is away.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import chromadb
import pytest

from rag_app import pipeline
from rag_app.address import Address
from rag_app.collection import snapshot, verify
from rag_app.collection.snapshot import open_current
from rag_app.collection.vector_store import VectorStore
from rag_app.diagnostics import doctor
from rag_app.errors import CollectionError
from rag_app.search import retrieval
from rag_app.settings import Settings
from tests.helpers.chroma_server import chroma_server
from tests.helpers.fakes import LAB, HashEmbedder, answer_of, fake_embedding, settings_in

QUESTION = "Which paper is about cloth folding?"
EXTRA = "\n### [MossMap: Mapping Moss](https://arxiv.org/abs/2405.00009)\n\n- **What's New**: MossMap maps moss.\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Popen[bytes]]]:
    with chroma_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, server: tuple[str, Popen[bytes]]) -> Iterator[Settings]:
    """A collection of the lab's digests on the server, not read yet."""
    settings = replace(settings_in(tmp_path), chroma_url=server[0])
    settings.digests.mkdir()
    (settings.digests / "lab.md").write_text(LAB, encoding="utf-8")
    with fake_embedding(HashEmbedder()):
        yield settings


def collections(url: str) -> set[str]:
    place = Address.parse("", url, "")
    return {collection.name for collection in chromadb.HttpClient(place.host, place.port).list_collections()}


def grown(settings: Settings, text: str) -> str:
    """Add to the digests, ingest, and name the new snapshot's collection."""
    with (settings.digests / "lab.md").open("a", encoding="utf-8") as file:
        file.write(text)
    pipeline.ingest(settings)
    return open_current(settings.home).manifest.collection


def test_the_stories_run_over_a_server(settings: Settings) -> None:
    first = grown(settings, "")
    assert pipeline.ingest(settings).unchanged
    assert not (open_current(settings.home).folder / "chroma").exists()
    assert verify.damage(open_current(settings.home).folder) == []
    answer = answer_of(QUESTION, pipeline.open_library(settings))
    assert [citation.arxiv_id for citation in answer.citations] == ["2405.00002"]
    second = grown(settings, EXTRA)
    assert collections(settings.chroma_url) == {first, second}
    third = grown(settings, EXTRA.replace("Moss", "Fern").replace("00009", "00010"))
    assert collections(settings.chroma_url) == {second, third}


def test_leaving_the_server_makes_an_index_of_its_own_and_cleans_up(settings: Settings) -> None:
    held = grown(settings, "")
    here = replace(settings, chroma_url="")
    pipeline.ingest(here)
    assert verify.damage(open_current(here.home).folder) == []
    assert collections(settings.chroma_url) == {held}
    grown(here, EXTRA)
    assert collections(settings.chroma_url) == set()


def test_damage_on_the_server_is_found(settings: Settings) -> None:
    grown(settings, "")
    snapshot = open_current(settings.home)
    with VectorStore(snapshot.folder, settings.chroma_url, snapshot.manifest.collection) as store:
        store.delete([snapshot.chunks[0].id])
    assert snapshot.store_damage() == ["the vector store holds 5 of 6 chunks"]
    assert verify.damage(snapshot.folder) == [f"the vector store has lost {snapshot.chunks[0].id}"]


def test_what_the_server_lost_is_filled_again(settings: Settings) -> None:
    held = grown(settings, "")
    place = Address.parse("", settings.chroma_url, "")
    chromadb.HttpClient(place.host, place.port).delete_collection(held)
    assert not pipeline.ingest(settings).unchanged
    assert verify.damage(open_current(settings.home).folder) == []
    assert pipeline.ingest(settings).unchanged


def test_a_proxy_of_the_environment_is_left_aside(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")  # where nothing answers
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "elsewhere.example")
    grown(settings, "")
    assert os.environ["NO_PROXY"].startswith("elsewhere.example,")


@pytest.mark.parametrize("limit", [snapshot.EXACT_LIMIT, 2], ids=["small collection", "large collection"])
def test_answers_are_the_same_while_the_server_is_away(
    settings: Settings, server: tuple[str, Popen[bytes]], monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(snapshot, "EXACT_LIMIT", limit)
    monkeypatch.setattr(retrieval, "NEIGHBOURS", 2)
    grown(settings, "")
    library = pipeline.open_library(settings)
    with_server = answer_of(QUESTION, library)
    server[1].kill()
    server[1].wait()
    for opened in (library, pipeline.open_library(settings)):
        assert answer_of(QUESTION, opened).text == with_server.text
    assert any("cannot be opened" in finding.says for finding in doctor.examine(settings))


def test_an_ingest_without_the_server_is_one_line_and_the_index_stays(
    settings: Settings, server: tuple[str, Popen[bytes]]
) -> None:
    held = grown(settings, "")
    server[1].kill()
    server[1].wait()
    with pytest.raises(CollectionError, match="cannot be opened: Could not connect") as failure:
        grown(settings, EXTRA)
    assert "\n" not in failure.value.message
    assert "start the Chroma server" in failure.value.hint
    assert open_current(settings.home).manifest.collection == held


@pytest.mark.parametrize("url", ["localhost:8000", "ftp://x", "http://:8000", "http://localhost:8000/chroma"])
def test_what_is_no_address_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(CollectionError, match="RAG_CHROMA_URL="):
        VectorStore(tmp_path, url)


def test_a_socks_proxy_of_the_environment_is_not_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", "socks5h://127.0.0.1:9")
    with pytest.raises(CollectionError) as caught:
        VectorStore(tmp_path, "http://127.0.0.1:9")
    assert "socks" not in caught.value.message.lower()
    assert os.environ["ALL_PROXY"] == "socks5h://127.0.0.1:9"
