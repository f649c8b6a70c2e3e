"""Sweeps of questions, conversations and evidence: whatever they are, prompt and answer fit the
context window.

The ten thousand: `python -m pytest tests/test_overflow.py -m "not slow" -k sweep --sweeps 40`, with
the small model's tokenizer where it is pulled.
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from rag_app.answer import drafting, prompting
from rag_app.answer.selection import Selection
from rag_app.answer.templates import Composed
from rag_app.errors import QuestionError
from rag_app.llm import binding
from rag_app.llm.chat_template import ChatTemplate
from rag_app.llm.protocol import Message
from rag_app.llm.vocabulary import ModelVocabulary
from rag_app.pipeline import LONGEST_QUESTION, answer
from rag_app.records import Evidence, Filters, Hit, Intent, Paper, Query, Section, Turn
from rag_app.search.passages import with_best_passages
from tests.conftest import Sweep
from tests.helpers.checkout import CHECKOUT
from tests.helpers.fakes import LAB, ScriptedGenerator, lab

WEIGHTS = CHECKOUT / "models" / "qwen2.5-coder-0.5b-instruct-q4.gguf"
CONTEXTS = [1024, 2048, 4096, 8192, 32768]
ALPHABETS = {
    "english": "the a model learns video from few robots with graphs data 75% LoRA agents better".split(),
    "korean": "모델은 비디오를 생성하고 로봇을 학습하며 성능이 75% 향상되었습니다 그래프 데이터".split(),
    "signs": [*"()[]{}<>|*_`~#$%^&+=-;:,.!?/'", "<|im_end|>", "[INST]", "&amp;"],
    "emoji": "🧪 🤖 👩‍🔬 📈 🇰🇷 👨‍👩‍👧‍👦".split(),
    "scripts": "模型 学习 動画を モデル модель يتعلم โมเดล मॉडल Ὀδυσσεύς".split(),
    "invisible": ["\u200b", "\u202e", "\U000e0041", "\x07", "a", "\ufeff"],
    "rare": ["\U00013000", "\U0001d5a0", "ﷺ", "㍿", "e" + "\u0301" * 12, "\U0010ffff"],
}


# --- tokenizers ---------------------------------------------------------------------------------


class Syllables:
    """A poor vocabulary: up to three ASCII characters a token, and one token a byte of any other."""

    bos, eos, wants_bos, template = -1, -1, False, ""

    def tokenize(self, text: str, *, special: bool) -> list[int]:
        pieces = re.findall(r"[ -~]{1,3}|[^ -~]", text)
        return [0] * sum(1 if piece[0] <= "~" else len(piece.encode(errors="replace")) for piece in pieces)

    def piece(self, token: int, *, special: bool = False) -> bytes:
        return b""


def vocabulary_of(path: Path) -> ModelVocabulary:
    """The small model's own tokenizer and chat template, without its weights."""
    api = binding.library()
    parameters = api.llama_model_default_params()
    parameters.vocab_only = True
    return ModelVocabulary(api.llama_model_load_from_file(str(path).encode(), parameters))


@cache
def tokenizer(name: str) -> Syllables | ModelVocabulary:
    return vocabulary_of(WEIGHTS) if name == "real" else Syllables()


@cache
def template_of(name: str) -> ChatTemplate:
    return ChatTemplate(tokenizer(name).template, tokenizer(name))


@dataclass
class Window(ScriptedGenerator):
    """An engine that refuses what the real one would refuse, and remembers how near it came."""

    tokens: str = "poor"
    # tokens with the answer, and what stood there
    prompts: list[tuple[int, str]] = field(default_factory=list)

    def count_tokens(self, text: str) -> int:
        return len(tokenizer(self.tokens).tokenize(text, special=False))

    def _takes(self, messages: Sequence[Message], prefix: str, room: int) -> None:
        prompt = len(template_of(self.tokens).tokens(messages, prefix))
        assert 1 <= room <= self.context - prompt, f"{prompt} + {room} tokens in a context of {self.context}"
        self.prompts.append((prompt + room, messages[-1]["content"]))

    def stream(
        self,
        messages: Sequence[Message],
        *,
        prefix: str = "",
        grammar: str = "",
        max_tokens: int = 512,
        stop: threading.Event | None = None,
    ) -> Iterator[str]:
        self._takes(messages, prefix, max_tokens)
        yield from super().stream(messages, prefix=prefix, grammar=grammar, max_tokens=max_tokens, stop=stop)

    def choose(
        self,
        messages: Sequence[Message],
        options: Sequence[str],
        *,
        prefix: str = "",
        stop: threading.Event | None = None,
    ) -> tuple[float, ...]:
        self._takes(messages, prefix, 8)
        return super().choose(messages, options, prefix=prefix, stop=stop)


