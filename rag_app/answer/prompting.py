"""Evidence and question -> the model's messages within a token budget, and the reply's grammar.

Knows: the prompt's layout, how many tokens evidence may take, and which shapes of answer the grammar
admits: lines that start with the number of a paper present in the prompt, or the refusal alone. Does
not know: how a language words it, the engine, or whether what it writes is true (`verification`
checks that).

The layout only appends (system, evidence, how to answer, question), so that a follow-up on the same
papers reuses the KV cache and reads only its question. Earlier turns are not repeated:
`search.understanding` has put what the question needs of them into its wording.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag_app.lang import LANGUAGES
from rag_app.llm.protocol import Message, Request
from rag_app.records import Hit, Intent, Passage, Query
from rag_app.text import numbers
from rag_app.text.cleaning import clean_line
from rag_app.text.truncate import longest

# what the model writes, alone, when the excerpts do not answer; shared with `verification`
REFUSAL = "NONE"

# the same whatever language the answer is in
SYSTEM = (
    "You answer questions about AI papers from numbered excerpts of their digests. "
    "Use only what the excerpts say. Start every line with the number of the paper it rests on, like [1]. "
    "Copy figures exactly, with what they measure. "
    f"If the excerpts do not contain the answer, write only {REFUSAL}."
)
TOKENS_A_LINE = 110  # the longest line an answer may take
LONGEST_SENTENCE = 200  # tokens of a digest's sentence that is translated, and of its translation
LONGEST_PHRASE = 48  # tokens of what shortens a sentence
SMALLEST_SHARE = 60  # tokens below which a paper's excerpt is not worth its place
# Tokens of a context that are neither excerpts nor answer: chat template, prefix, note of a repair.
BESIDES = 200
LONGEST_NOTE = 90  # tokens of a sentence that must not be said again


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that one answer is generated from."""

    messages: tuple[Message, ...]
    grammar: str
    papers: tuple[str, ...]  # arXiv id of [1], [2], ...
    max_tokens: int
    left_out: int  # sentences of evidence, and papers, that did not fit
    cut: bool  # the question did not fit whole
    prefix: str = ""  # how the answer begins, where that is settled

    @property
    def request(self) -> Request:
        """What a batch asks of the model."""
        return Request(self.messages, self.prefix, self.grammar, self.max_tokens)


