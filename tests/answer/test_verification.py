"""What a checked sentence promises: its figures, names and subject are in the digest it cites,
where it says.
"""

from __future__ import annotations

import pytest

from rag_app.answer import verification
from rag_app.records import Hit, Paper, Passage, Sentence, Support
from rag_app.text import sentences
from tests.helpers.fakes import lab

PICKBOT, FOLDNET, TIDECAST, BERT = "2405.00001", "2405.00002", "2405.00003", "1810.04805"
OOD = "What is PickBot's success rate on O.O.D. objects?"


def paper(arxiv_id: str) -> Paper:
    return lab().snapshot.papers.get(arxiv_id)


def checked(text: str, arxiv_id: str = PICKBOT, question: str = "How good is PickBot?") -> Sentence:
    return verification.check(text, 1, paper(arxiv_id), question, lab())


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("PickBot reaches a success rate of 75% on O.O.D. objects.", PICKBOT),
        ("PickBot은 O.O.D. 물체에서 75%의 성공률을 보였습니다.", PICKBOT),
        ("PickBot has 300 million parameters.", PICKBOT),
        ("PickBot has 300M parameters.", PICKBOT),
        ("PickBot collected 20,000 demonstrations.", PICKBOT),
        ("PickBot learns whole-body grasping for mobile robots.", PICKBOT),
        ("PickBots learn whole-body grasping.", PICKBOT),
        ("PickBot uses a GraspNet representation of grasping.", PICKBOT),
        ("PickBot leads on ShelfBench.", PICKBOT),
        ("PickBot은 O.O.D. 물체에서 ７５％의 성공률을 보였습니다.", PICKBOT),
        ("TideCast forecasts tides with 250 gauges.", TIDECAST),
        ("TideCast는 그래프 모델(graph model)로 tides를 예측합니다.", TIDECAST),
        ("BERT-Base has 110 million parameters.", BERT),
    ],
)
def test_what_the_digest_says_is_supported(text: str, arxiv_id: str) -> None:
    sentence = checked(text, arxiv_id)
    assert sentence.supported
    assert sentence.text.endswith(" [1]")
    assert sentence.support


@pytest.mark.parametrize(
    ("text", "arxiv_id"),
    [
        ("PickBot reaches a success rate of 85% on O.O.D. objects.", PICKBOT),
        ("PickBot uses a learning rate of 0.001.", PICKBOT),
        ("PickBot has 30 million parameters.", PICKBOT),
        ("PickBot은 매개변수가 3만 개입니다.", PICKBOT),
        ("PickBot은 O.O.D. 물체에서 ８５％의 성공률을 보였습니다.", PICKBOT),
        ("PickBot collected 2,000,000 demonstrations.", PICKBOT),
        ("PickBot leads on TowelBench.", PICKBOT),
        ("PickBot beats RoboZilla-X at whole-body grasping.", PICKBOT),
        ("FoldNet reaches 94.4%.", FOLDNET),
        ("TideCast uses 250 gauges and LiDAR.", TIDECAST),
    ],
)
def test_invented_figures_and_names_are_not_supported(text: str, arxiv_id: str) -> None:
    sentence = checked(text, arxiv_id)
    assert not sentence.supported
    assert sentence.support == ()
    assert "[1]" not in sentence.text


@pytest.mark.parametrize(
    "text",
    [
        "PickBot does not mention whole-body grasping of mobile robots.",
        "There is no mention of mobile robots in whole-body grasping of PickBot.",
        "PickBot은 이동 로봇의 전신 파지를 언급하지 않습니다.",
    ],
)
def test_that_a_digest_says_nothing_is_no_claim_about_its_paper(text: str) -> None:
    assert not checked(text).supported


def test_a_figure_of_another_condition_is_not_supported() -> None:
    assert not checked("PickBot reaches a success rate of 94.4%.", question=OOD).supported
    assert checked("PickBot reaches a success rate of 75%.", question=OOD).supported


