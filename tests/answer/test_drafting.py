"""What drafting promises: whatever a model writes, only checked sentences with valid citations come out."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from unittest.mock import Mock

import pytest

from rag_app import pipeline
from rag_app.answer import drafting, prompting, selection, verification
from rag_app.answer.rendering import escape_sentence
from rag_app.answer.selection import Selection, focus, probabilities
from rag_app.lang import LANGUAGES
from rag_app.llm.protocol import Message, Processor
from rag_app.records import Answer, Checked, Citation, Done, Draft, Intent, Support
from rag_app.search import relevance
from rag_app.search.calibration import FactTable
from rag_app.search.retrieval import retrieve
from tests.helpers.fakes import ScriptedGenerator, answer_of, events_of, lab, made

PICKBOT, FOLDNET = "2405.00001", "2405.00002"
ASKED = "What does PickBot learn?"
TRUE = "[1] PickBot learns whole-body grasping."
FALSE = "[1] PickBot uses a learning rate of 0.001."
COMPARED = "Compare the success rates of PickBot and FoldNet"


def check_citations(answer: Answer) -> None:
    """Every marker is a citation, every citation a marker, and every quote the digest's own characters."""
    cited = {citation.n for citation in answer.citations}
    shown = {int(n) for n in re.findall(r"(?<!\\)\[(\d+)\](?!\()", answer.text)}
    assert shown == (set() if answer.refused else cited)
    for sentence in answer.sentences:
        assert {int(n) for n in re.findall(r"\[(\d+)\]", sentence.text)} <= cited
        assert bool(sentence.support) == sentence.supported
    quotes: list[Citation | Support] = [*answer.citations]
    quotes += [support for sentence in answer.sentences for support in sentence.support]
    for quote in quotes:
        paper = lab().snapshot.papers.get(next(c.arxiv_id for c in answer.citations if c.n == quote.n))
        assert quote.quote == paper.section(quote.section).text[quote.start : quote.end]


def test_sentences_are_drafted_then_checked_one_after_the_other() -> None:
    generator = ScriptedGenerator([f"{TRUE} It uses a wrist camera."], size=3)
    events = [e for e in events_of(ASKED, lab(), generator) if isinstance(e, Draft | Checked)]
    first, second = (place for place, event in enumerate(events) if isinstance(event, Checked))
    drafts = [event.text for event in events[:first] if isinstance(event, Draft)]
    assert drafts[-1].startswith("PickBot learns")
    assert all(later.startswith(earlier) for earlier, later in pairwise(drafts))
    assert any(isinstance(event, Draft) for event in events[first:second])


def test_a_supported_draft_is_the_answer() -> None:
    answer = answer_of(ASKED, lab(), ScriptedGenerator([TRUE]))
    assert "whole-body grasping. [1]" in answer.text or "whole-body grasping [1]" in answer.text
    assert [citation.arxiv_id for citation in answer.citations] == [PICKBOT]
    check_citations(answer)


def test_a_failed_sentence_is_repaired_once() -> None:
    generator = ScriptedGenerator([FALSE, TRUE])
    answer = answer_of(ASKED, lab(), generator)
    assert len(generator.calls) == 2
    first, second = (messages[-1]["content"] for messages in generator.calls)
    assert second.startswith(first)  # so that the KV cache is reused
    assert "0.001" in second
    assert not answer.refused
    assert "0.001" not in answer.text
    check_citations(answer)


def test_two_failed_drafts_are_refused() -> None:
    generator = ScriptedGenerator([FALSE])
    answer = answer_of(ASKED, lab(), generator)
    assert len(generator.calls) == 2
    assert answer.refused
    assert (answer.citations, "0.001" in answer.text, "[1]" in answer.text) == ((), False, False)


