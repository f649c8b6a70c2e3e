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
    shortener="논문에 관한 문장을 논문이 한 일만 남겨 짧게 줄이세요. 문장에 있는 말만 쓰고 "
    "'제안함', '조사함'처럼 끝내세요.",
    shortened=(
        (
            "본 논문에서는 작은 그래프 신경망으로 레이더 영상에서 하천 홍수를 예측하는 TideNet이라는 새로운 방법을 "
            "제안하여 비용을 크게 줄였습니다.",
            "작은 그래프 신경망으로 레이더 영상에서 하천 홍수를 예측하는 방법을 제안함",
        ),
        (
            "이 연구에서는 간호사들이 의료 챗봇의 조언을 얼마나 잘 이해하는지 조사함.",
            "간호사들이 의료 챗봇의 조언을 얼마나 잘 이해하는지 조사함",
        ),
    ),
)