def test_an_echo_of_the_question_says_nothing_but_one_with_the_figure_answers() -> None:
    question = "What success rate does PickBot reach on O.O.D. objects?"
    assert not checked("What success rate does PickBot reach on O.O.D. objects.", question=question).supported
    assert checked("The success rate PickBot does reach on O.O.D. objects: 75%", question=question).supported


def test_a_claim_about_another_subject_is_not_supported() -> None:
    assert not checked("The tides are forecast by a graph of gauges.", PICKBOT).supported


def test_support_is_the_digest_s_own_characters_at_the_offsets_given() -> None:
    for text in ("PickBot reaches 75% with 300 million parameters.", "PickBot learns whole-body grasping."):
        for support in checked(text).support:
            assert support.quote == paper(PICKBOT).section(support.section).text[support.start : support.end]


def test_figures_from_two_sentences_get_both_as_support() -> None:
    quotes = [
        support.quote for support in checked("PickBot reaches 75% with 300 million parameters.").support
    ]
    assert any("75%" in quote for quote in quotes)
    assert any("3억" in quote for quote in quotes)


@pytest.mark.parametrize(
    "text", ["[7] PickBot learns whole-body grasping.", "PickBot [2] learns [9] grasping. [3]"]
)
def test_a_marker_inside_a_sentence_never_survives(text: str) -> None:
    sentence = checked(text)
    assert verification.MARKER.findall(sentence.text) in ([], ["1"])


@pytest.mark.parametrize("text", ["", " ", ".", "[1]", "🧪", "한", "\u2028", "100%" * 50, "[" * 200])
def test_any_text_can_be_checked(text: str) -> None:
    assert isinstance(checked(text).supported, bool)


def test_an_empty_claim_is_not_supported() -> None:
    assert not checked("").supported
    assert not checked("[1] .").supported


# --- citations ----------------------------------------------------------------------------------


def passage(arxiv_id: str = PICKBOT) -> Passage:
    section = paper(arxiv_id).sections[0]
    start, end = sentences.split(section.text)[0]
    return Passage(arxiv_id, section.name, start, end, section.text[start:end])


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("PickBot is a system that learns whole-body grasping for mobile robots.", True),
        ("PickBot is a system that learns whole-body grasping for 3 robots.", False),
        ("PickBot, like CupBot, learns whole-body grasping for robots.", False),
        ("Diffusion models generate video from text.", False),
    ],
)
def test_a_translation_states_the_figures_and_names_of_its_sentence(text: str, supported: bool) -> None:
    sentence = verification.check_translation(text, 1, passage(), paper(PICKBOT), lab())
    assert sentence.supported is supported
    assert [support.quote for support in sentence.support] == ([passage().text] if supported else [])


def test_a_quote_is_supported_by_itself() -> None:
    quote = verification.quote(passage(), 3)
    assert quote.supported
    assert quote.support == (Support(3, passage().section, passage().text, passage().start, passage().end),)


def test_only_papers_that_support_a_sentence_are_cited_in_the_order_of_their_numbers() -> None:
    hits = [Hit(paper(arxiv_id), 1.0) for arxiv_id in (PICKBOT, FOLDNET, TIDECAST)]
    said = [
        verification.quote(passage(TIDECAST), 3),
        verification.quote(passage(PICKBOT), 1),
        Sentence("No.", False),
    ]
    citations = verification.cite(hits, said)
    assert [(c.n, c.arxiv_id) for c in citations] == [(1, PICKBOT), (3, TIDECAST)]
    for citation in citations:
        assert (
            citation.quote
            == paper(citation.arxiv_id).section(citation.section).text[citation.start : citation.end]
        )
        assert citation.url == f"https://arxiv.org/abs/{citation.arxiv_id}"


def test_a_digest_s_own_bracketed_numbers_are_no_markers_of_its_quote() -> None:
    found = Passage(PICKBOT, "Summary", 0, 20, "As in [7], it works.")
    assert verification.MARKER.findall(verification.quote(found, 2).text) == ["2"]
