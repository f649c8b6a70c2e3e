"""The words of the interface, in English and in Korean.

Knows: which languages there are, the questions to try, and wordings that depend on a value.
Does not know: streamlit, or where a string appears. Called by `app` and the other `ui` modules.
Strings are Markdown; values put into them by `format` must be escaped by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping

from rag_app.web.i18n import english, korean
from rag_app.web.i18n.english_pages import ENGLISH_PAGES
from rag_app.web.i18n.korean_pages import KOREAN_PAGES

__all__ = ["ENGLISH", "EXAMPLES", "KOREAN", "LANGUAGES", "WORDS", "Words", "reason", "stage", "votes"]

Words = Mapping[str, str]

LANGUAGES = {"en": "English", "ko": "한국어"}

ENGLISH: Words = {**english.ENGLISH, **ENGLISH_PAGES}
KOREAN: Words = {**korean.KOREAN, **KOREAN_PAGES}
WORDS: Mapping[str, Words] = {"en": ENGLISH, "ko": KOREAN}

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Which papers improve video generation?",
        "Which papers got the most votes?",
        "How many papers are there per month?",
        "What is new in the latest digest?",
    ),
    "ko": (
        "비디오 생성을 개선하는 논문은?",
        "가장 많은 표를 받은 논문은?",
        "월별 논문 수는?",
        "최신 다이제스트에는 무엇이 있나요?",
    ),
}


def stage(words: Words, name: str) -> str:
    """The wording of an ingest stage; the many short ones are all the building of the index."""
    return words.get(f"stage_{name}", words["stage_building"])


def reason(words: Words, why: str) -> str:
    """The wording of one of `Hit.why` ("named", "dense 1"); as it is where no wording is known."""
    kind, _, rank = why.partition(" ")
    wording = words.get(f"why_{kind}")
    return wording.format(rank=rank) if wording else why


def votes(words: Words, count: int | None) -> str:
    """A vote count; unknown is not zero."""
    if count is None:
        return words["votes_unknown"]
    return words["votes_one" if count == 1 else "votes"].format(n=count)