# --- random stories -----------------------------------------------------------------------------


def text(rng: random.Random, longest: int) -> str:
    """Of any length up to `longest` words, short ones as often as long ones."""
    words = ALPHABETS[rng.choice(list(ALPHABETS))]
    count = round(longest ** rng.random())
    blank = rng.choice([" ", " ", " ", "", "\n"])
    return blank.join(rng.choices(words, k=count)) + rng.choice([".", "?", "", " [1].", "\n\n"])


def paper(rng: random.Random, arxiv_id: str) -> Paper:
    """A paper of the collection with another digest."""
    sections = [Section(f"Part {n}", text(rng, 600).strip() or "글") for n in range(rng.randint(0, 4))]
    return Paper(arxiv_id, text(rng, 60) or "T", (), tuple(sections))


def says(rng: random.Random) -> str:
    """What a model may write: claims of any length over any paper, refusals, nonsense."""
    lines = [f"[{rng.randint(1, 4)}] {text(rng, 300)}" for _ in range(rng.randint(1, 6))]
    return rng.choice(["\n".join(lines), prompting.REFUSAL, "", text(rng, 50)])


def window(rng: random.Random, tokens: str) -> Window:
    device = rng.choice(["CPU, 2 threads", "RTX, 28/28 layers"])
    return Window([says(rng)], size=400, tokens=tokens, device=device, context=rng.choice(CONTEXTS))


def drafted(rng: random.Random, engine: Window) -> Composed:
    """A draft over as many papers as a question may name."""
    ids = [held.arxiv_id for held in lab().snapshot.papers.all()]
    papers = [paper(rng, arxiv_id) for arxiv_id in rng.sample(ids, rng.choice([1, 1, 2, 3, 5, 5, 12, 40]))]
    question = text(rng, 800)[:LONGEST_QUESTION]
    intent = rng.choice([Intent.LOOKUP, Intent.COMPARE])
    named = tuple(p.arxiv_id for p in papers if rng.random() < 0.8) if rng.random() < 0.6 else ()
    query = Query(question, question, rng.choice(["en", "ko"]), intent, papers=named)
    hits = tuple(Hit(p, 9.0 - 0.1 * place) for place, p in enumerate(papers))
    selection = Selection(query, Evidence(hits, strength=9.0), lab(), engine, threading.Event())
    steps = drafting.draft(selection)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            composed: Composed = end.value
            return composed


def conversation(rng: random.Random) -> list[Turn]:
    """Up to hundreds of turns, about papers of the collection and about papers that have left it."""
    ids = [*re.findall(r"abs/([\d.]+)", LAB), "9901.00001"]
    return [
        Turn(
            rng.choice(
                [text(rng, 400), "What does PickBot learn?", "and in May?", "which has the most votes?"]
            ),
            text(rng, 400),
            tuple(rng.choices(ids, k=rng.randint(0, 4))),
            Filters(since=rng.choice(["", "2024-05-01"])),
            rng.choice(list(Intent)),
        )
        for _ in range(round(500 ** rng.random()))
    ]


QUESTIONS = [
    "What does PickBot learn? ",
    "Compare PickBot and FoldNet ",
    "그것의 성공률은? ",
    "and in May? ",
    "",
]
TOKENIZERS = [
    "poor",
    pytest.param(
        "real", marks=[pytest.mark.model, pytest.mark.skipif(not WEIGHTS.exists(), reason="not pulled")]
    ),
]


@pytest.mark.parametrize("tokens", TOKENIZERS)
@pytest.mark.parametrize("count", [100, pytest.param(2_000, marks=pytest.mark.slow)])
def test_a_sweep_of_evidence_never_overflows_the_context(sweep: Sweep, count: int, tokens: str) -> None:
    fullest, prompts, left_out = 0.0, 0, 0
    for seed in sweep(count):
        rng = random.Random(seed)  # noqa: S311 - repeatable
        engine = window(rng, tokens)
        composed = drafted(rng, engine)
        fullest = max([fullest, *(size / engine.context for size, _ in engine.prompts)])
        prompts += len(engine.prompts)
        left_out += composed.left_out > 0
    print(f"{prompts:,} prompts, {left_out:,} with less than all evidence, the fullest at {fullest:.0%}")
    assert prompts > 0 < left_out


