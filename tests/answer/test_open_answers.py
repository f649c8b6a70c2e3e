"""What answers of points promise: every kind, in both languages, with a model and without."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rag_app.answer import choosing, denied, groups, layout, verification
from rag_app.answer.plans import condition, exists, period
from rag_app.answer.points import AnswerPlan, Group, Point, WrittenPoint
from rag_app.answer.routes import ROUTES
from rag_app.answer.selection import Selection
from rag_app.answer.templates import Composed, words
from rag_app.collection.bm25 import document
from rag_app.collection.library import Library
from rag_app.lang import count_letters
from rag_app.llm.protocol import Message
from rag_app.records import Checked, Event, Filters, Intent, Paper, Passage, Query, Section, Turn, Working
from rag_app.search.open_patterns import denial
from rag_app.search.retrieval import retrieve
from rag_app.search.understanding import understand
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import ScriptedGenerator, made

DAY = """## Daily Papers (2027-03-02)

### [GlideNet: Grasping Without Cameras](https://arxiv.org/abs/2703.00001)

Vote: 4

- **What's New**: GlideNet은 카메라 없이 촉각(tactile sensing)만으로 로봇 파지(grasping)를 배우는 방법을 제안합니다.
- **Performance**: 로봇 파지 성공률은 81.5%입니다.

### [HawkGrip: Grasping with Wrist Cameras](https://arxiv.org/abs/2703.00002)

Vote: 21

- **What's New**: HawkGrip은 손목 카메라(wrist camera)로 로봇 파지(grasping)를 배우는 시스템을 소개합니다.
- **Performance**: 128k 시연으로 로봇 파지 성공률 93%를 기록했습니다.

### [MossTouch: Tactile Sensing for Grasping in Clutter](https://arxiv.org/abs/2703.00003)

Vote: 9

- **What's New**: MossTouch는 촉각(tactile sensing) 신호로 어수선한 곳의 로봇 파지(grasping)를 개선합니다.

### [FernLift: Simulation for Grasping Policies](https://arxiv.org/abs/2703.00004)

- **What's New**: FernLift는 시뮬레이션(simulation)에서 로봇 파지(grasping) 정책을 학습하는 새로운 방법을 제안합니다.

### [ReedSim: Simulation of Soft Grasping](https://arxiv.org/abs/2703.00005)

Vote: 2

- **What's New**: ReedSim은 부드러운 물체의 로봇 파지(grasping)를 위한 시뮬레이션(simulation) 환경을 공개합니다. [7]

### [KelpHand: Grasping by Imitation](https://arxiv.org/abs/2703.00006)

Vote: 15

- **What's New**: KelpHand는 시연 50개로 로봇 파지(grasping)를 모방 학습(imitation learning)하는 방법을 제안합니다.
"""
MODELS = itertools.count()  # each its own, as what one has translated is kept
ASKED = {
    Intent.OVERVIEW: ("What are the main approaches to robot grasping?", "로봇 파지 방법들을 설명해줘"),
    Intent.SUMMARY: ("Summarize the papers of 2027-03-02", "2027-03-02 논문 요약해줘"),
    Intent.PAPER: ("Explain HawkGrip", "HawkGrip 설명해줘"),
    Intent.CONCEPT: ("What is tactile sensing?", "촉각 파지가 뭐야?"),
    Intent.SIMILAR: ("Papers similar to MossTouch?", "MossTouch와 비슷한 논문은?"),
    Intent.RECOMMEND: (
        "I want to build a grasping robot, what should I read first?",
        "로봇 파지를 하려는데 뭐부터 읽을까?",
    ),
    Intent.TABLE: (
        "Make a table of robot grasping: method, success rate",
        "로봇 파지를 표로 정리해줘 (방법, 성공률)",
    ),
    Intent.CONDITION: ("robot grasping without cameras", "카메라 없이 로봇 파지하는 것만"),
    Intent.EXISTS: ("Has anyone used tactile sensing for grasping?", "촉각으로 로봇 파지를 한 논문이 있어?"),
}


@pytest.fixture(scope="module")
def collection(tmp_path_factory: pytest.TempPathFactory) -> Library:
    sample = {file.name: file.read_text(encoding="utf-8") for file in (CHECKOUT / "digests").glob("*.md")}
    return made(tmp_path_factory.mktemp("open"), {**sample, "day.md": DAY})


def answered(
    question: str,
    intent: Intent,
    library: Library,
    generator: ScriptedGenerator | None = None,
    *,
    conversation: tuple[Turn, ...] = (),
    stop: threading.Event | None = None,
) -> tuple[Composed, list[Event]]:
    """The answer to a question of that kind that is about the collection, and what was said on the way."""
    query = replace(understand(question, library.dictionary, conversation), intent=intent)
    evidence = retrieve(query, library)
    selection = Selection(query, evidence, library, generator, stop or threading.Event(), conversation)
    steps, events = ROUTES[intent].write(selection), []
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            composed: Composed = end.value
            return composed, events


def of_the_day(library: Library) -> list[Paper]:
    """The papers of this module's own digest."""
    return [paper for paper in library.snapshot.papers.all() if paper.date == "2027-03-02"]


