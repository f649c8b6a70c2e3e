"""The line below an answer says what wrote it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from rag_app.records import Answer, Citation, Intent, Sentence, Support, Usage
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.widgets.answer_footnote import answer_footnote

QUOTE = "PickBot은 이동 로봇의 전신 파지를 학습합니다."
NOBODY: Any = SimpleNamespace(query=None)


def answer(text: str, usage: Usage = Usage()) -> Answer:
    support = Support(1, "What's New", QUOTE, 0, len(QUOTE))
    return Answer(
        text, False, Intent.OVERVIEW, "en", sentences=(Sentence(text, True, (support,)),), usage=usage
    )


def led(text: str) -> Answer:
    """A list of one paper, led by `text`."""
    cited = Citation(1, "2401.00001", "PickBot", "2024-11-25", "", "What's New", QUOTE, 0, len(QUOTE))
    support = answer("").sentences[0].support
    titles = (Sentence("PickBot [1]", True, support),)
    return replace(
        answer(text), intent=Intent.LIST, citations=(cited,), sentences=(*answer(text).sentences, *titles)
    )


@pytest.mark.parametrize("kind", [Intent.CHAT, Intent.OFF])
def test_nothing_is_said_below_an_answer_that_rests_on_no_papers(kind: Intent) -> None:
    given = replace(answer("Hello!"), intent=kind, sentences=(), scanned=5487)
    assert not answer_footnote(NOBODY, given, ENGLISH)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (answer(f"{QUOTE} [1]"), True),
        (
            answer("PickBot learns whole-body grasping. [1]"),
            False,
        ),  # translated side by side, which counts no tokens
        (answer("PickBot learns. [1]", Usage(generated_tokens=9)), False),
        (led(f"{QUOTE} [1]"), True),
        (led("PickBot learns whole-body grasping. [1]"), False),
    ],
    ids=["verbatim", "translated", "drafted", "a list led verbatim", "a list led by a translation"],
)
def test_no_model_is_said_where_the_digests_own_sentences_stand_alone(given: Answer, said: bool) -> None:
    assert (ENGLISH["no_model_used"] in answer_footnote(NOBODY, given, ENGLISH)) is said
