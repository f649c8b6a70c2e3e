"""What a question's translation promises: a paper is found by words of either language, and only where none
stands out is the model asked.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from rag_app import pipeline
from rag_app.answer import choosing
from rag_app.answer.selection import Selection
from rag_app.collection.library import Library
from rag_app.llm.protocol import Message
from rag_app.records import Evidence, Filters, Found, Intent, Query
from rag_app.search import relevance, retrieval, translation
from tests.helpers.fakes import ScriptedGenerator, made

SUBJECTS = (
    "수건을 접는 로봇 팔",
    "강물의 높이를 재는 카메라",
    "새의 노래를 흉내 내는 모델",
    "빵 굽는 시간을 예측하는 방법",
)
QUESTION = "What gauges how deep a stream is?"
WANTED = "2411.00001"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    body = "".join(
        f"### [Study Number {n}](https://arxiv.org/abs/2411.0000{n})\n\n- **New**: {subject}을 다룹니다.\n\n"
        for n, subject in enumerate(SUBJECTS)
    )
    return made(tmp_path, {"2024-11-25.md": body})


def asked(library: Library, question: str = QUESTION, **changes: object) -> tuple[Query, Evidence]:
    query = replace(Query(question, question, "en", Intent.LOOKUP), **changes)  # type: ignore[arg-type]
    return query, retrieval.retrieve(query, library)


def translated(messages: list[Message]) -> str:
    assert "into Korean" in messages[0]["content"]
    assert QUESTION in messages[1]["content"]
    return SUBJECTS[1]


def test_a_paper_is_found_by_the_words_of_its_digest(library: Library) -> None:
    query, before = asked(library)
    generator = ScriptedGenerator([translated])  # type: ignore[list-item]
    after = translation.searched_in_both(query, before, library, generator, threading.Event())
    assert after.hits[0].paper.arxiv_id == WANTED
    assert after.hits[0].score - after.hits[1].score > before.hits[0].score - before.hits[1].score
    assert "강물" in after.hits[0].passages[0].text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Korean"), ("ja", "Korean"), ("ko", "English")],
)
def test_the_other_language_is_that_of_the_digests_or_else_of_titles(
    library: Library, language: str, said: str
) -> None:
    query, before = asked(library, language=language)
    generator = ScriptedGenerator(["강물"])
    translation.searched_in_both(query, before, library, generator, threading.Event())
    assert f"Translate into one {said} sentence" in generator.calls[0][1]["content"]


def test_a_question_in_the_language_of_titles_and_digests_is_not_translated(tmp_path: Path) -> None:
    body = "### [Study One](https://arxiv.org/abs/2411.00001)\n\n- **New**: A camera gauges how deep a river is.\n\n"
    english = made(tmp_path, {"2024-11-25.md": body})
    query, before = asked(english)
    generator = ScriptedGenerator()
    assert translation.searched_in_both(query, before, english, generator, threading.Event()) is before
    assert not generator.calls


def test_a_long_question_is_not_translated(library: Library) -> None:
    query, before = asked(library, " ".join([QUESTION] * 40))
    generator = ScriptedGenerator(["강물"])
    assert translation.searched_in_both(query, before, library, generator, threading.Event()) is before
    assert not generator.calls


def test_nothing_is_looked_for_again_after_a_stop(library: Library) -> None:
    query, before = asked(library)
    stop = threading.Event()

    def stopped_at_its_end(messages: object) -> str:
        stop.set()
        return SUBJECTS[1]

    generator = ScriptedGenerator([stopped_at_its_end], size=99)
    assert translation.searched_in_both(query, before, library, generator, stop) is before


@pytest.mark.parametrize("said", ["", QUESTION, "The paper is Study Number 1."])
def test_what_is_no_translation_is_not_searched_for(library: Library, said: str) -> None:
    query, before = asked(library)
    generator = ScriptedGenerator([said])
    assert translation.searched_in_both(query, before, library, generator, threading.Event()) is before


def test_the_first_line_is_the_translation(library: Library) -> None:
    query, before = asked(library)
    one, two = ScriptedGenerator([SUBJECTS[1]]), ScriptedGenerator([f"{SUBJECTS[1]}\nStudy Number 3"])
    found = [
        translation.searched_in_both(query, before, library, generator, threading.Event())
        for generator in (one, two)
    ]
    assert [hit.score for hit in found[0].hits] == [hit.score for hit in found[1].hits]


def test_it_is_of_use_where_one_paper_is_looked_for_and_none_stands_out(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "is_foreign", lambda *_: False)
    query, evidence = asked(library)
    near = replace(evidence, hits=tuple(replace(hit, score=1.0) for hit in evidence.hits))
    first, *others = near.hits
    clear = replace(near, hits=(replace(first, score=9.0), *others))
    assert translation.is_of_use(query, near, library)
    assert not translation.is_of_use(query, clear, library)
    assert not translation.is_of_use(query, replace(near, hits=()), library)
    for other in ({"papers": (WANTED,)}, {"unknown": ("Wombat7",)}, {"intent": Intent.COMPARE}):
        assert not translation.is_of_use(replace(query, **other), near, library)
    monkeypatch.setattr(relevance, "is_foreign", lambda *_: True)
    assert not translation.is_of_use(query, near, library)


def test_the_evidence_is_shown_before_and_after(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translation, "is_of_use", lambda *_: True)
    monkeypatch.setattr("rag_app.search.relevance.is_foreign", lambda *_: False)
    monkeypatch.setattr(
        pipeline, "recogniser", lambda _: lambda *_: {}
    )  # a lookup, as no kind is learned here
    generator = ScriptedGenerator([SUBJECTS[1], f"[1] {SUBJECTS[1]}을 다룹니다."])
    events = list(pipeline.ask(QUESTION, library, generator, filters=Filters()))
    found = [event.evidence for event in events if isinstance(event, Found)]
    assert len(found) == 2
    assert found[1].hits[0].paper.arxiv_id == WANTED
    assert len([e for e in pipeline.ask(QUESTION, library) if isinstance(e, Found)]) == 1


def test_many_papers_are_looked_for_by_a_word_that_digests_do_not_translate(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relevance, "is_foreign", lambda *_: False)
    query, before = asked(library, intent=Intent.OVERVIEW, topic=QUESTION)
    assert translation.is_of_use(query, before, library)
    generator = ScriptedGenerator([SUBJECTS[1]])
    after = translation.searched_in_both(query, before, library, generator, threading.Event())
    assert (after.beside, after.hits) == (SUBJECTS[1], before.hits)
    ranked = choosing.ranked(Selection(query, after, library, None, threading.Event()), QUESTION)
    assert ranked[0].paper.arxiv_id == WANTED
    monkeypatch.setattr(relevance, "is_foreign", lambda *_: True)
    assert not translation.is_of_use(query, before, library)


@pytest.mark.parametrize(("said", "kept"), [("로봇이 접는 수건", True), ("자율학습의 부족", False)])
def test_of_many_papers_a_translation_that_loses_a_term_is_not_searched_for(
    tmp_path: Path, said: str, kept: bool
) -> None:
    entry = (
        "### [Study {n}](https://arxiv.org/abs/2411.0000{n})\n\n- **New**: 로봇(robot)이 수건을 접습니다.\n\n"
    )
    library = made(tmp_path, {"2024-11-25.md": "".join(entry.format(n=n) for n in range(4))})
    query, before = asked(
        library, "How does a robot fold towels?", intent=Intent.OVERVIEW, topic="robot towels"
    )
    generator = ScriptedGenerator([said])
    after = translation.searched_in_both(query, before, library, generator, threading.Event())
    assert after.beside == (said if kept else "")


def test_a_question_in_the_language_of_the_digests_is_not_translated_for_many(library: Library) -> None:
    korean = "강물의 깊이를 재는 방법들은?"
    query, evidence = asked(library, korean, intent=Intent.OVERVIEW, topic=korean, language="ko")
    assert not translation.is_of_use(query, evidence, library)


def test_a_list_in_a_language_of_no_digest_goes_by_its_translated_topic(library: Library) -> None:
    asking = "川の高さを測るカメラの論文"
    query, before = asked(library, asking, intent=Intent.LIST, topic=asking, language="ja")
    assert translation.is_of_use(query, before, library)
    generator = ScriptedGenerator(["강물의 높이를 재는 카메라"])
    after = translation.searched_in_both(query, before, library, generator, threading.Event())
    assert after.matched == (WANTED,)
    korean = replace(query, topic="강물의 높이를 재는 카메라 논문", language="ko")
    assert not translation.is_of_use(korean, before, library)
