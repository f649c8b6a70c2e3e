"""`sentences`: where sentences end, and that no word is left out."""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag_app.text.sentences import split

DIGESTS = Path(__file__).parents[3] / "shared" / "digests" / "seed"


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "정확도는 89.05%로 v2.1.3보다 높습니다.",
        "도구(e.g. 검색기)와 i.e. 방법을 씁니다.",
        "We follow Kim et al. and report Fig. 3 vs. Table 2.",
        "I.D. 설정에서 94.4%, O.O.D. 설정에서도 75%를 보였습니다.",
        "코드는 https://a.io/b.html?x=1에 있습니다.",
        "방법(첫째입니다. 둘째입니다.)을 제안합니다.",
        "J. Smith가 만들었습니다.",
        'He said "stop." and left.',
    ],
)
def test_a_stop_inside_a_sentence_does_not_end_it(sentence: str) -> None:
    assert cut(sentence) == [sentence]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("제안합니다. 그러나 느립니다.", ["제안합니다.", "그러나 느립니다."]),
        ("했습니다.또한 좋음.Next is here.", ["했습니다.", "또한 좋음.", "Next is here."]),
        ("지원합니다. vLLM은 빠릅니다.", ["지원합니다.", "vLLM은 빠릅니다."]),
        ("It works. Does it? Yes!", ["It works.", "Does it?", "Yes!"]),
        ("- 첫째\n* 둘째\n1. 셋째", ["첫째", "둘째", "셋째"]),
        ("['(1) 첫째입니다.', '(2) 둘째']", ["(1) 첫째입니다.", "(2) 둘째"]),
        ("{'Speed': '빠릅니다.', 'Cost': 'It is less'}", ["Speed", "빠릅니다.", "Cost", "It is less"]),
        ("(열린 괄호입니다. 다음입니다.", ["(열린 괄호입니다.", "다음입니다."]),
        (
            "It runs:\n\n```sh\nmake\n```\n  ~~~c++\n  x = 1\n  ~~~\n- Then it ends.",
            ["It runs:", "make", "x = 1", "Then it ends."],
        ),
        ("위 문장입니다.\n![그림](a.png)\n[링크](b)\nhttps://a.b/c", ["위 문장입니다."]),
        ("모델입니다. A", ["모델입니다. A"]),
        ("", []),
        ("A", []),
    ],
)
def test_sentences_end_where_readers_end_them(text: str, sentences: list[str]) -> None:
    assert cut(text) == sentences


@given(st.text(alphabet="가다.요 AbZ1(2)!?\n-*'[],\"e", max_size=80))
@settings(max_examples=500, deadline=None)
def test_spans_are_ordered_trimmed_and_at_least_two_long(text: str) -> None:
    spans = split(text)
    assert all(end - start >= 2 and text[start:end] == text[start:end].strip() for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@given(st.text(alphabet="가다.요 AbZ(c)!?\n-'\",", min_size=2, max_size=80))
@settings(max_examples=500, deadline=None)
def test_every_letter_lies_in_a_span(text: str) -> None:
    inside = {at for start, end in split(text) for at in range(start, end)}
    letters = {at for at, character in enumerate(text) if character.isalnum()}
    assert letters <= inside or len(letters) == 1


@pytest.mark.parametrize("unit", ["가다. ", "(", "()", "다.", "['", "{'a': '", ". ", "- ", "[a](", "\n"])
def test_splitting_is_linear(unit: str) -> None:
    start = time.perf_counter()
    split(unit * 100_000)
    assert time.perf_counter() - start < 10


@pytest.mark.skipif(not DIGESTS.is_dir(), reason="no shared digests")
def test_real_sections_lose_no_letter() -> None:
    from rag_app.collection.digests import read

    for paper in read([DIGESTS])[0]:
        for section in paper.sections:
            inside = {at for start, end in split(section.text) for at in range(start, end)}
            assert all(at in inside for at, character in enumerate(section.text) if character.isalnum())
