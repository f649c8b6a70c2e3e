"""What finding names in a question promises: names are heard in Hangul, and what no digest holds is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.collection.bm25 import LexicalIndex
from rag_app.collection.library import LEXICAL, Dictionary
from rag_app.search import names
from rag_app.search.understanding import understand
from tests.helpers.fakes import made

TOOLFORMER, WHISPER, LLAMA2, SWE = "2302.04761", "2212.04356", "2307.09288", "2310.06770"
DDPM = "2006.11239"


@pytest.mark.parametrize(
    ("question", "paper"),
    [("툴포머는 어떤 도구를 써?", TOOLFORMER), ("툴포머의 한계", TOOLFORMER)],
)
def test_a_name_is_found_as_it_sounds(dictionary: Dictionary, question: str, paper: str) -> None:
    mention = names.find(question, dictionary).mentions[0]
    assert mention.papers == (paper,)
    assert mention.taken_for == "Toolformer"


@pytest.mark.parametrize(
    "question",
    [
        "로봇이 물건을 잡는 방법을 비교해 줘",
        "이미지 생성 모델의 속도는?",
        "요즘 뜨는 주제가 뭐야?",
        "데이터 없이 배우는 논문",
    ],
)
def test_ordinary_korean_sounds_like_no_name(dictionary: Dictionary, question: str) -> None:
    assert names.find(question, dictionary).mentions == ()


def test_a_word_that_other_digests_say_is_no_name_that_sounds_like_it(tmp_path: Path) -> None:
    digest = """## Daily Papers (2027-03-02)

### [GaussianSR: Sharper Clouds](https://arxiv.org/abs/2703.00001)

- **What's New**: 흐린 구름 사진을 선명하게 합니다.

### [Rooms to Walk In](https://arxiv.org/abs/2703.00002)

- **What's New**: 가상 현실에서 걸어 다닐 방을 만듭니다.
"""
    own = made(tmp_path, {"day.md": digest}).dictionary
    assert names.find("가상현실 논문", own).mentions == ()
    assert [m.papers for m in names.find("가우시안에스알 논문", own).mentions] == [("2703.00001",)]


def test_a_word_that_means_what_digests_say_is_no_slip_in_a_name(tmp_path: Path) -> None:
    digest = """## Daily Papers (2027-03-02)

### [ReVision: Looking Twice](https://arxiv.org/abs/2703.00001)

