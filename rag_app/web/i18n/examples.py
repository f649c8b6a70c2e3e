"""The example questions on the chat's first page, in each language.

Knows: questions that any collection can answer (a test holds them to what they mean). Does not
know: where they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLE_QUESTIONS: Mapping[str, tuple[str, ...]] = {
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
