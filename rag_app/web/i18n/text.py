"""The words of the interface, in English and in Korean.

Knows: which languages there are, the questions to try, and wordings that depend on a value.
Does not know: streamlit, or where a string appears. Called by `app` and the other `ui` modules.
Strings are Markdown; values put into them by `format` must be escaped by the caller.
"""

from __future__ import annotations

from collections.abc import Mapping

from rag_app.progress import Stage
from rag_app.records import Why
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
    """The wording of a stage; those without one of their own are the building of the index."""
    key = f"stage_{name.name.lower()}" if isinstance(name, Stage) else ""
    return words.get(key, words["stage_building"])


def reason(words: Words, why: Why) -> str:
    """The wording of one of `Hit.why`."""
    return words[f"why_{why.reason}"].format(rank=why.place)


def votes(words: Words, count: int | None) -> str:
    """A vote count; unknown is not zero."""
    if count is None:
        return words["votes_unknown"]
    return words["votes_one" if count == 1 else "votes"].format(n=count)