def check(composed: Composed, library: Library) -> None:
    """Every marker is a citation, every citation a marker, and every quote the digest's own characters."""
    cited = {citation.n for citation in verification.cite(composed.hits, composed.sentences)}
    shown = {int(n) for n in re.findall(r"(?<!\\)\[(\d+)\](?!\()", composed.text)}
    assert shown == cited
    for sentence in composed.sentences:
        assert sentence.supported
        for support in sentence.support:
            section = composed.hits[support.n - 1].paper.section(support.section)
            assert support.quote == section.text[support.start : support.end]


def translating(said: Callable[[str], str]) -> ScriptedGenerator:
    """A model that is asked to translate a sentence and answers with `said` of it."""

    def script(messages: Sequence[Message]) -> str:
        return said(messages[-1]["content"])

    return ScriptedGenerator([script], model=f"scripted {next(MODELS)}")


def faithful(content: str) -> str:
    """An English sentence that holds the names, terms and figures of the Korean one."""
    source = content.partition("\n")[0].removeprefix("[1] ")
    return (
        "It is about "
        + ", ".join(re.findall(r"[A-Za-z][A-Za-z0-9-]*(?: [a-z]+)*|\d[\d.]*[%k]?", source))
        + "."
    )


@pytest.mark.parametrize("intent", ASKED)
@pytest.mark.parametrize("language", [0, 1], ids=["en", "ko"])
def test_every_kind_answers_without_a_model_and_cites_all_it_says(
    intent: Intent, language: int, collection: Library
) -> None:
    composed, _ = answered(ASKED[intent][language], intent, collection)
    assert not composed.refused
    assert composed.sentences
    check(composed, collection)


@pytest.mark.parametrize("intent", ASKED)
def test_an_english_reader_meets_no_korean_outside_quotes(intent: Intent, collection: Library) -> None:
    for generator in (None, translating(faithful)):
        composed, _ = answered(ASKED[intent][0], intent, collection, generator)
        prose = "\n".join(line for line in composed.text.split("\n") if not line.lstrip().startswith(">"))
        assert not count_letters(prose, "가-힣"), prose
        check(composed, collection)


def test_a_point_that_fails_twice_is_left_to_the_digest(collection: Library) -> None:
    generator = translating(lambda content: "It reaches a success rate of 99.9%.")
    composed, events = answered(ASKED[Intent.OVERVIEW][0], Intent.OVERVIEW, collection, generator)
    assert "99.9" not in composed.text
    assert composed.text.count("\n   > ") == len(composed.hits)
    assert not [event for event in events if isinstance(event, Checked)]
    check(composed, collection)


def test_a_sentence_that_fails_beside_one_that_passes_is_left_out(collection: Library) -> None:
    def said(content: str) -> str:
        return "It reaches 99.9%." if "128k" in content else faithful(content)

    composed, _ = answered("Explain HawkGrip in one sentence", Intent.PAPER, collection, translating(said))
    assert "wrist camera" in composed.text
    assert not count_letters(composed.text, "가-힣")
    check(composed, collection)


@pytest.mark.parametrize(
    ("linked", "alone"),
    [
        ("또한, HawkGrip은 파지를 배웁니다.", "HawkGrip은 파지를 배웁니다."),
        ("둘째, CLIP을 활용합니다.", "CLIP을 활용합니다."),
        ("먼저 물체를 찾습니다.", "먼저 물체를 찾습니다."),
        ("To address this, we propose HawkGrip.", "We propose HawkGrip."),
        ("Secondly, iGrip is small.", "iGrip is small."),
        ("First-order methods, too, are fast.", "First-order methods, too, are fast."),
        ("さらに、HawkGripを提案します。", "HawkGripを提案します。"),
        ("此外，我们提出HawkGrip。", "我们提出HawkGrip。"),
        ("{'Architecture': 'HawkGrip은 손목 카메라를 씁니다.", "HawkGrip은 손목 카메라를 씁니다."),
        ("', 'Data': '128k 시연을 모았습니다.", "128k 시연을 모았습니다."),
        ("['HawkGrip은 파지를 배웁니다.", "HawkGrip은 파지를 배웁니다."),
        ("'HawkGrip'은 파지를 배웁니다.", "'HawkGrip'은 파지를 배웁니다."),
    ],
)
def test_a_sentence_behind_the_name_of_its_paper_is_linked_to_none_before(linked: str, alone: str) -> None:
    paper = Paper("2703.00009", "HawkGrip: Grasping", ("2027-03-02",), (Section("Summary", linked),))
    passage = Passage(paper.arxiv_id, "Summary", 0, len(linked), linked)
    point = Point(paper, (passage,))
    said = WrittenPoint(point, (verification.quote(passage, 1),), ())
    selection: Any = SimpleNamespace(query=Query("q", "q", "ko", Intent.OVERVIEW))
    composed = layout.composed(selection, AnswerPlan((Group((point,), "robot"),)), (said,))
    assert composed.text == f"**Robot**\n\n- **HawkGrip**: {alone} [1]"