- **What's New**: 종교 그림을 두 번 봅니다.
"""
    library = made(tmp_path, {"day.md": digest})
    own = library.dictionary
    assert [m.taken_for for m in names.find("papers on religion", own).mentions] == ["ReVision"]

    def meaning(word: str) -> tuple[str, ...]:
        return ("종교",) if word == "religion" else ()

    knowing = replace(own, lexical=LexicalIndex(library.snapshot.folder / LEXICAL, meaning))
    assert names.find("papers on religion", knowing).mentions == ()
    assert [m.taken_for for m in names.find("papers on revsion", knowing).mentions] == ["ReVision"]


def test_a_name_beside_its_korean_spelling_is_one_name(dictionary: Dictionary) -> None:
    assert [m.typed for m in names.find("툴포머(Toolformer)의 결과", dictionary).mentions] == ["Toolformer"]


@pytest.mark.parametrize("version", ["Llama 9", "LLaMA-9", "GPT-97"])
def test_a_version_that_no_digest_holds_is_named(dictionary: Dictionary, version: str) -> None:
    query = understand(f"What does {version} score?", dictionary)
    assert version in query.unknown
    assert query.papers == ()


@pytest.mark.parametrize("known", ["Llama 2", "top 3 papers", "GPT-3", "in Table 2", "a 70B model"])
def test_what_the_digests_hold_is_not_called_unknown(dictionary: Dictionary, known: str) -> None:
    assert names.find(f"What about {known}?", dictionary).unknown == ()


@pytest.mark.parametrize(
    ("written", "version", "known"),
    [
        ("Heron-3B와 Heron-2를 비교합니다.", "Heron-3", False),
        ("Heron-2와 Heron-3를 비교합니다.", "Heron-3", True),
        ("Heron-R1을 소개합니다.", "Heron-R2", False),
        ("Heron-R1을 소개합니다.", "Heron-R1", True),
        ("Heron V3를 소개합니다.", "Heron-V3", True),
        ("Heron-B0를 소개합니다.", "Heron-B7", True),
    ],
)
def test_a_size_is_no_version_and_a_letter_may_be_part_of_one(
    tmp_path: Path, written: str, version: str, known: bool
) -> None:
    body = "".join(
        f"### [Nests, Part {n}](https://arxiv.org/abs/2411.0000{n})\n\n- **New**: {written}\n\n"
        for n in range(3)
    )
    dictionary = made(tmp_path, {"2024-11-25.md": body}).dictionary
    assert (names.find(f"Summarise the {version} paper", dictionary).unknown == ()) is known


@pytest.mark.parametrize(
    "question",
    [
        "Which model generates images from text like Wombat7Draw?",
        "a Wombat7Draw-style model that generates images from text",
        "Wombat7Draw처럼 텍스트에서 이미지를 생성하는 모델",
        "Wombat7Draw와 비슷한 텍스트 이미지 생성 확산 모델",
        "a text-to-image diffusion model similar to the Wombat7Draw",
        "Wombat7Drawのような、テキストから画像を生成する拡散モデル text-to-image diffusion model",
        "Wombat7Draw 스타일로 텍스트에서 이미지를 생성하는 확산 모델",
        "像Wombat7Draw那样从文本生成图像的扩散模型 text-to-image diffusion model",
    ],
)
def test_a_name_that_the_subject_is_only_likened_to_is_not_asked_for(
    dictionary: Dictionary, question: str
) -> None:
    assert names.find(question, dictionary).unknown == ()


@pytest.mark.parametrize(
    "question",
    [
        "Find papers like Wombat7Draw",
        "Wombat7Draw 같은 논문",
        "Wombat7Draw로 그린 이미지",
        "What is Wombat7Draw like on text-to-image generation with diffusion?",
        "Wombat7Draw 같은 저자의 텍스트 이미지 생성 확산 모델",
        "Wombat7Draw 풍부한 데이터로 텍스트에서 이미지를 생성하는 확산 모델",
        "文本生成图像Wombat7Draw模型 text-to-image diffusion model",
        "A Wombat7Draw-like diffusion model for images: what data does Wombat7Draw use?",
    ],
)
def test_a_name_without_a_subject_beside_it_is_asked_for(dictionary: Dictionary, question: str) -> None:
    assert names.find(question, dictionary).unknown == ("Wombat7Draw",)


def test_a_quoted_title_that_no_paper_has_is_named(dictionary: Dictionary) -> None:
    absent = "Teaching Herons To Fold Paper Boats"
    assert names.find(f'What does "{absent}" propose?', dictionary).unknown == (absent,)
    title = dictionary.papers.get(TOOLFORMER).title
    assert names.find(f'What does "{title}" propose?', dictionary).unknown == ()


@pytest.mark.parametrize("question", ["What FID does DDPM reach?", "DDPM의 CIFAR-10 FID는?"])
def test_a_paper_is_named_by_the_initials_of_its_title(dictionary: Dictionary, question: str) -> None:
    query = understand(question, dictionary)
    assert query.papers == (DDPM,)
    assert query.unknown == ()


def test_initials_that_many_digests_say_are_a_term(dictionary: Dictionary) -> None:
    assert understand("Which papers use RLHF?", dictionary).papers == ()


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("super resolution", ()), ("why is training so expensive?", ()), ("SUPER", ("SUPER",)),
        ("what is SUPER", ("SUPER",)), ("super", ("super",)),
    ],
)  # fmt: skip
def test_an_everyday_word_is_no_paper_of_that_name(
    tmp_path: Path, question: str, named: tuple[str, ...]
) -> None:
    digest = """## Daily Papers (2027-03-02)