def build(
    query: Query, hits: Sequence[Hit], *, count_tokens: Callable[[str], int], budget: int, room: int
) -> Prompt:
    """The prompt for `query` over the first of `hits` (in citation order): at most `budget` tokens
    of content, and an answer of at most `room` tokens.

    Each paper has an equal share; its least relevant sentences are left out first, then the last
    papers. A question that would take more than half of the budget is cut.
    """
    left = budget - count_tokens(SYSTEM)
    question, cut = _question(query, len(hits), count_tokens, left // 2)
    left -= count_tokens(question)
    kept = hits[: max(1, left // SMALLEST_SHARE)]
    excerpts, left_out = [], len(hits) - len(kept)
    for n, hit in enumerate(kept, start=1):
        excerpt, dropped = _excerpt(n, hit, query.language, count_tokens, left // len(kept))
        excerpts.append(excerpt)
        left_out += dropped
    content = "\n\n".join([*excerpts, question])
    compares = query.intent is Intent.COMPARE
    return Prompt(
        messages=(Message(role="system", content=SYSTEM), Message(role="user", content=content)),
        grammar=grammar(len(kept), query.language, every=compares),
        papers=tuple(hit.paper.arxiv_id for hit in kept),
        max_tokens=min(TOKENS_A_LINE * (len(kept) if compares else 1), room),
        left_out=left_out,
        cut=cut,
    )


def repaired(prompt: Prompt, failed: str, count_tokens: Callable[[str], int]) -> Prompt:
    """The same prompt with one more line: what must not be said again. Only the question is read again."""
    *before, last = prompt.messages
    said = _fitting(clean_line(failed), count_tokens, LONGEST_NOTE)
    note = f'Not in the excerpts: "{said}". Say only what they state, or {REFUSAL}.'
    return replace(prompt, messages=(*before, Message(role="user", content=f"{last['content']}\n{note}")))


def on_one(prompt: Prompt, place: int, language: str, *, opened: bool = True) -> Prompt:
    """The same prompt for an answer about the paper at `place` (from 0) alone, without a way to refuse;
    nothing before it is read again. It begins as an answer that finds a paper does where it is `opened`.
    """
    opening = LANGUAGES[language].prompts.opening if opened else ""
    return replace(prompt, grammar=_text_alone(language), prefix=f"[{place + 1}] {opening}".rstrip())


def translation(
    passage: Passage,
    place: int,
    language: str,
    count_tokens: Callable[[str], int],
    *,
    keep: Sequence[str] = (),
) -> Prompt:
    """The prompt for a digest's sentence in `language`, on a line that cites the paper at `place`
    (from 0); `keep` names the terms and figures that it must say.
    """
    prompts = LANGUAGES[language].prompts
    marker = f"[{place + 1}]"  # on both sides, as the model expects it where it has read it
    sentence = _fitting(numbers.rescaled(clean_line(passage.text), language), count_tokens, LONGEST_SENTENCE)
    kept = f"({', '.join(keep)})\n\n" if keep else ""
    content = f"{marker} {sentence}\n\n{kept}{prompts.translate}"
    return Prompt(
        messages=(Message(role="system", content=prompts.translator), Message(role="user", content=content)),
        grammar=_text_alone(language),
        papers=(passage.arxiv_id,),
        max_tokens=min(2 * count_tokens(sentence) + 16, LONGEST_SENTENCE),
        left_out=0,
        cut=False,
        prefix=marker,
    )


def shortened(sentence: str, language: str, count_tokens: Callable[[str], int], failed: str = "") -> Request:
    """What asks for a noun phrase in place of a sentence, other than the one that `failed` its check."""
    prompts = LANGUAGES[language].prompts
    messages = [Message(role="system", content=prompts.shortener)]
    for longer, phrase in prompts.shortened:
        messages += [Message(role="user", content=longer), Message(role="assistant", content=phrase)]
    content = _fitting(clean_line(sentence), count_tokens, LONGEST_SENTENCE)
    messages.append(Message(role="user", content=content))
    if failed:
        again = _fitting(clean_line(failed), count_tokens, LONGEST_NOTE)
        messages += [
            Message(role="assistant", content=again),
            Message(role="user", content=prompts.shortener),
        ]
    return Request(tuple(messages), grammar=_text_alone(language), max_tokens=LONGEST_PHRASE)


def _text_alone(language: str) -> str:
    """GBNF for one line of text, where its marker is settled."""
    return f"root ::= text\n{_text(language)}"


def _text(language: str) -> str:
    return f"text ::= char+\nchar ::= {LANGUAGES[language].prompts.characters}\n"


def grammar(papers: int, language: str, *, every: bool) -> str:
    """GBNF for an answer over `papers` papers: one line citing one of them, or (`every`) a line for
    each in order.
    """
    line = [f'"[{n}] " text' for n in range(1, papers + 1)]
    claims = ' "\\n" '.join(line) if every else " | ".join(line)
    return f'root ::= claims | "{REFUSAL}"\nclaims ::= {claims}\n{_text(language)}'


def _question(query: Query, papers: int, count_tokens: Callable[[str], int], room: int) -> tuple[str, bool]:
    """(what is asked of the answer, and the question, in at most `room` tokens; whether it had to be cut)."""
    kind = "answer" if query.papers or papers == 1 else "search"
    if query.intent is Intent.COMPARE and papers > 1:
        kind = "compare"
    prompts = LANGUAGES[query.language].prompts
    wish = prompts.ask.format(length=prompts.lengths[kind])
    asked = clean_line(query.standalone)
    kept = _fitting(asked, count_tokens, room - count_tokens(f"{wish}\n\nQuestion: "))
    return f"{wish}\n\nQuestion: {kept}", kept != asked


def _fitting(text: str, count_tokens: Callable[[str], int], room: int) -> str:
    """The longest beginning of the text that has at most `room` tokens."""
    return longest(text, lambda beginning: count_tokens(beginning) <= room)


def _excerpt(
    n: int, hit: Hit, language: str, count_tokens: Callable[[str], int], share: int
) -> tuple[str, int]:
    """(heading and the paper's best sentences that fit `share` tokens, in digest order; how many
    were left out).

    The title takes at most half of the share. A best sentence that is longer than the rest of it is
    cut.
    """
    heading = f"[{n}] {_fitting(clean_line(hit.paper.title), count_tokens, share // 2 - 4)}"
    left = share - count_tokens(heading) - 2  # of the empty line below
    kept: list[tuple[Passage, str]] = []
    for passage in hit.passages:
        text = numbers.rescaled(clean_line(passage.text), language)
        text = text if kept else _fitting(text, count_tokens, left - 2)
        cost = count_tokens(text) + 2
        if cost > left:
            break
        if text:
            kept.append((passage, text))
            left -= cost
    order = {section.name: place for place, section in enumerate(hit.paper.sections)}
    kept.sort(key=lambda item: (order[item[0].section], item[0].start))
    lines = [f"- {text}" for _, text in kept]
    return "\n".join([heading, *lines]), len(hit.passages) - len(kept)
