"""Whether a translation says the terms that the digests translate themselves."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from rag_app.answer import term_check
from rag_app.collection import word_vectors
from rag_app.collection.library import Library
from tests.helpers.fakes import made

WORDS = "rivers clouds stones birds trees lakes roads ships tables lamps doors coins boats hills".split()
ENTRY = "### [Paper {n}: a study of {title}](https://arxiv.org/abs/2701.{n:05})\n\n- **New**: {text}\n\n"
TERMS = {
    "확산(diffusion)으로 영상을 만듭니다.": "diffusion", "정렬(alignment)을 개선합니다.": "alignment",
    "증류(distillation)로 모델을 줄입니다.": "distillation",
}  # fmt: skip


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Three terms in four digests each, of forty, and words that tell how alike any two words are."""
    told = [(text, title) for text, title in TERMS.items() for _ in range(4)]
    told += [(f"이 연구는 파도를 봅니다. {WORDS[n % 7]}, {WORDS[7 + n % 7]}.", "waves") for n in range(28)]
    entries = [ENTRY.format(n=n, title=title, text=text) for n, (text, title) in enumerate(told)]
    library = made(tmp_path_factory.mktemp("terms"), {"2027-01-02.md": "".join(entries)})
    words = word_vectors.worth_keeping(library.lexical.document_frequencies, len(told))
    word_vectors.build(
        words, np.stack([library.embedder.query(one) for one in words]), library.snapshot.folder
    )
    return replace(library, words=word_vectors.WordVectors(library.snapshot.folder, library.embedder.query))


@pytest.mark.parametrize(
    ("original", "translation", "missing"),
    [
        ("비디오 확산 모델을 제안합니다.", "A video expansion model is proposed.", ("diffusion",)),
        ("비디오 확산 모델을 제안합니다.", "A video diffusion model is proposed.", ()),
        ("확산 모델을 씁니다.", "An AI model uses expansion.", ("diffusion",)),
        ("텍스트 정렬을 봅니다.", "It looks at text sorting.", ("alignment",)),
        ("텍스트 정렬을 봅니다.", "It looks at aligned text.", ()),
        ("점수 증류와 확산을 씁니다.", "It uses the increase of scores.", ("distillation", "diffusion")),
        ("이 연구는 파도를 봅니다.", "This study looks at the sea.", ()),  # nothing translates the wave
        ("확산을 씁니다.", "拡張を使います。", ()),  # terms are known in English alone
        ("It uses diffusion.", "It uses expansion.", ()),
    ],
)
def test_a_term_with_a_settled_translation_must_be_said(
    library: Library, original: str, translation: str, missing: tuple[str, ...]
) -> None:
    assert term_check.missing(translation, original, library) == missing


def test_what_a_second_try_is_told_to_say(library: Library) -> None:
    assert term_check.terms("비디오 확산 모델을 제안합니다.", "en", library) == ("diffusion",)
    assert term_check.terms("비디오 확산 모델을 제안합니다.", "ja", library) == ()


@pytest.mark.parametrize(
    ("original", "translation", "lost"),
    [
        ("RUMs는 Stick-v2라는 도구를 사용합니다.", "RUMs is a tool.", ("Stick-v2",)),
        ("RUMs는 Stick-v2라는 도구를 사용합니다.", "RUMs uses a tool called Stick-v2.", ()),
        ("GPT-4o조차도 성능이 감소했습니다.", "GPT-4 still decreased performance.", ("GPT-4o",)),
        ("KV 캐시 압축을 제안합니다.", "A new compression is proposed.", ("KV",)),
        ("대형 언어 모델(LLMs)을 위한 방법입니다.", "A method for large language models.", ()),
        ("RL로 월드 모델을 학습합니다.", "The world model is learned.", ("RL",)),  # "world" is no RL
        ("LLM의 추론을 봅니다.", "It looks at inference of LLMs.", ()),
        ("GPT-4o uses a KV cache.", "모델이 캐시를 씁니다.", ()),  # every word there is in Latin letters
    ],
)
def test_a_name_stays_in_a_translation(original: str, translation: str, lost: tuple[str, ...]) -> None:
    assert term_check.lost_names(translation, original) == lost
