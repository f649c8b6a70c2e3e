"""The bench beside other chains: the questions are fair, the peers' figures travel whole, and a
missing one is said.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rag_app.bench import peer, peer_app, peers, peers_environment
from rag_app.bench.peer import Peer, Reply
from rag_app.bench.peers import Asked
from rag_app.errors import RagError
from rag_app.records import Paper
from tests.helpers.fakes import lab

PIPES: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}


class Scripted:
    """A peer that says which evidence it would show for each question."""

    def __init__(self, shown: dict[str, tuple[str, ...]]) -> None:
        self.shown = shown

    def ask(self, question: str, **options: object) -> Reply:
        return Reply(self.shown[question])


def paper(title: str) -> Paper:
    return Paper("2401.00001", title, (), ())


def test_a_question_names_the_paper_or_describes_it() -> None:
    title = "FilmMaker: Long Videos from Short Clips with Diffusion"
    assert peers._question(paper(title), named=True) == "What does FilmMaker propose?"
    assert peers._question(paper(title), named=False) == "Is there a method for Short Clips with Diffusion?"
    assert peers._question(paper("FilmMaker"), named=True) == ""
    assert peers._question(paper("FilmMaker: 62% of [x] y z a b c d"), named=False) == ""


def test_too_small_a_collection_is_said() -> None:
    with pytest.raises(RagError, match="can be asked about, 75 are needed"):
        peers.questions(lab(), 75)


def test_no_question_is_asked_for_two_purposes() -> None:
    asked = [Asked(str(n), str(n)) for n in range(11)]
    timed, whole, tuning = peers.parts(asked, (8, 2, 1))
    assert [len(timed), len(whole), len(tuning)] == [2, 1, 8]
    assert len({*timed, *whole, *tuning}) == 11


def test_langchain_gets_as_many_chunks_as_it_needs_and_no_more() -> None:
    tuning = [Asked("one", "a"), Asked("two", "b"), Asked("three", "c")]
    app: Any = Scripted({"one": ("a",), "two": ("x", "b"), "three": ("x",)})
    chain: Any = Scripted({"one": ("x1", "a1"), "two": ("x1", "x2", "b1"), "three": ("x1",)})
    bench: Any = type("Bench", (), {"owners": {"x1": "x", "x2": "x", "a1": "a", "b1": "b"}})
    k, shown = peers.tune(bench, app, chain, tuning, lambda *step: None)
    assert k == 3
    assert shown == "paper in the prompt 2 and 2 times of 3, with 3 chunks"


def test_the_peers_see_the_index_but_no_saved_states(tmp_path: Path) -> None:
    for name in ("index", "embedder", "states"):
        (tmp_path / "home" / name).mkdir(parents=True)
    (tmp_path / "peers").mkdir()
    home = peers.linked(tmp_path / "home", tmp_path / "peers")
    assert (home / "index").is_dir() and (home / "embedder").is_dir() and not (home / "states").exists()


def test_a_missing_environment_is_said_with_the_command_that_makes_it(tmp_path: Path) -> None:
    with pytest.raises(RagError, match="no environment for the peers") as failure:
        peers_environment.interpreter(tmp_path)
    assert failure.value.hint == "run: make bench-peers"
    (tmp_path / "peers").mkdir()
    (tmp_path / "peers" / peers_environment.STAMP).write_text("an older lock")
    with pytest.raises(RagError, match="no environment for the peers"):
        peers_environment.interpreter(tmp_path)


def test_the_lock_names_no_index() -> None:
    lines = peers_environment.LOCK.read_text(encoding="utf-8").splitlines()
    assert all(line.startswith("#") or line.count("==") == 1 for line in lines)
    assert {"langchain-chroma", "langchain-community", "paper-qa"} <= {
        line.partition("==")[0] for line in lines
    }


def test_a_peer_that_ends_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(RagError, match=r"the peer nothing_of_the_kind ended: .*No module named") as failure:
        Peer("peer_nothing_of_the_kind", home=tmp_path)
    assert "make bench-peers" in failure.value.hint


def test_the_app_tells_which_papers_stand_in_its_prompt() -> None:
    reply = peer_app.answered({"question": "What does PickBot learn?", "search": True}, lab(), None)
    assert reply.evidence == ("2405.00001",)


def test_memory_is_that_of_all_processes_named() -> None:
    program = "print(len(bytes([1]) * (64 << 20)), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], **PIPES) as other:
        assert other.stdout is not None
        other.stdout.readline()
        own = peer.peak_bytes(os.getpid())
        assert own > 1 << 20
        assert peer.peak_bytes(os.getpid(), other.pid) >= own + (64 << 20)
        other.kill()
