"""What the model is told for an answer in Korean, and which characters it may write."""

from __future__ import annotations

from rag_app.lang.language import Prompts

PROMPTS = Prompts(
    ask="한국어로 {length} 답하세요. 이름과 수치는 적힌 그대로 쓰세요.",
    lengths={
        "answer": "짧은 한두 문장으로",
        "compare": "논문마다 한 줄씩, 한두 문장으로",
        "search": "가장 잘 맞는 논문을 골라, 제목은 빼고 무엇을 하는지 한두 문장으로",
    },
    opening="이 논문은",
    characters=r"[^\n\[\]<>]",
    translator="AI 논문에 관한 문장을 한국어로 빠짐없이 정확하게 옮깁니다. 이름, 용어, 수치는 그대로 둡니다.",
    translate="한국어로 옮기세요:",
    question_translator="You translate questions about AI papers into Korean. "
    "Keep names and English technical terms in parentheses after the Korean term.",
    translate_question="Translate into one Korean sentence:",
)
