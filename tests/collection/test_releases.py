"""What digests say is public: their own code, model and data, and not what others made public."""

from __future__ import annotations

import pytest

from rag_app.collection.releases import CODE, DATA, KINDS, MODEL, sentence_on
from rag_app.records import Paper, Section


def paper(text: str) -> Paper:
    return Paper(
        "2703.00001", "Owlet", ("2027-03-02",), (Section("What's New", text),), None, (), 0, "a.md", 1, ""
    )


def public(text: str) -> set[str]:
    return {kind for kind in KINDS if sentence_on(paper(text), [kind])}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Owlet의 코드와 학습 데이터를 모두 공개했습니다.", {CODE, DATA}),
        ("모델 가중치는 곧 공개될 예정입니다.", {MODEL}),
        ("Owlet은 새를 세는 오픈소스 언어 모델입니다.", {MODEL}),
        ("코드: https://github.com/owlet/owlet 에 있습니다.", {CODE}),
        ("코드와 모델은 https://github.com/owlet/owlet 에서 볼 수 있습니다.", {CODE, MODEL}),
        ("The code and the weights are publicly available.", {CODE, MODEL}),
        ("We release the dataset of a thousand owls.", {DATA}),
        ("コードとデータセットを公開しています。", {CODE, DATA}),
        ("代码已开源。", {CODE}),
    ],
)
def test_a_digest_says_what_is_public(text: str, kinds: set[str]) -> None:
    assert public(text) == kinds


@pytest.mark.parametrize(
    "text",
    [
        "데이터셋은 공개되지 않습니다.",
        "Owlet은 기존 오픈소스 모델보다 우수합니다.",
        "비공개 데이터로 모델을 학습했습니다.",
        "Owlet은 코드 생성에서 다른 오픈소스 모델들을 능가하는 성능을 보입니다.",
        "공개 데이터셋 세 개로 평가했습니다.",
        "Owlet outperforms other open-source models on code.",
        "It was trained on publicly available data.",
    ],
)
def test_what_others_made_public_is_not_the_papers(text: str) -> None:
    assert public(text) == set()


def test_the_sentence_that_says_it_is_verbatim() -> None:
    found = sentence_on(paper("Owlet은 새를 셉니다. 코드를 공개했습니다. 빠릅니다."), [CODE])
    assert found is not None
    assert found.text == "코드를 공개했습니다."
    assert found.section == "What's New"