@pytest.mark.parametrize(
    "question", ["PickBot은 무엇을 제안하나요?", "PickBot의 핵심 아이디어는?", "What is PickBot about?"]
)
@pytest.mark.parametrize("drafts", [[FALSE], [prompting.REFUSAL]])
def test_what_a_named_paper_is_about_is_answered_by_its_digest(question: str, drafts: list[str]) -> None:
    answer = answer_of(question, lab(), ScriptedGenerator(drafts))
    assert not answer.refused
    assert "전신 파지" in answer.text
    assert "0.001" not in answer.text
    check_citations(answer)


def test_a_name_that_ends_in_a_vowel_is_no_word_of_the_question() -> None:
    assert not answer_of("QLoRA는 무엇을 제안하나요?", lab(), ScriptedGenerator([prompting.REFUSAL])).refused


def test_the_digest_answers_with_the_sentence_that_the_model_was_at() -> None:
    wrong = "[1] It is tested on ShelfBench with 12 robots."
    near, far = (
        answer_of("What problem does PickBot solve?", lab(), ScriptedGenerator([said]))
        for said in (wrong, FALSE)
    )
    assert "ShelfBench도 씁니다." in near.text
    assert "ShelfBench도 씁니다." not in far.text


def test_a_false_sentence_beside_a_true_one_is_left_out_of_the_text() -> None:
    answer = answer_of(ASKED, lab(), ScriptedGenerator([f"{TRUE} It uses a learning rate of 0.001."]))
    assert "grasping" in answer.text
    assert "0.001" not in answer.text
    assert [sentence.supported for sentence in answer.sentences] == [True, False]
    check_citations(answer)


@pytest.mark.parametrize(
    "text", [prompting.REFUSAL, f"[1] {prompting.REFUSAL}", f"{prompting.REFUSAL}.", "", "\n\n"]
)
def test_a_model_that_finds_nothing_is_a_refusal(text: str) -> None:
    answer = answer_of(ASKED, lab(), ScriptedGenerator([text]))
    assert answer.refused
    assert prompting.REFUSAL not in answer.text
    check_citations(answer)


@pytest.mark.parametrize("opening", [one.prompts.opening for one in LANGUAGES.values()])
def test_an_opening_left_alone_is_no_sentence(opening: str) -> None:
    """A server may begin a new turn instead of going on with the one that it was given."""
    found, left = drafting._closed(f"[1] {opening}\n[1] Widgets spin.\n", 1)
    assert found == [(0, "Widgets spin.")]
    assert left == ""