def test_a_point_that_fails_once_is_written_again_with_what_to_keep(collection: Library) -> None:
    said = [lambda messages: "It reaches 99.9%.", lambda messages: faithful(messages[-1]["content"])]
    generator = ScriptedGenerator(said, model=f"scripted {next(MODELS)}")
    composed, _ = answered("Explain MossTouch", Intent.PAPER, collection, generator)
    assert "tactile sensing" in composed.text
    assert "\n   > " not in composed.text
    assert "MossTouch" in generator.calls[1][-1]["content"].rpartition("(")[2]


def test_a_figure_that_lost_its_scale_is_not_translated(collection: Library) -> None:
    paper = collection.snapshot.papers.get("2703.00002")
    text = paper.section("Performance").text
    passage = Passage(paper.arxiv_id, "Performance", 0, len(text), text)
    for claim, supported in (
        ("HawkGrip uses 128 demonstrations.", False),
        ("HawkGrip uses 128k demonstrations.", True),
    ):
        assert verification.check_translation(claim, 1, passage, paper, collection).supported is supported


def test_stopping_keeps_what_is_written(collection: Library) -> None:
    stop, generator = threading.Event(), translating(faithful)
    first = faithful("[1] " + collection.snapshot.papers.get("2703.00001").section("What's New").text)
    generator.stop_after = len(first) // generator.size + 1
    composed, _ = answered(ASKED[Intent.OVERVIEW][0], Intent.OVERVIEW, collection, generator, stop=stop)
    assert stop.is_set()
    assert len(composed.hits) >= 5
    assert "> " in composed.text
    check(composed, collection)


def test_long_work_says_how_far_it_is(collection: Library) -> None:
    _, events = answered(ASKED[Intent.OVERVIEW][0], Intent.OVERVIEW, collection, translating(faithful))
    steps = [event for event in events if isinstance(event, Working)]
    assert steps[0].done == 0
    assert steps[-1].done == steps[-1].total


def test_a_group_is_named_by_a_term_that_all_of_its_digests_hold(collection: Library) -> None:
    papers = of_the_day(collection)
    found = groups.found(papers, "robot grasping", "en", collection)
    named = [group for group in found if group.name]
    assert named
    for group in named:
        assert len(group.places) > 1
        for place in group.places:
            text = document(papers[place]).casefold()
            assert all(word in text for word in group.name.split())
    assert sorted(place for group in found for place in group.places) == list(range(len(papers)))


def test_a_group_is_not_named_by_a_word_that_its_digests_do_not_say(
    collection: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = collection.spellings.of
    monkeypatch.setattr(collection.spellings, "of", lambda term: (*known(term), "자막"))
    found = groups.found(of_the_day(collection), "robot grasping", "ko", collection)
    assert any(group.name for group in found)
    assert not any("자막" in group.name for group in found)


def test_a_group_is_not_named_by_what_an_abbreviation_of_the_subject_means(tmp_path: Path) -> None:
    entry = """### [Study {n}: Ebb Decoding in Port {n}](https://arxiv.org/abs/2704.0001{n})

- **What's New**: 조류 디코딩(ebb decoding, EBD)을 항구 {n}에 씁니다.

"""
    others = "".join(
        f"### [Song {n}](https://arxiv.org/abs/2704.0002{n})\n\n- 노래 {n}.\n\n" for n in range(9)
    )
    text = "## Daily Papers (2027-04-01)\n\n" + "".join(entry.format(n=n) for n in range(5)) + others
    library = made(tmp_path, {"day.md": text})
    papers = [paper for paper in library.snapshot.papers.all() if paper.title.startswith("Study")]
    names = " ".join(group.name for group in groups.found(papers, "EBD", "en", library))
    assert "ebb" not in names
    assert "decoding" not in names


def test_papers_that_say_a_short_topic_come_before_others_like_it(tmp_path: Path) -> None:
    entry = "### [{title}](https://arxiv.org/abs/2704.000{n})\n\n- **What's New**: {text}\n\n"
    saying = [("Harbour lights", "항구의 조수 예측(tide forecasting) 등대를 봅니다.")] * 2
    alike = [("Tide maps", "조수의 지도를 그립니다."), ("Forecasting rain", "비를 예측합니다.")] * 6
    entries = [
        entry.format(title=f"{title} {n}", n=f"{n:02}", text=text)
        for n, (title, text) in enumerate(alike + saying)
    ]
    library = made(tmp_path, {"day.md": "## Daily Papers (2027-04-01)\n\n" + "".join(entries)})
    query = understand("What are the ways of tide forecasting?", library.dictionary)
    selection = Selection(query, retrieve(query, library), library, None, threading.Event())
    best = choosing.ranked(selection, "tide forecasting")[:2]
    assert {hit.paper.title.rpartition(" ")[0] for hit in best} == {"Harbour lights"}
    spoken = choosing.speaking_of(
        selection, choosing.ranked(selection, "tide forecasting"), "tide forecasting"
    )
    assert {hit.paper.arxiv_id for hit in spoken} >= {hit.paper.arxiv_id for hit in best}
    assert len(spoken) < len(entries)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("Summarize 2027-03-02 for a busy manager", ""),
        ("Summarize the papers of 2027-03-02 on knitting", "knitting"),
        ("Summarize the simulation papers of 2027-03-02", "simulation"),
        ("Summarize the gardening papers of 2027-03-02", "gardening"),
        ("2027-03-02 번역 논문 요약해줘", "번역"),
    ],
)
def test_what_is_no_topic_leaves_a_summary_whole(question: str, about: str, collection: Library) -> None:
    query = understand(question, collection.dictionary)
    selection = Selection(query, retrieve(query, collection), collection, None, threading.Event())
    found = period.asked_about(selection)
    assert about in found
    assert bool(found) is bool(about)