@pytest.mark.parametrize("tokens", TOKENIZERS)
@pytest.mark.parametrize("count", [30, pytest.param(1_000, marks=pytest.mark.slow)])
def test_a_sweep_of_conversations_never_overflows_the_context(sweep: Sweep, count: int, tokens: str) -> None:
    for seed in sweep(count):
        rng = random.Random(seed)  # noqa: S311 - repeatable
        question = (rng.choice(QUESTIONS) + text(rng, 800))[:LONGEST_QUESTION]
        engine = window(rng, tokens)
        try:
            done, _ = answer(question, lab(), engine, conversation=conversation(rng))
        except QuestionError:
            assert not question.strip()
            continue
        assert done.text


# --- in what order ------------------------------------------------------------------------------


def test_no_sentence_is_left_out_before_a_less_relevant_one() -> None:
    for seed in range(50):
        rng = random.Random(seed)  # noqa: S311 - repeatable
        sentences = [f"Sentence {n} says {'word ' * rng.randint(1, 40)}." for n in range(30)]
        engine = Window(["NONE"], context=2048)
        question = "What is said?"
        source = Paper("2405.10000", "T", (), (Section("Summary", " ".join(sentences)),))
        query = Query(question, question, "en", papers=(source.arxiv_id,))
        hit = with_best_passages(Hit(source, 9.0), {}, lab(), limit=60)
        prompt = prompting.build(query, [hit], count_tokens=engine.count_tokens, budget=700, room=200)
        kept = [int(n) for n in re.findall(r"- Sentence (\d+)", prompt.messages[-1]["content"])]
        ranked = [int(passage.text.split()[1]) for passage in hit.passages]
        assert sorted(kept) == sorted(ranked[: len(kept)])
        assert prompt.left_out == 30 - len(kept) > 0


def test_a_best_sentence_that_is_too_long_is_cut_not_lost() -> None:
    engine = Window(["NONE"], context=2048)
    source = Paper("2405.10000", "T", (), (Section("Summary", "It says " + "word " * 3000),))
    hit = with_best_passages(Hit(source, 9.0), {}, lab())
    query = Query("What?", "What?", "en", papers=(source.arxiv_id,))
    prompt = prompting.build(query, [hit], count_tokens=engine.count_tokens, budget=500, room=200)
    assert "- It says word word" in prompt.messages[-1]["content"]


def test_the_last_papers_are_left_out_before_the_first() -> None:
    engine = Window(["NONE"], context=2048)
    hits = [
        Hit(Paper(f"2405.1{n:04d}", f"Paper {n}", (), (Section("Summary", f"It is {n}."),)), 9.0)
        for n in range(50)
    ]
    query = Query("What?", "What?", "en", Intent.COMPARE)
    prompt = prompting.build(query, hits, count_tokens=engine.count_tokens, budget=1000, room=300)
    assert prompt.papers == tuple(hit.paper.arxiv_id for hit in hits[: len(prompt.papers)])
    assert prompt.left_out >= 50 - len(prompt.papers) > 0
    assert prompt.max_tokens == 300


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What does PickBot learn? ", "read only its beginning"),
        ("PickBot은 무엇을 학습하나요? ", "앞부분만 읽었습니다"),
    ],
)
def test_a_question_that_is_cut_says_so_in_the_answer(question: str, said: str) -> None:
    engine = Window(["[1] PickBot learns whole-body grasping."], context=4096)
    long, _ = answer(question + ("단어 " if question[-3] >= "가" else "word ") * 700, lab(), engine)
    short, _ = answer(question, lab(), engine)
    assert said in long.text
    assert said not in short.text


def test_what_was_left_out_is_counted_in_the_answer() -> None:
    source = Paper("2405.10000", "T", (), (Section("Summary", f"It says {'so ' * 30}. " * 50),))
    query = Query("What?", "What?", "en", papers=(source.arxiv_id,))
    engine = Window(["NONE"], context=1024)
    selection = Selection(
        query, Evidence((Hit(source, 9.0),), strength=9.0), lab(), engine, threading.Event()
    )
    steps = drafting.draft(selection)
    with pytest.raises(StopIteration) as end:
        while True:
            next(steps)
    assert end.value.value.left_out > 0
