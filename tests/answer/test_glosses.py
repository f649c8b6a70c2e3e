"""Glosses: checked, tried twice, kept, and never in place of what they translate when they fail."""

from __future__ import annotations

import stat
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rag_app.answer import glosses
from rag_app.answer.gloss_cache import GlossCache, key_of
from rag_app.answer.templates import first_passage
from rag_app.collection.library import Library
from rag_app.llm.protocol import Message
from rag_app.records import Answer, Citation, Intent, Passage, Sentence, Support
from rag_app.text import sentences
from tests.helpers.fakes import ScriptedGenerator, lab

RIGHT = "PickBot is a system that learns whole-body grasping of mobile robots."
FIGURES = "PickBot reached a success rate of 94.4% on I.D. objects and 75% on O.O.D. objects."


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """The collection of the tests, with a home of its own."""
    return replace(lab(), settings=replace(lab().settings, home=tmp_path / "home"))


def passage(section: str = "What's New") -> Passage:
    """The first sentence of a section of PickBot's digest, in Korean."""
    text = lab().snapshot.papers.get("2405.00001").section(section).text
    start, end = sentences.split(text)[0]
    return Passage("2405.00001", section, start, end, text[start:end])


def ended(passages: Sequence[Passage], library: Library, model: ScriptedGenerator) -> dict[int, str]:
    return {
        gloss.index: gloss.text for gloss in glosses.glosses(passages, "en", library, model) if gloss.finished
    }


def test_a_sentence_is_glossed_once_and_then_kept(library: Library) -> None:
    model = ScriptedGenerator([RIGHT])
    assert ended([passage()], library, model) == {0: RIGHT}
    assert ended([passage()], library, model) == {0: RIGHT}
    assert len(model.calls) == 1
    assert glosses.known([passage()], "en", library, "another model") == {}


def test_a_gloss_with_a_figure_of_its_own_is_tried_again_and_told_what_to_keep(library: Library) -> None:
    model = ScriptedGenerator([FIGURES.replace("75", "57"), FIGURES])
    assert ended([passage("Performance")], library, model) == {0: FIGURES}
    assert "94.4%" in model.calls[1][-1]["content"].rpartition("\n\n(")[2]


def test_where_no_gloss_passes_the_sentence_stands_and_is_not_tried_again(library: Library) -> None:
    model = ScriptedGenerator(["GraspMaster reached 12% on it."])
    assert ended([passage("Performance")], library, model) == {0: ""}
    assert ended([passage("Performance")], library, model) == {0: ""}
    assert len(model.calls) == 2


def test_a_term_given_in_two_languages_is_said_once(library: Library) -> None:
    model = ScriptedGenerator(
        [RIGHT.replace("whole-body grasping", "whole-body grasping (Whole-body grasping)")]
    )
    assert ended([passage()], library, model) == {0: RIGHT}


def test_a_gloss_that_is_not_in_the_readers_language_does_not_pass(library: Library) -> None:
    model = ScriptedGenerator([passage().text])
    assert ended([passage()], library, model) == {0: ""}


def test_a_gloss_that_was_cut_off_does_not_pass(library: Library) -> None:
    class Cut(ScriptedGenerator):
        def stream(self, messages: Sequence[Message], **options: Any) -> Iterator[str]:
            options["max_tokens"] = 3
            yield from super().stream(messages, **options)
            self.usage = replace(self.usage, generated_tokens=10_000)

    assert ended([passage()], library, Cut([RIGHT])) == {0: ""}


def test_sentences_in_the_readers_language_need_no_model(library: Library) -> None:
    own = first_passage(library.snapshot.papers.get("2405.00003"))
    model = ScriptedGenerator()
    assert ended([own], library, model) == {}
    assert not model.calls


def test_several_sentences_are_asked_for_together_and_keep_their_places(library: Library) -> None:
    own = first_passage(library.snapshot.papers.get("2405.00003"))
    model = ScriptedGenerator([lambda messages: FIGURES if "94.4" in messages[-1]["content"] else RIGHT])
    found = ended([passage("Performance"), own, passage()], library, model)
    assert found == {0: FIGURES, 2: RIGHT}


def test_a_stop_leaves_what_is_not_written_for_the_next_time(library: Library) -> None:
    stop = threading.Event()
    stop.set()
    model = ScriptedGenerator([RIGHT])
    assert list(glosses.glosses([passage()], "en", library, model, stop=stop)) == []
    assert ended([passage()], library, model) == {0: RIGHT}


def test_glosses_of_an_older_version_become_the_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "glosses.sqlite3"
    GlossCache(file).keep(b"key", "a gloss")
    file.chmod(0o644)
    GlossCache(file).keep(b"other", "a gloss")
    assert file.stat().st_mode & 0o777 == 0o600


def test_glosses_on_disk_are_the_owners_alone(library: Library) -> None:
    ended([passage()], library, ScriptedGenerator([RIGHT]))
    file = library.settings.home / "glosses.sqlite3"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_damaged_file_of_glosses_is_begun_anew(library: Library) -> None:
    file = library.settings.home / "glosses.sqlite3"
    file.parent.mkdir()
    file.write_bytes(b"no database at all " * 100)
    model = ScriptedGenerator([RIGHT])
    assert ended([passage()], library, model) == {0: RIGHT}
    ended([passage()], library, model)
    assert ended([passage()], library, model) == {0: RIGHT}
    assert len(model.calls) <= 2


def test_the_oldest_glosses_go_where_there_are_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rag_app.answer.gloss_cache.MOST", 3)
    cache = GlossCache(tmp_path / "glosses.sqlite3")
    keys = [key_of(f"sentence {number}", "model", "en") for number in range(5)]
    for key in keys:
        cache.keep(key, "text")
    assert set(cache.found(keys)) == set(keys[2:])


def test_glosses_are_made_where_nothing_can_be_kept(tmp_path: Path, library: Library) -> None:
    blocked = replace(library, settings=replace(library.settings, home=tmp_path / "file" / "home"))
    (tmp_path / "file").write_text("in the way")
    assert ended([passage()], blocked, ScriptedGenerator([RIGHT])) == {0: RIGHT}


def test_quotes_that_the_answer_translates_need_no_gloss(library: Library) -> None:
    one = passage()
    support = Support(1, one.section, one.text, one.start, one.end)
    citation = Citation(1, one.arxiv_id, "PickBot", "", "", one.section, one.text, one.start, one.end)

    def answer(intent: Intent, said: str) -> Answer:
        sentences = (Sentence(said, True, (support,)),)
        return Answer(said, False, intent, "en", citations=(citation,), sentences=sentences)

    assert glosses.unread(answer(Intent.LOOKUP, f"{RIGHT} [1]")) == []
    assert glosses.unread(answer(Intent.LOOKUP, f"{one.text} [1]")) == [(1, one)]
    assert glosses.unread(answer(Intent.LIST, "PickBot [1]")) == [(1, one)]
    assert glosses.unread(answer(Intent.METADATA, "PickBot [1]")) == []