def test_a_term_of_the_field_is_not_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag_app.search.relevance.is_foreign", lambda *_: True)
    entry = (
        "### [Study {n}](https://arxiv.org/abs/2704.0001{n})\n\n- 백본(backbone) {n}에 고양이를 그립니다.\n\n"
    )
    text = "## Daily Papers (2027-04-01)\n\n" + "".join(entry.format(n=n) for n in range(4))
    library = made(tmp_path, {"day.md": text})
    for question, refused in (("What is a backbone?", False), ("고양이가 뭐야?", True)):
        query = replace(understand(question, library.dictionary), intent=Intent.CONCEPT)
        selection = Selection(query, retrieve(query, library), library, None, threading.Event())
        assert bool(ROUTES[Intent.CONCEPT].checks[-1](selection)) is refused


def test_a_day_is_told_whole_most_voted_first(collection: Library) -> None:
    composed, _ = answered("2027-03-02 논문 요약해줘", Intent.SUMMARY, collection)
    assert {hit.paper.arxiv_id for hit in composed.hits} == {p.arxiv_id for p in of_the_day(collection)}
    top, _ = answered("2027-03-02 추천이 가장 많은 논문 2편과 내용은?", Intent.SUMMARY, collection)
    assert [hit.paper.votes for hit in top.hits] == [21, 15]


@pytest.mark.parametrize(
    "question", ["Summarize 2027-03-02 in two bullets", "2027-03-02 논문을 두 문장으로 요약해줘"]
)
def test_a_summary_has_as_many_points_as_are_asked_for(collection: Library, question: str) -> None:
    composed, _ = answered(question, Intent.SUMMARY, collection)
    assert len(composed.hits) == 2


def test_a_paper_is_told_in_as_many_points_as_are_asked_for(collection: Library) -> None:
    composed, _ = answered("HawkGrip을 2줄로 설명해줘", Intent.PAPER, collection)
    assert composed.text.count("\n- ") == 2


def test_a_cell_that_the_digest_does_not_fill_says_so(collection: Library) -> None:
    composed, _ = answered("로봇 파지를 표로 정리해줘 (하는 일, 성공률)", Intent.TABLE, collection)
    rows = [line for line in composed.text.split("\n") if line.startswith("| **")]
    hawk = next(row for row in rows if "HawkGrip" in row)
    others = [row for row in rows if row is not hawk]
    assert "93%" in hawk
    assert any("다이제스트에 없음" in row for row in others)


def test_what_a_paper_does_is_always_told_in_a_table(collection: Library) -> None:
    composed, _ = answered("로봇 파지를 표로 정리해줘 (하는 일, 성공률)", Intent.TABLE, collection)
    rows = [line for line in composed.text.split("\n") if line.startswith("| **")]
    assert rows and all("다이제스트에 없음" not in row.split(" | ")[1] for row in rows)


def test_a_condition_holds_by_what_the_digest_says(collection: Library) -> None:
    query = understand("카메라 없이 로봇 파지", collection.dictionary)
    selection = Selection(query, retrieve(query, collection), collection, None, threading.Event())
    asked = denial("카메라 없이 로봇 파지")
    said = denied.words_for(selection.library, asked)
    verdicts = {
        p.title.partition(":")[0]: denied.judge(selection.library, p, asked, said)[0]
        for p in of_the_day(collection)
    }
    assert verdicts["GlideNet"] is denied.Verdict.HOLDS
    assert verdicts["HawkGrip"] is denied.Verdict.FAILS
    assert verdicts["ReedSim"] is denied.Verdict.UNSAID


