"""The example questions on the chat's first page, in each language.

Knows: how each kind is worded. Does not know: what a collection can answer (`state.examples`), or where
they are shown.
"""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "en": {
        "latest": "What is new in the latest digest?",
        "votes": "Which papers got the most votes?",
        "months": "How many papers are there per month?",
        "topic": "Which papers are about {topic}?",
        "paper": "What does {name} propose?",
        "compare": "Compare {first} and {second}",
    },
    "ko": {
        "latest": "최신 다이제스트에는 무엇이 있나요?",
        "votes": "가장 많은 표를 받은 논문은?",
        "months": "월별 논문 수는?",
        "topic": "{topic} 관련 논문은?",
        "paper": "{name}의 핵심은 무엇인가요?",
        "compare": "{first}, {second} 비교해 줘",
    },
}
