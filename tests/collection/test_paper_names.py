"""What finding names promises: a paper is found in the spellings people type, and ordinary words
name nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from rag_app.collection import paper_names
from rag_app.collection.name_book import NameBook, Named
from rag_app.records import Paper, Section

FIELD = tuple(
    Paper(f"2402.{number:05d}", f"Study {number} of attention", ("2024-02-01",),
          (Section("Summary", "Transformer와 GPT를 attention으로 비교. The memory of agents, ReLU, a QV cache."),))
    for number in range(40)
)  # fmt: skip
PAPERS = (
    Paper("2401.00001", "WildZebra: Quadruped Gaits in the Wild", ("2024-01-01",),
          (Section("Summary", "WildZebra는 StripeBench에서 82%를 얻었습니다."),)),
    Paper("2401.00002", "Zorro 3: Open Post-Training", ("2024-01-01",), (Section("Summary", "Zorro 3를 공개합니다."),)),
    Paper("2401.00003", "Heron", ("2024-01-02",), (Section("Summary", "ZORRO3보다 낫습니다. WildZebra도 이깁니다."),)),
    Paper("2401.00005", "Turning CSV Sketches into Charts at Stripe-Level Detail", ("2024-01-02",),
          (Section("Summary", "CSV를 stripe-level로 씁니다."),)),
    Paper("2401.00006", "STEPS: Planning by Steps", ("2024-01-02",), (Section("Summary", "단계로 계획합니다."),)),
    Paper("2401.00007", "Alter: Scaling up Vocabularies", ("2024-01-02",), (Section("Summary", "어휘를 키웁니다."),)),
    Paper("2401.00008", "WebHornbill: Agents", ("2024-01-02",), (Section("Summary", "웹 에이전트입니다."),)),
    Paper("2401.00009", "Text-to-4D: Moving Scenes", ("2024-01-02",), (Section("Summary", "장면입니다."),)),
    Paper("2401.00004", "Video-Marmot: Long Video Understanding", ("2024-01-02",), (Section("Summary", "긴 비디오."),)),
    Paper("2401.00010", "Speech at Scale", ("2024-01-02",),
          (Section("Summary", "음성 모델 Murmur를 학습했습니다. Dingo Flow는 씁니다. Kestrel은 다릅니다."),)),
    Paper("2401.00017", "Dhole: Pruning for QV-Cache Compression", ("2024-01-02",),
          (Section("Summary", "줄입니다."),)),
    Paper("2401.00011", r"Sorting $k$-heaps for $5 to $10 at 2$\times$ Speed", ("2024-01-02",),
          (Section("Summary", "A heap is sorted."),)),
    Paper("2401.00012", r"$\tau$-Sled: Sleds in Rough Terrain", ("2024-01-02",), (Section("Summary", "Sleds."),)),
    Paper("2401.00013", "φ-Ladder", ("2024-01-02",), (Section("Summary", "Ladders."),)),
    Paper("2401.00014", r"$\text{M}^{3}$Otter", ("2024-01-02",), (Section("Summary", "Otters."),)),
    Paper("2401.00015", r"Rivers with \textsc{Weir-Tune}", ("2024-01-02",), (Section("Summary", "Rivers."),)),
    Paper("2401.00016", "Puffin-Kite: Kites at Sea", ("2024-01-02",), (Section("Summary", "Kites."),)),
    Paper("2401.00031", "This&That: Gestures", ("2024-01-02",), (Section("Summary", "손짓입니다."),)),
    Paper("2401.00032", "BEHAVIOR: Tasks", ("2024-01-02",), (Section("Summary", "과제입니다."),)),
    Paper("2401.00033", "ReflectDiT: Images", ("2024-01-02",), (Section("Summary", "그림입니다."),)),
    Paper("2401.00018", "QUOKKABENCH: Jumps", ("2024-01-02",), (Section("Summary", "It has jumps."),)),
    Paper("2401.00019", "CURLEW: Flights", ("2024-01-02",), (Section("Summary", "It flies over memory."),)),
    Paper("2401.00034", "HMN: Hopping-Magpie Networks", ("2024-01-02",), (Section("Summary", "It hops."),)),
    Paper("2401.00035", "Magpie: Bird Songs", ("2024-01-02",), (Section("Summary", "It sings."),)),
    Paper("2401.00030", "AttendIon: Recall", ("2024-01-02",), (Section("Summary", "It recalls."),)),
    Paper("2401.00036", "SandGannet 2 and The Kelp v3: Next", ("2024-01-02",),
          (Section("Summary", "SandMartin2와 Whimbrel-XL을 씁니다."),)),
    *(Paper(f"2401.0002{number}", f"Study {number} of kites", ("2024-01-02",),
            (Section("Summary", f"It is better than {spelling}."),))
      for number, spelling in enumerate(("PuffinKite", "PuffinKite", "Puffin-Kite", "Puffin-Kite"))),
    *FIELD,
)  # fmt: skip
IDS = {paper.arxiv_id for paper in PAPERS}
WORDS = {
    word.casefold() for paper in PAPERS for s in paper.sections for word in paper_names.TOKEN.findall(s.text)
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> NameBook:
    file: Path = tmp_path_factory.mktemp("names") / "names.json"
    paper_names.save(paper_names.mine(PAPERS), file)
    return NameBook.load(file)


def find(book: NameBook, text: str) -> Named:
    return book.find(text, lambda word: word.casefold() in WORDS, IDS.__contains__)


@pytest.mark.parametrize(
    ("spelling", "paper"),
    [
        ("WildZebra", "2401.00001"), ("wildzebra", "2401.00001"), ("Wild-Zebra", "2401.00001"),
        ("Wild Zebra", "2401.00001"),
        ("WILDZEBRA", "2401.00001"), ("WildZebrra", "2401.00001"), ("WlidZebra", "2401.00001"),
        ("WildZebra-7B", "2401.00001"), ("WildZebra's", "2401.00001"), ("Zorro 3's", "2401.00002"),
        ("SandGannet 2", "2401.00036"), ("sandgannet2", "2401.00036"), ("Kelp v3", "2401.00036"),
        ("Zorro 3", "2401.00002"), ("zorro 3", "2401.00002"), ("Zorro3", "2401.00002"), ("zorro-3", "2401.00002"),
        ("VideoMarmot", "2401.00004"), ("video-marmot", "2401.00004"), ("Video Marmot", "2401.00004"),
        ("2401.00003", "2401.00003"), ("2401.00003v2", "2401.00003"), ("arXiv:2401.00003", "2401.00003"),
        ("https://arxiv.org/abs/2401.00003v1", "2401.00003"),
        ("Quadruped Gaits in the Wild", "2401.00001"),
        ("WildZebra: Quadruped Gaits in the Wild", "2401.00001"),
        ("wildzebra: quadruped gaits in the wild", "2401.00001"),
        ("StripeBench", "2401.00001"),
        ("Sorting k-heaps", "2401.00011"), ("sorting k-heaps", "2401.00011"),
        ("Sorting k-heaps for $5 to $10 at 2x speed", "2401.00011"), ("τ-Sled", "2401.00012"),
        ("tau-Sled", "2401.00012"), ("Tau-sled", "2401.00012"), ("φ-Ladder", "2401.00013"),
        ("phi-ladder", "2401.00013"), ("M3Otter", "2401.00014"), ("M^3Otter", "2401.00014"),
        ("Weir-Tune", "2401.00015"), ("Hopping-Magpie Networks", "2401.00034"),
    ],
)  # fmt: skip
def test_a_paper_is_found_in_any_spelling_and_beside_korean_particles(
    book: NameBook, spelling: str, paper: str
) -> None:
    for question in (
        spelling,
        f"What is {spelling}?",
        f"{spelling}의 한계는?",
        f"what does {spelling} report",
    ):
        found = find(book, question)
        assert found.mentions[0].papers[0] == paper
        assert found.unknown == ()


@pytest.mark.parametrize("spelling", ["Puffin-Kite", "puffin-kite", "Puffin Kite", "PuffinKite"])
def test_a_title_keeps_its_name_however_many_write_of_it(book: NameBook, spelling: str) -> None:
    (mention,) = find(book, f"What does {spelling} do?").mentions
    assert mention.papers[0] == "2401.00016"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("sandmatrin2", "SandMartin2"), ("SndMartin2", "SandMartin2"), ("WildZebrra-agents", "WildZebra")],
)
def test_a_slip_in_a_name_that_stands_in_a_digest_or_before_a_variant_is_one(
    book: NameBook, typed: str, meant: str
) -> None:
    (mention,) = find(book, f"how many steps does {typed} take in the end").mentions
    assert (mention.typed, mention.taken_for) == (typed, meant)


@pytest.mark.parametrize("other", ["SandMartin3", "SandMartinet", "st:eps", "It was posted on Sunday"])
def test_what_only_resembles_a_name_is_none(book: NameBook, other: str) -> None:
    assert find(book, f"what does the one with {other} do in the end").mentions == ()


def test_a_likely_typo_is_reported_as_one(book: NameBook) -> None:
    mention = find(book, "How good is WildZebrra?").mentions[0]
    assert (mention.typed, mention.taken_for) == ("WildZebrra", "WildZebra")
    assert find(book, "How good is WildZebra?").mentions[0].taken_for == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Wlid Zebra", "WildZebra"),  # one word, typed as two
        ("Vidoe Marmot", "Video-Marmot"),
        ("quokabench", "QUOKKABENCH"),  # a long name in capitals is no ordinary word
    ],
)
def test_a_name_is_found_that_is_misspelled_in_two_words_or_in_small_letters(
    book: NameBook, typed: str, meant: str
) -> None:
    (mention,) = find(book, f"how many steps does {typed} take in the end").mentions
    assert (mention.typed, mention.taken_for) == (typed, meant)


@pytest.mark.parametrize(
    "word", ["curlews", "attentoin", "wild gulls", "those that", "behaving", "images reflected in"]
)
def test_a_misspelled_word_of_the_field_or_one_like_a_short_name_is_no_name(
    book: NameBook, word: str
) -> None:
    found = find(book, f"how many steps does the {word} take in the end")
    assert not [one for one in found.mentions if one.taken_for]


@pytest.mark.parametrize("spelling", ["ZORRO3", "Zorro 3"])
def test_the_paper_of_a_name_comes_before_one_that_only_mentions_it(book: NameBook, spelling: str) -> None:
    assert find(book, f"about {spelling}").mentions[0].papers[0] == "2401.00002"


def test_a_name_without_capitals_inside_counts_where_a_digest_presents_it(book: NameBook) -> None:
    assert find(book, "What is Murmur trained on?").mentions[0].papers == ("2401.00010",)
    assert find(book, "Murmur는 뭘로 학습했어?").mentions[0].typed == "Murmur"
    for other in ("What does the Flow do?", "What does the Kestrel do there?"):
        assert find(book, other).mentions == ()


@pytest.mark.parametrize("unknown", ["ZorkBlaster", "ZorkBlaster-7B", "FooQuux-9", "9999.99999"])
def test_a_name_that_no_paper_has_is_reported(book: NameBook, unknown: str) -> None:
    found = find(book, f"What is {unknown}?")
    assert found == Named((), (unknown,))


@pytest.mark.parametrize(
    "question",
    ["Which papers study attention?", "What is the memory of agents?", "GPT and Transformer", "HELLO", "a 405B model",
     "ReLU 대신 무엇을 쓰나?", "어텐션이란?", "in the wild", "", "3", "what's new?", "open post training",
     "labels at stripe-level detail", "how many steps ahead is it on branch coverage",
     "Where do I begin, and which prompt do I alter to measure it again?", "text-to-image models that are small",
     "How good is the Hornbill agent of last year?", "How do papers compress the QV cache?",
     "QV-Cache 압축 방법들"],
)  # fmt: skip
def test_ordinary_words_name_no_paper(book: NameBook, question: str) -> None:
    assert find(book, question).mentions == ()


@pytest.mark.parametrize(
    ("question", "paper"),
    [("STEPS는 몇 단계야?", "2401.00006"), ("steps 논문 요약해줘", "2401.00006"), ("what is steps?", "2401.00006"),
     ("How many papers does Alter compare itself with?", "2401.00007"), ("Alter의 점수는?", "2401.00007")],
)  # fmt: skip
def test_an_ordinary_word_is_a_name_where_it_stands_as_one(book: NameBook, question: str, paper: str) -> None:
    """By its capitals, beside another script, or where nothing else is asked."""
    assert find(book, question).mentions[0].papers == (paper,)


@pytest.mark.parametrize("other", ["WildZebra2", "WildZebra-2", "Zorro 4", "VideoMarmot-3"])
def test_another_number_is_another_model(book: NameBook, other: str) -> None:
    mentions = find(book, f"What does {other} report on everything that was asked about it?").mentions
    assert not any(mention.taken_for for mention in mentions)
    assert not any(mention.typed == other for mention in mentions)


def test_names_come_in_the_order_of_the_question(book: NameBook) -> None:
    found = find(book, "Compare Zorro 3 with WildZebra and 2401.00003")
    assert [mention.papers[0] for mention in found.mentions] == ["2401.00002", "2401.00001", "2401.00003"]
    assert [mention.typed for mention in found.mentions] == ["Zorro 3", "WildZebra", "2401.00003"]


def test_names_that_a_stroke_joins_are_two(book: NameBook) -> None:
    found = find(book, "WildZebra/Zorro3 on rough ground")
    assert [mention.papers[0] for mention in found.mentions] == ["2401.00001", "2401.00002"]
    assert find(book, "Bilby88Net/Quokka77Net").unknown == ("Bilby88Net", "Quokka77Net")
    assert find(book, "attention/Quokka77Net").unknown == ()  # what has a known part is known
    assert find(book, "Quokka-77/88").unknown == ("Quokka-77/88",)