@pytest.mark.parametrize(
    ("question", "said", "verdict"),
    [
        (
            "grasping without diffusion",
            "Steering diffusion models without training.",
            denied.Verdict.FAILS,
        ),
        (
            "grasping without diffusion",
            "확산 모델(diffusion model)을 재학습하지 않고 씁니다.",
            denied.Verdict.FAILS,
        ),
        ("grasping without diffusion", "It grasps without any diffusion model.", denied.Verdict.HOLDS),
        ("grasping without diffusion", "A diffusion-free way to grasp.", denied.Verdict.HOLDS),
        ("카메라 없이 파지", "추가 카메라(camera)가 필요 없는 방법입니다.", denied.Verdict.HOLDS),
        ("카메라 없이 파지", "카메라로 보고 장갑 없이 파지합니다.", denied.Verdict.FAILS),
        ("카메라나 장갑 없이 파지", "카메라로 보고 파지합니다.", denied.Verdict.FAILS),
        ("grasping without gloves or cameras", "It wears gloves to grasp.", denied.Verdict.FAILS),
        ("grasping without diffusion models", "Diffusion makes the grasps.", denied.Verdict.FAILS),
        ("카메라 모델 없이 파지", "카메라로 보고 파지합니다.", denied.Verdict.FAILS),
        (
            "grasping without wrist cameras or gloves",
            "장갑(gloves)을 끼고 파지합니다.",
            denied.Verdict.FAILS,
        ),
        ("grasping without RL", "The world is grasped.", denied.Verdict.UNSAID),
        ("grasping without RL", "An RL policy grasps.", denied.Verdict.FAILS),
        ("grasping without RL", "It outperforms RL policies by far.", denied.Verdict.UNSAID),
        ("카메라 없이 파지", "기존 카메라(camera) 기반 방법을 크게 능가합니다.", denied.Verdict.UNSAID),
        ("카메라 없이 파지", "카메라로 파지하며 기존 방법을 능가합니다.", denied.Verdict.FAILS),
    ],
)
def test_only_what_is_denied_itself_is_not_there(
    question: str, said: str, verdict: denied.Verdict, collection: Library
) -> None:
    query = understand(question, collection.dictionary)
    selection = Selection(query, retrieve(query, collection), collection, None, threading.Event())
    digest = Paper("2703.99999", "A Hand", ("2027-03-02",), (Section("What's New", said),))
    asked = denial(question)
    words = denied.words_for(selection.library, asked)
    assert denied.judge(selection.library, digest, asked, words)[0] is verdict


def test_a_known_term_of_several_words_is_denied_whole(
    collection: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(denied, "WELL_KNOWN", 1)
    query = understand("grasping without imitation learning", collection.dictionary)
    selection = Selection(query, retrieve(query, collection), collection, None, threading.Event())
    asked = denial(query.question)
    said = denied.words_for(selection.library, asked)
    judged = {
        paper.title.partition(":")[0]: denied.judge(selection.library, paper, asked, said)[0]
        for paper in of_the_day(collection)
    }
    assert judged["KelpHand"] is denied.Verdict.FAILS
    assert judged["FernLift"] is denied.Verdict.UNSAID  # it learns, but imitates nobody


def test_what_must_not_be_is_judged_in_a_language_of_the_digests(collection: Library) -> None:
    """Digests that are in another language do not lack a thing because they cannot say its name."""
    question = "カメラを使わないロボットの把持"
    query = replace(understand(question, collection.dictionary), intent=Intent.CONDITION, language="ja")
    evidence = retrieve(query, collection)
    untold = condition.conditions(Selection(query, evidence, collection, None, threading.Event()))
    assert untold is not None
    assert not any("カメラ" in point.note for point in untold.points)
    translated = replace(evidence, beside="카메라 없이 로봇 파지")
    told = condition.conditions(Selection(query, translated, collection, None, threading.Event()))
    assert told is not None
    assert told.papers[0].title.startswith("GlideNet")
    assert not any(paper.title.startswith("HawkGrip") for paper in told.papers)
    assert any("カメラ" in point.note for point in told.points)


def test_papers_that_do_it_in_a_way_the_question_names_come_first(collection: Library) -> None:
    question = "robot grasping without cameras: how (simulation, soft hands)?"
    composed, _ = answered(question, Intent.CONDITION, collection)
    unsaid = [hit.paper.title.partition(":")[0] for hit in composed.hits][
        1:
    ]  # GlideNet says that it has none
    assert {"FernLift", "ReedSim"} == set(unsaid[:2])


def test_a_term_of_the_field_is_done_only_where_it_is_said_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exists, "WELL_KNOWN", 3)
    study = "### [Study {n}](https://arxiv.org/abs/2704.0001{n})\n\n"
    pair = study + "- 강화 학습(reinforcement learning)을 {n}번 씁니다.\n\n"
    apart = "### [Tides](https://arxiv.org/abs/2704.00020)\n\n- 조수(tide) 학습을 강화하고 조수(tide)를 예측합니다.\n\n"
    text = "## Daily Papers (2027-04-01)\n\n" + "".join(pair.format(n=n) for n in range(4)) + apart
    library = made(tmp_path, {"day.md": text})
    for question, found in (
        ("Has anyone used reinforcement learning for tides?", False),
        ("조수를 예측한 사람 있어?", True),
    ):
        query = replace(understand(question, library.dictionary), intent=Intent.EXISTS)
        selection = Selection(query, retrieve(query, library), library, None, threading.Event())
        done = {hit.paper.title for hit in exists.having_done(selection)[0]}
        assert ("Tides" in done) is found


def test_what_is_asked_may_be_said_in_the_words_of_its_translation(collection: Library) -> None:
    query = replace(understand("Has anyone lifted by feel?", collection.dictionary), intent=Intent.EXISTS)
    evidence = replace(retrieve(query, collection), beside="촉각 신호")
    selection = Selection(query, evidence, collection, None, threading.Event())
    plan = exists.exists(selection)
    assert plan is not None
    assert words("en")["exists_not"] != plan.lead
    assert plan.papers[0].title.partition(":")[0] == "MossTouch"