def test_stop_keeps_what_was_checked() -> None:
    text = f"{TRUE} It uses a wrist camera. It also does much else."
    stop = threading.Event()
    generator = ScriptedGenerator([text], size=5, stop_after=len(f"{TRUE} It uses") // 5 + 1)
    *_, last = pipeline.ask(ASKED, lab(), generator, stop=stop)
    assert isinstance(last, Done)
    assert stop.is_set()
    assert not last.answer.refused
    assert [sentence.supported for sentence in last.answer.sentences] == [True]
    assert "camera" not in last.answer.text
    check_citations(last.answer)


def test_stop_before_anything_was_said_is_a_refusal_without_a_repair() -> None:
    generator = ScriptedGenerator([TRUE], size=5, stop_after=1)
    answer = answer_of(ASKED, lab(), generator)
    assert answer.refused
    assert len(generator.calls) == 1


def test_a_question_for_a_figure_is_not_answered_without_one() -> None:
    answer = answer_of("How many parameters does PickBot have?", lab(), ScriptedGenerator([TRUE]))
    assert answer.refused
    answer = answer_of(
        "How many parameters does PickBot have?",
        lab(),
        ScriptedGenerator(["[1] PickBot has 300 million parameters."]),
    )
    assert not answer.refused


def test_a_name_that_the_digest_never_mentions_is_refused_without_the_model() -> None:
    generator = ScriptedGenerator([TRUE])
    answer = answer_of("How does PickBot do on ChairBench?", lab(), generator)
    assert answer.refused
    assert generator.calls == []


@pytest.mark.parametrize(
    "text",
    [
        "[1] PickBot reaches 75% on O.O.D. objects.\n[2] FoldNet reaches 61.5% on TowelBench.",
        "[1] PickBot reaches 75% on O.O.D. objects.",
        "[2] FoldNet reaches 99.9%.",
        prompting.REFUSAL,
    ],
)
def test_a_comparison_cites_every_side(text: str) -> None:
    answer = answer_of(COMPARED, lab(), ScriptedGenerator([text]))
    assert answer.intent is Intent.COMPARE
    assert {citation.arxiv_id for citation in answer.citations} == {PICKBOT, FOLDNET}
    assert "99.9" not in answer.text
    assert {arxiv_id for quotes in answer.comparison.values() for arxiv_id in quotes} == {PICKBOT, FOLDNET}
    check_citations(answer)


SAID = "PickBot reaches 94.4% on I.D. objects and 75% on O.O.D. objects."


def test_an_english_comparison_translates_each_sentence_of_a_korean_digest_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("rag_app.answer.drafting.TRANSLATED", 12)

    def translate(messages: Sequence[Message]) -> str:
        right = f" {SAID}" if "75%" in messages[-1]["content"] else ""
        return right or " It flies at 99 km/h."

    answer = answer_of(COMPARED, lab(), generator := ScriptedGenerator([translate]))
    assert all(len(re.findall(r"[가-힣][.]", messages[-1]["content"])) == 1 for messages in generator.calls)
    assert f"{SAID} [1]" in answer.text
    assert "99" not in answer.text
    assert all("75%" in support.quote for sentence in answer.sentences[:1] for support in sentence.support)
    check_citations(answer)


@pytest.mark.parametrize("generator", [None, ScriptedGenerator([prompting.REFUSAL])])
def test_a_sentence_that_holds_all_that_is_asked_answers_for_the_model(
    generator: ScriptedGenerator | None,
) -> None:
    answer = answer_of("FoldNet이 TowelBench에서 기록한 성공률은 얼마야?", lab(), generator)
    assert not answer.refused
    assert "61.5%" in answer.text
    check_citations(answer)


def test_a_figure_of_something_else_does_not_answer_for_the_model() -> None:
    assert answer_of("FoldNet의 학습률은 얼마야?", lab(), ScriptedGenerator([prompting.REFUSAL])).refused


def test_a_bare_figure_is_followed_by_its_sentence() -> None:
    answer = answer_of("PickBot의 매개변수는 몇 개야?", lab(), ScriptedGenerator(["[1] 3억 개"]))
    assert "3억 개 [1] GraspNet-style 파지 표현을 쓰며 매개변수는 3억 개입니다" in answer.text
    check_citations(answer)


def test_a_short_sentence_that_says_what_its_figure_is_of_stands_alone() -> None:
    answer = answer_of(
        "PickBot의 매개변수는 몇 개야?", lab(), ScriptedGenerator(["[1] 매개변수는 모두 3억 개입니다."])
    )
    assert "매개변수는 모두 3억 개입니다" in answer.text
    assert "GraspNet-style" not in answer.text.split("\n>")[0]
    check_citations(answer)


def test_without_a_model_a_fact_that_the_digest_does_not_state_is_refused() -> None:
    assert not answer_of("PickBot의 매개변수는 몇 개야?", lab()).refused
    answer = answer_of("PickBot 학회 발표 장소는 어디야?", lab())
    assert answer.refused
    assert answer.nearest[0] == PICKBOT


def test_a_search_that_the_model_cannot_put_into_words_shows_its_first_paper() -> None:
    asked = "Which paper is about folding cloth from few demonstrations?"
    answer = answer_of(asked, lab(), ScriptedGenerator(["[1] It bakes bread at 900 degrees."]))
    assert not answer.refused
    assert [citation.arxiv_id for citation in answer.citations] == [FOLDNET]
    check_citations(answer)


def test_sentences_in_another_language_are_ranked_by_how_likely_they_answer() -> None:
    query = pipeline.understood("How many demonstrations did PickBot collect?", lab())
    made = Selection(query, retrieve(query, lab()), lab(), None, threading.Event())
    (hit,) = focus(made)
    assert len(hit.passages) == 6
    shares = probabilities(made, hit)
    assert shares == sorted(shares, reverse=True)
    assert shares[0] > shares[-1]


@pytest.mark.parametrize(("say", "cited"), [(0.5, [FOLDNET]), (0.001, ["2405.00003"])])
def test_retrieval_and_the_model_choose_between_close_papers(say: float, cited: list[str]) -> None:
    def choose(messages: Sequence[Message], options: Sequence[str], **others: object) -> tuple[float, ...]:
        place = next(n for n, option in enumerate(options) if f"{option} FoldNet" in messages[-1]["content"])
        return tuple(say if n == place else (1 - say) / 10 for n in range(len(options)))

    translation, true_of_one = "", " 적은 시연으로 옷 접기(cloth folding)를 배우는 정책입니다."
    generator = ScriptedGenerator([translation, true_of_one], processor=Processor.GPU)
    generator.choose = choose  # type: ignore[method-assign]  # this once it has an opinion
    answer = answer_of("로봇이 배우는 정책에 관한 연구는?", lab(), generator)
    assert answer.ranked[0] != FOLDNET
    assert [citation.arxiv_id for citation in answer.citations][:1] == cited
    check_citations(answer)


def test_on_a_cpu_the_model_reads_the_first_paper_alone() -> None:
    generator = ScriptedGenerator([TRUE])
    generator.choose = Mock()  # type: ignore[method-assign]
    answer = answer_of("로봇이 배우는 정책에 관한 연구는?", lab(), generator)
    generator.choose.assert_not_called()
    first, second = (lab().snapshot.papers.get(arxiv_id).title for arxiv_id in answer.ranked[:2])
    read = generator.calls[-1][-1]["content"]
    assert first in read and second not in read
    assert answer.citations[0].arxiv_id == answer.ranked[0]


def test_less_of_a_digest_is_read_for_what_a_paper_is_about_than_for_a_fact(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(drafting, "PROMPT_TOKENS", {Processor.CPU: 340})

    def read(question: str) -> int:
        generator = ScriptedGenerator([TRUE])
        answer_of(question, lab(), generator)
        return str(generator.calls[0][-1]["content"]).count("\n- ")

    assert 0 < read("What does PickBot propose?") < read("What camera does PickBot use?")


@pytest.mark.parametrize("drafts", [None, ["", " 적은 시연으로 옷 접기(cloth folding)를 배우는 정책입니다."]])
def test_a_search_without_a_clear_first_paper_shows_a_second(drafts: list[str] | None) -> None:
    generator = ScriptedGenerator(drafts) if drafts else None
    answer = answer_of("로봇이 배우는 정책에 관한 연구는?", lab(), generator)
    first, second = (citation.arxiv_id for citation in answer.citations)
    assert first != second
    assert answer.text.rpartition("\n")[2].startswith("찾는 논문이 이것일 수도 있습니다: ")
    assert answer.text.endswith(f"({lab().snapshot.papers.get(second).url}) [2]")
    check_citations(answer)


def test_a_search_with_a_clear_first_paper_shows_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    known = replace(relevance.known(lab()), margin=0.0)
    monkeypatch.setattr(relevance, "known", lambda library: known)
    answer = answer_of("로봇이 배우는 정책에 관한 연구는?", lab(), ScriptedGenerator([TRUE]))
    assert len(answer.citations) == 1


def test_a_korean_answer_of_names_and_figures_still_speaks_korean() -> None:
    answer = answer_of(
        "FoldNet의 TowelBench 성공률은?", lab(), ScriptedGenerator(["[1] FoldNet TowelBench: 61.5%입니다."])
    )
    assert answer.text.startswith("다이제스트에 따르면 FoldNet")


def test_a_misspelt_name_reaches_the_model_as_the_digest_spells_it() -> None:
    answer_of(
        "What does PickBot do on shelfbensh and graspnett?", lab(), generator := ScriptedGenerator([TRUE])
    )
    assert "ShelfBench" in generator.said().rpartition("Question:")[2]
    assert "GraspNet-style" in generator.said().rpartition("Question:")[2]


@pytest.mark.parametrize(
    "marker", ["[0]", "[3]", "[99]", "[-1]", "[1", "1]", "[１]", "[²]", "[1][2]", "[" + "9" * 5000 + "]"]
)
def test_a_marker_that_names_no_paper_cites_nothing(marker: str) -> None:
    answer = answer_of(ASKED, lab(), ScriptedGenerator([f"{marker} PickBot learns whole-body grasping."]))
    assert {citation.arxiv_id for citation in answer.citations} <= {PICKBOT}
    check_citations(answer)


def test_a_thousand_random_drafts_give_valid_citations_only() -> None:
    chance = random.Random(7)  # noqa: S311 - a seeded fake
    parts = [
        *(
            "[1] ",
            "[2] ",
            "[3]",
            "[0]",
            "[17]",
            "[",
            "]",
            "[1",
            "[[1]]",
            "(1)",
            "[1](http://x.example)",
            "![1](x)",
            "\n",
        ),
        *(
            "PickBot learns whole-body grasping. ",
            "It reaches 75%. ",
            "O.O.D. ",
            "94.4%",
            "0.001 ",
            " FoldNet",
            "옷 접기를 ",
        ),
        *(
            "배웁니다. ",
            "🧪👩‍🔬",
            "NONE",
            "NONE.",
            "\u200b",
            "\u2028",
            "> ",
            "| ",
            "`",
            "<b>",
            "v1.",
            "1. ",
            "\\[1\\]",
            " ",
        ),
    ]
    for question in (ASKED, COMPARED):
        for _ in range(500):
            drafts = ["".join(chance.choices(parts, k=chance.randrange(1, 14))) for _ in range(2)]
            generator = ScriptedGenerator(
                drafts, size=chance.choice([1, 4, 50]), stop_after=chance.choice([0, 0, 3])
            )
            check_citations(answer_of(question, lab(), generator))


def test_only_the_marker_of_a_sentence_is_left_unescaped() -> None:
    assert escape_sentence("![i](z) [x] [1]") == r"\!\[i\](z) \[x\] [1]"


@pytest.mark.parametrize(("model", "share", "may_refuse"),
                         [("scripted", 0.99, False), ("scripted", 0.01, True), ("another", 0.99, True)])  # fmt: skip
def test_a_model_may_not_refuse_what_is_certain_with_its_own_judgement(
    model: str, share: float, may_refuse: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_the_model = FactTable((0.0, 1.0), 0.0, least=0.2, certain=0.8)  # never measured of another model
    monkeypatch.setattr(
        selection, "facts_with", lambda table, name: by_the_model if name == "scripted" else None
    )
    generator = ScriptedGenerator(["[1] PickBot reaches 94.4% on objects that it knows."], model=model)
    generator.choose = lambda *given, **others: (share, 1 - share)  # type: ignore[method-assign]
    answer = answer_of("What success rate does PickBot reach on I.D. objects?", lab(), generator)
    assert "94.4%" in answer.text
    assert all(("NONE" in grammar) is may_refuse for grammar in generator.grammars)


def test_a_name_that_is_told_beside_the_question_is_not_looked_for_in_the_digest() -> None:
    generator = ScriptedGenerator([TRUE])
    for told in ("I work with GraspKit3 every day.", "Answer only with the word PINEAPPLE9."):
        assert not answer_of(f"{told} {ASKED}", lab(), generator).refused
    assert answer_of("Does PickBot learn with GraspKit3?", lab(), generator).refused


@pytest.mark.parametrize(("claim", "supported"), [
    ("FoldNet-2 folds 61.5% of shirts.", True),
    ("ClothGPT-1 folds 61.5% of shirts.", False),  # named elsewhere in the digest
    ("It folds 61.5% of shirts.", True),
])  # fmt: skip
def test_a_figure_is_not_said_of_another_name_than_its_sentence_says(
    claim: str, supported: bool, tmp_path: Path
) -> None:
    digest = (
        "## Daily Papers (2024-06-01)\n\n### [Cloth at Home](https://arxiv.org/abs/2406.00001)\n\n"
        "- **What's New**: FoldNet-2 folds 61.5% of shirts in homes.\n"
        "- **Details**: ClothGPT-1 plans where to grasp shirts, and it folds them slowly.\n"
    )
    library = made(tmp_path, {"a.md": digest})
    (paper,) = library.snapshot.papers.all()
    assert verification.check(claim, 1, paper, "How many shirts are folded?", library).supported is supported


def test_each_of_two_things_that_are_asked_is_answered() -> None:
    answer = answer_of("PickBot O.O.D. 성공률 / 카메라", lab())
    assert "손목 카메라" in answer.text
    assert "75%" in answer.text


@pytest.mark.parametrize(
    ("question", "refused"),
    [
        ("how many dollars does KiteBot cost?", False), ("KiteBot 제작 비용은 몇 달러야?", False),
        ("how many dollars does PickBot cost?", True), ("PickBot 제작 비용은 몇 달러야?", True),
    ],
)  # fmt: skip
def test_no_other_figure_is_money(question: str, refused: bool, tmp_path: Path) -> None:
    kite = """## Daily Papers (2027-03-02)

### [KiteBot: A Robot That Flies Kites](https://arxiv.org/abs/2703.00009)

- **What's New**: KiteBot은 연을 날리는 로봇입니다. 제작 비용(cost)은 120달러이며 무게는 3kg입니다.

### [PickBot: Whole-Body Grasping](https://arxiv.org/abs/2405.00001)

- **What's New**: PickBot은 물체를 잡는 로봇입니다. 팔 2개를 제작하였고 성공률은 75%입니다.
"""
    assert answer_of(question, made(tmp_path, {"day.md": kite})).refused is refused


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("PickBot batch size", "Nearest to what is asked:"),
        ("PickBot은 어떤 로봇을 써?", "질문에 가장 가까운 내용입니다."),
    ],
)
def test_sentences_that_may_not_answer_are_called_the_nearest(question: str, said: str) -> None:
    assert said in answer_of(question, lab()).text
    whole = "What is PickBot about?" if said.isascii() else "PickBot은 어떤 논문이야?"
    assert said not in answer_of(whole, lab()).text


def test_what_a_draft_leaves_open_of_several_things_is_told_by_the_digest() -> None:
    figure = "PickBot은 I.D. 물체에서 94.4%, O.O.D. 물체에서 75%의 성공률을 보였습니다."
    learned = "PickBot은 이동 로봇의 전신 파지(whole-body grasping)를 학습하는 시스템입니다."
    asked = "PickBot은 O.O.D. 물체에서 성공률이 몇 %이고, 전신 파지를 학습하는 무슨 시스템인가요?"
    answer = answer_of(asked, lab(), ScriptedGenerator([f"[1] {figure}"]))
    assert all(escape_sentence(sentence) in answer.text for sentence in (figure, learned))
    check_citations(answer)
    both = answer_of(asked, lab(), ScriptedGenerator([f"[1] {figure} {learned}"]))
    assert both.text.count("전신 파지") == 1
    one = answer_of("PickBot의 성공률은 몇 %인가요?", lab(), ScriptedGenerator([f"[1] {figure}"]))
    assert "전신 파지" not in one.text