### [SUPER: Setting Up Repositories](https://arxiv.org/abs/2703.00001)

- **What's New**: 저장소를 차립니다.

### [ExtensivE: Wider Models](https://arxiv.org/abs/2703.00002)

- **What's New**: 모델을 넓힙니다.
"""
    found = names.find(question, made(tmp_path, {"day.md": digest}).dictionary)
    assert tuple(mention.typed for mention in found.mentions) == named


def test_the_beginning_of_a_title_names_its_paper_where_it_is_quoted(dictionary: Dictionary) -> None:
    (mention,) = names.find('what does "Attention Is All You" say?', dictionary).mentions
    assert dictionary.papers.get(mention.papers[0]).title.startswith("Attention Is All")


def test_a_name_is_asked_for_where_a_paper_of_it_is(dictionary: Dictionary) -> None:
    assert names.find("what does the QLoRA-Next paper report", dictionary).unknown == ("QLoRA-Next",)
    assert names.find("what does QLoRA-style tuning cost", dictionary).unknown == ()


@pytest.mark.parametrize("question", ['explain "large language models"', "which SIGGRAPH paper does hair?"])
def test_quoted_terms_and_venues_name_no_paper(dictionary: Dictionary, question: str) -> None:
    found = names.find(question, dictionary)
    assert (found.mentions, found.unknown) == ((), ())


TITLED = """## Daily Papers (2027-03-02)

### [N2: Nest Network Arena for Birds](https://arxiv.org/abs/2703.00001)

- **What's New**: 새들의 경기장입니다. NestWalk라는 방법을 씁니다.

### [Optimal Twigs for Nest Building](https://arxiv.org/abs/2703.00002)

- **What's New**: 가지를 고릅니다. Many Fine Twigs를 씁니다.

### [Birds on Many Fine Twigs](https://arxiv.org/abs/2703.00003)

- **What's New**: Many Fine Twigs를 설명합니다.

### [Fish on Many Fine Twigs](https://arxiv.org/abs/2703.00004)

- **What's New**: Many Fine Twigs를 설명합니다.
"""


@pytest.mark.parametrize(
    ("question", "paper"),
    [
        ("How many nests has Nest Network Arena?", "2703.00001"),
        ("알맞은 가지(Optimal Twigs) 논문은 몇 배 빨라졌대?", "2703.00002"),
    ],
)
def test_words_of_a_title_in_its_capitals_name_its_paper(tmp_path: Path, question: str, paper: str) -> None:
    dictionary = made(tmp_path, {"day.md": TITLED}).dictionary
    assert understand(question, dictionary).papers == (paper,)


def test_words_in_capitals_that_many_digests_say_or_that_are_a_topic_name_none(tmp_path: Path) -> None:
    dictionary = made(tmp_path, {"day.md": TITLED}).dictionary
    for question in ("How many Many Fine Twigs has it?", "Nest Network Arena 논문 알려줘"):
        assert all(" " not in mention.typed for mention in names.find(question, dictionary).mentions)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("What does the Grok Heavy 4 system card say of safety?", "Grok Heavy 4"),
        ("gpt-oss-120b 모델 카드에서 파라미터가 몇 개야?", "gpt-oss-120b"),
    ],
)
def test_a_version_whose_card_is_asked_for_is_unknown(
    dictionary: Dictionary, question: str, name: str
) -> None:
    assert names.find(question, dictionary).unknown == (name,)


@pytest.mark.parametrize(
    "question",
    [
        "the CVPR 2024 paper on birds",
        "Llama 2 technical report",
        "Top 13 technical report",
        "a mid-2024 technical report",
    ],
)
def test_what_is_no_version_or_is_here_is_not_unknown(dictionary: Dictionary, question: str) -> None:
    assert names.find(question, dictionary).unknown == ()


def test_a_name_in_letters_beside_one_as_it_sounds_decides(dictionary: Dictionary) -> None:
    found = names.find("툴포머(Toolbox9) 논문은 뭐야?", dictionary)
    assert (found.mentions, found.unknown) == ((), ("Toolbox9",))
