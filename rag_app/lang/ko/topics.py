"""How the topic of a list is put together in Korean."""

from __future__ import annotations

from rag_app.lang.language import TopicWords

TOPICS = TopicWords(
    either=frozenset("이나 나 또는 혹은 이거나 거나 든지 이든".split()),
    both=frozenset("와 과 및 랑 이랑 하고 그리고".split()),
    leaving_out_next=frozenset(),
    leaving_out_last=frozenset("제외 빼 말 빼놓 뺀".split()),
    leaving_out=(),
    saying_little=frozenset(
        "개선 향상 강화 증가 감소 활용 사용 이용 적용 관련 주제 분야 내용 대상 중심 위주 기법 방식 방법 기술 "
        "문제 연구 논문 제안 소개 탐구 분석 수행 시도 쪽 자료 글 것 전체 컬렉션 다이제스트 최근 새롭 다양 "
        "중 속 안 일 받 올라오 등 때 수 더 매우 "
        "언급 설명 다루 나오 등장 담 실리 포함 읽 보 만들 쓰 가르치 찾 모으 알리 보이".split()
    ),
    within=frozenset("위하 대하 관하 통하 의하 따르 직접 깊이".split()),
)