def test_whether_anyone_has_done_it_goes_by_what_a_digest_says(collection: Library) -> None:
    yes, _ = answered("Has anyone used tactile sensing for grasping?", Intent.EXISTS, collection)
    assert {hit.paper.title.partition(":")[0] for hit in yes.hits} >= {"MossTouch"}
    phrase = words("en")["exists_not"].partition("{")[0]
    assert phrase not in yes.text
    no, _ = answered("Has anyone used tactile sensing for opera subtitles?", Intent.EXISTS, collection)
    assert phrase in no.text


def test_an_overview_takes_papers_unlike_each_other(collection: Library) -> None:
    query = understand("robot grasping", collection.dictionary)
    selection = Selection(query, retrieve(query, collection), collection, None, threading.Event())
    hits = [replace(hit, score=3.0) for hit in choosing.ranked(selection, "robot grasping")[:8]]
    first, second = choosing.diverse(hits, 2, collection)
    likeness = collection.paper_vectors @ collection.paper_vectors[collection.places[first.paper.arxiv_id]]
    others = [hit.paper.arxiv_id for hit in hits if hit is not first]
    assert second.paper.arxiv_id == min(others, key=lambda one: likeness[collection.places[one]])


FEW = {
    "Soft Otters": "A soft otter carries eggs without cracking them.",
    "Star Maps": "Star maps are drawn from few photographs.",
    "Sonnets in Metre": "A model writes sonnets that scan.",
    "Rain Radar": "Radar echoes become rain by the hour.",
}


@pytest.mark.parametrize("intent", [Intent.OVERVIEW, Intent.RECOMMEND])
def test_of_a_few_papers_only_those_that_fit_are_named(tmp_path: Path, intent: Intent) -> None:
    entries = [
        f"### [{title}](https://arxiv.org/abs/2703.0020{n})\n\n- **New**: {text}\n"
        for n, (title, text) in enumerate(FEW.items())
    ]
    library = made(tmp_path, {"few.md": "\n".join(entries)})
    composed, _ = answered("How can soft otters carry eggs without cracking them?", intent, library)
    assert [hit.paper.title for hit in composed.hits] == ["Soft Otters"]
    lead = "overview_one" if intent is Intent.OVERVIEW else "recommended_one"
    assert composed.text.startswith(words("en")[lead])


def test_a_title_with_the_terms_asked_for_counts(
    collection: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = understand("grasping by imitation", collection.dictionary)
    selection = Selection(query, retrieve(query, collection), collection, None, threading.Event())

    def score() -> float:
        found = choosing.ranked(selection, "grasping by imitation")
        return next(hit.score for hit in found if hit.paper.arxiv_id == "2703.00006")

    with_titles = score()
    monkeypatch.setattr(choosing, "TITLED", 0.0)
    assert with_titles > score()


def test_how_many_gives_the_count_first(collection: Library) -> None:
    composed, _ = answered("How many papers are about robot grasping?", Intent.LIST, collection)
    first = composed.text.strip().split("\n")[0]
    assert re.match(r"\d+ of \d+ papers", first), first


def test_a_paper_is_not_similar_to_itself(collection: Library) -> None:
    composed, _ = answered("MossTouch와 비슷한 논문은?", Intent.SIMILAR, collection)
    assert "2703.00003" not in {hit.paper.arxiv_id for hit in composed.hits}


def before(*papers: str) -> tuple[Turn, ...]:
    return (Turn("로봇 파지 방법들을 설명해줘", "…", papers, intent=Intent.OVERVIEW),)


def test_the_answer_before_is_restyled_from_its_own_papers(collection: Library) -> None:
    turns = before("2703.00001", "2703.00002", "2703.00004")
    table, _ = answered("표로 정리해줘", Intent.RESTYLE, collection, conversation=turns)
    assert table.text.count("\n| **") == 3
    short, _ = answered("두 문장으로 줄여줘", Intent.RESTYLE, collection, conversation=turns)
    assert [hit.paper.arxiv_id for hit in short.hits] == ["2703.00001", "2703.00002"]
    second, _ = answered("두 번째 논문을 자세히", Intent.RESTYLE, collection, conversation=turns)
    assert [hit.paper.arxiv_id for hit in second.hits] == ["2703.00002"]
    for composed in (table, short, second):
        check(composed, collection)


@pytest.mark.parametrize(
    ("asked", "shorter", "translated"),
    [
        ("Explain {} in 3 points", "shorter please", "in Korean please"),
        ("{}를 3가지 요점으로 설명해줘", "더 짧게 해줘", "영어로 해줘"),
    ],
)
def test_one_paper_is_told_again_at_the_length_that_was_asked_for(
    collection: Library, asked: str, shorter: str, translated: str
) -> None:
    paper = max(collection.snapshot.papers.all(), key=lambda paper: len(document(paper)))
    turns: tuple[Turn, ...] = (Turn(asked.format(paper.title), "…", (paper.arxiv_id,), intent=Intent.PAPER),)
    told, _ = answered(turns[0].question, Intent.PAPER, collection)
    whole, _ = answered(translated, Intent.RESTYLE, collection, conversation=turns)
    short, _ = answered(shorter, Intent.RESTYLE, collection, conversation=turns)
    turns += (Turn(shorter, "…", (paper.arxiv_id,), intent=Intent.RESTYLE),)
    again, _ = answered(translated, Intent.RESTYLE, collection, conversation=turns)
    assert len(told.sentences) == len(whole.sentences) > len(short.sentences) == len(again.sentences) == 3


def test_a_shorter_answer_quotes_what_its_reader_cannot_read(collection: Library) -> None:
    """Korean sentences are no running text for an English reader."""
    turns = before("2703.00001", "2703.00002", "2703.00004")
    english, _ = answered("shorter please", Intent.RESTYLE, collection, conversation=turns)
    assert not count_letters(re.sub(r"(?m)^\s*>.*$", "", english.text), "가-힣")
    korean, _ = answered("더 짧게 해줘", Intent.RESTYLE, collection, conversation=turns)
    assert ">" not in korean.text


def test_more_recommendations_are_of_other_papers(collection: Library) -> None:
    question = "I want to grasp with tactile sensing in clutter, what should I read?"
    first, _ = answered(question, Intent.RECOMMEND, collection)
    told = tuple(hit.paper.arxiv_id for hit in first.hits)
    turns = (Turn(question, "…", told, intent=Intent.RECOMMEND),)
    more, _ = answered("another one", Intent.RECOMMEND, collection, conversation=turns)
    assert more.hits
    assert not {hit.paper.arxiv_id for hit in more.hits} & set(told)


def test_an_answer_whose_papers_are_gone_cannot_be_restyled(collection: Library) -> None:
    turns = [Turn("로봇 파지 논문은?", "…", ("2703.99999",), intent=Intent.LIST)]
    composed, _ = answered("두 문장으로 줄여줘", Intent.RESTYLE, collection, conversation=tuple(turns))
    assert composed.text
    assert not composed.hits


def test_only_those_of_the_papers_before_whose_digest_says_so(collection: Library) -> None:
    turns = before("2703.00001", "2703.00002", "2703.00004", "2703.00005")
    composed, _ = answered("그중에 시뮬레이션을 쓰는 것만", Intent.RESTYLE, collection, conversation=turns)
    assert {hit.paper.arxiv_id for hit in composed.hits} == {"2703.00004", "2703.00005"}


def test_a_list_leads_with_how_its_papers_do_it_and_stays_complete(collection: Library) -> None:
    composed, _ = answered("로봇 파지 논문 목록", Intent.LIST, collection)
    lead, _, rest = composed.text.partition("\n\n")
    assert re.findall(r"\[(\d)\]", lead) == ["1", "2", "3"]
    assert "편 가운데" in rest
    check(composed, collection)


def test_what_goes_wrong_is_told_where_it_is_asked_for(tides: Library) -> None:
    said = "이 논문은 EBD를 위한 새로운 방법을 제안합니다. EBD는 긴 문장에서 반복이 생기는 한계가 있습니다."
    paper = Paper("2704.99999", "Ebb", ("2027-04-01",), (Section("What's New", said),))
    weights = tides.lexical.query_terms("EBD")
    (plain,) = choosing.telling(paper, weights, tides)
    (wrong,) = choosing.telling(paper, weights, tides, faults=True)
    assert "제안합니다" in plain.text
    assert "한계가 있습니다" in wrong.text


def test_that_none_of_those_says_so_is_told(collection: Library) -> None:
    turns = before("2703.00001", "2703.00002")
    query = understand("which of these sing opera?", collection.dictionary, turns)
    evidence = retrieve(query, collection)
    selection = Selection(query, evidence, collection, None, threading.Event(), turns)
    refused = ROUTES[Intent.LIST].checks[-1](selection)
    assert refused is not None
    assert refused.text.startswith(words("en")["none_of_those"].format(count=2))


def test_what_no_paper_could_answer_is_refused_without_one(collection: Library) -> None:
    composed, _ = answered("What is the weather?", Intent.OFF, collection)
    assert composed.refused
    assert not composed.hits
    assert not composed.nearest


TIDE = """## Daily Papers (2027-04-01)

### [TideNet: Faster Ebb Decoding](https://arxiv.org/abs/2704.00001)

- **What's New**: TideNet은 조류 디코딩(ebb decoding, EBD)을 두 배 빠르게 하는 새로운 방법을 제안합니다.

### [EBD-Flow: Ebb Decoding for Speech](https://arxiv.org/abs/2704.00002)

- **What's New**: EBD-Flow는 음성에 조류 디코딩(ebb decoding, EBD)을 적용하는 혁신적인 프레임워크입니다.

### [Measuring Harbour Models](https://arxiv.org/abs/2704.00003)

- **What's New**: 이 논문은 작은 모델의 지연 시간을 측정합니다.
- **Background**: 조류 디코딩(ebb decoding)은 토큰을 뒤에서부터 골라 내는 생성 방식입니다.

### [Wharf: Harbour Sampling at Scale](https://arxiv.org/abs/2704.00004)

- **What's New**: 조류 디코딩(ebb decoding)은 항만 샘플링(harbour sampling)과 달리 온도를 쓰지 않습니다.
- **Background**: 항만 샘플링(harbour sampling)은 온도를 단계마다 바꾸는 샘플링 기법입니다. \
하지만 EBD는 긴 문장에서 반복이 생기는 한계가 있습니다.
"""


@pytest.fixture(scope="module")
def tides(tmp_path_factory: pytest.TempPathFactory) -> Library:
    sample = {file.name: file.read_text(encoding="utf-8") for file in (CHECKOUT / "digests").glob("*.md")}
    return made(tmp_path_factory.mktemp("tides"), {**sample, "tide.md": TIDE})


@pytest.mark.parametrize("question", ["What is ebb decoding?", "조류 디코딩이 뭐야?", "EBD가 뭐야?"])
def test_a_concept_is_defined_by_the_sentence_that_says_what_it_is(question: str, tides: Library) -> None:
    composed, _ = answered(question, Intent.CONCEPT, tides)
    first = composed.sentences[0].support[0]
    assert composed.hits[first.n - 1].paper.arxiv_id == "2704.00003"
    assert "토큰을 뒤에서부터 골라 내는 생성 방식입니다" in first.quote


def test_a_concept_that_no_digest_defines_is_said_to_be_undefined(tides: Library) -> None:
    composed, _ = answered("What is harbour ranking?", Intent.CONCEPT, tides)
    assert words("en")["not_defined"] in composed.text
    assert words("en")["what_it_is"] not in composed.text


def test_what_a_concept_is_told_apart_from_is_defined_too(tides: Library) -> None:
    composed, _ = answered("조류 디코딩이 뭐야? 항만 샘플링이랑 뭐가 달라?", Intent.CONCEPT, tides)
    text = composed.text
    assert text.index("생성 방식입니다") < text.index("온도를 단계마다 바꾸는 샘플링 기법입니다")


def test_what_goes_wrong_is_said_of_the_concept_itself(tides: Library) -> None:
    composed, _ = answered("What is ebb decoding and what goes wrong with it?", Intent.CONCEPT, tides)
    part = composed.text.partition(words("en")["its_faults"])[2]
    assert "긴 문장에서 반복이 생기는 한계" in part


def test_a_recommendation_says_what_of_the_purpose_each_digest_speaks_of(collection: Library) -> None:
    composed, _ = answered(
        "I want to grasp with tactile sensing in clutter, what should I read?", Intent.RECOMMEND, collection
    )
    lines = {line.partition("**")[2].partition("**")[0]: line for line in composed.text.splitlines()}
    assert "tactile sensing" in lines["MossTouch"].partition("—")[2]
    assert all("tactile" not in line.partition("—")[2] for name, line in lines.items() if name == "HawkGrip")


def test_both_sides_of_a_condition_are_an_overview(collection: Library) -> None:
    composed, _ = answered("카메라 없이 되는 로봇 파지와 아닌 것으로 나눠서", Intent.CONDITION, collection)
    assert {hit.paper.arxiv_id for hit in composed.hits} >= {"2703.00001", "2703.00002"}


def test_a_group_is_named_in_the_readers_language_by_a_term_of_the_digests(collection: Library) -> None:
    papers = of_the_day(collection)
    names = {
        language: [g.name for g in groups.found(papers, "grasping", language, collection)]
        for language in ("ko", "en")
    }
    assert "시뮬레이션(simulation)" in names["ko"]
    assert "simulation" in names["en"]


@pytest.mark.parametrize(
    "question", ["recommend a paper with at least 15 votes", "추천 15표 이상 논문 중 하나 추천해줘"]
)
def test_a_recommendation_obeys_its_conditions(collection: Library, question: str) -> None:
    composed, _ = answered(question, Intent.RECOMMEND, collection)
    told = [hit.paper for hit in composed.hits]
    assert told and all((paper.votes or 0) >= 15 for paper in told)
    assert min(paper.date for paper in told) < "2027-01-01"


@pytest.mark.parametrize(
    "question",
    [
        "recommend me a paper",
        "give me something to read",
        "논문 추천해줘",
        "읽을 만한 거 추천해줘",
        "papers to read",
    ],
)
def test_without_a_purpose_the_most_voted_of_the_newest_week_are_recommended(
    collection: Library, question: str
) -> None:
    composed, _ = answered(question, Intent.RECOMMEND, collection)
    last = date.fromisoformat(collection.snapshot.papers.last_day)
    week = collection.snapshot.papers.ids(Filters(since=(last - timedelta(6)).isoformat()))
    told = [hit.paper for hit in composed.hits]
    assert {paper.arxiv_id for paper in told} <= set(week)
    assert [paper.votes or 0 for paper in told] == sorted((p.votes or 0 for p in told), reverse=True)
    assert collection.snapshot.papers.last_day in composed.text
