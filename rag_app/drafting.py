"""The model's part of an answer: streamed under a grammar, checked sentence by sentence, repaired once.

Knows: how a draft is read while it streams (marker first, then text), when a sentence has closed, what is asked of
the model when a sentence fails its check, and what is shown without a model.
Does not know: the wording of prompts (`prompting`), what counts as support (`citing`), or the other kinds of answer.
`pipeline.ask` calls `draft` for lookups and comparisons.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Generator as Yields
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app import citing, composing, figures, prompting, retrieval, wording
from rag_app.cleaning import clean_line, escape_markdown
from rag_app.composing import Composed
from rag_app.generation import Generator
from rag_app.lexical import document
from rag_app.library import Library
from rag_app.names import TOKEN, misspelt, respelt, shaped, unknown_names
from rag_app.records import Checked, Draft, Event, Evidence, Hit, Intent, Passage, Query, Sentence
from rag_app.understanding import language_of

PROMPT_TOKENS = {"CPU": 1_000, "GPU": 3_000}  # of content: what a 2-core laptop reads in a quarter of a minute
CHOOSING_SHARE = 0.75  # of those tokens where the model chooses between papers: a few sentences of each are enough
CANDIDATES = 5  # papers offered to the model when the question names none
CLEAR_LEAD = 3.0  # standard deviations by which a paper that leads is taken without asking the model
OFF_TOPIC = 2.8  # standard deviations below which the best paper does not stand out: nothing here is about it
WORDLESS = 6.8  # the same where no paper near the top holds a single word of the question
STANDS_OUT = 3.3  # above which the paper itself answers a search, even where the model finds nothing to say
CERTAIN = 0.8  # share of a question's terms, rare ones counting more, in a sentence that answers it for sure
TRANSLATED = 6  # sentences of a comparison that are translated, shared among its sides
NAME_SHARE = 0.5  # of a term's weight, where it is part of a paper's name
SIZE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?[BMK](?![A-Za-z])")  # of a model
TERSE = 25  # characters

LINE = re.compile(r"\[(\d{1,2})\]\s*(.*)", re.DOTALL)

Steps = Yields[Event, None, Composed]


@dataclass(frozen=True, slots=True)
class Desk:
    """What drafting works with."""

    query: Query
    evidence: Evidence
    library: Library
    generator: Generator | None
    stop: threading.Event

    @property
    def named(self) -> bool:
        return bool(self.query.papers)


def draft(desk: Desk) -> Steps:
    """Yield drafts and checked sentences; return the answer they make."""
    hits = _focus(desk)
    if not desk.named and desk.evidence.strength < (OFF_TOPIC if _shares_a_word(desk) else WORDLESS):
        return composing.refusal(desk.query, desk.evidence, "off_topic")
    desk = _respelt(desk, hits)
    absent = _absent_names(desk, hits)
    if absent:
        return composing.refusal(desk.query, desk.evidence, "not_mentioned", names=absent)
    if desk.generator is None:
        return _extracted(desk, hits)
    prompt = _prompt(desk, desk.generator, hits)
    lines = yield from _written(desk, desk.generator, hits[: len(prompt.papers)], prompt)
    composed = _assembled(desk, hits, lines)
    cut = composing.words(desk.query.language)["question_cut"]
    text = f"{composed.text}\n\n{cut}" if prompt.cut else composed.text
    return replace(composed, text=text, left_out=prompt.left_out)


def _shares_a_word(desk: Desk) -> bool:
    """Whether a paper near the top holds a content word of the question, in either language."""
    near = desk.evidence.hits[:CANDIDATES]
    return any(desk.library.lexical.coverage(desk.query.standalone, document(hit.paper)) for hit in near)


def _focus(desk: Desk) -> list[Hit]:
    """The papers that go into the prompt, each with enough of its sentences."""
    query, hits = desk.query, desk.evidence.hits
    if query.intent is Intent.COMPARE:
        named = [hit for arxiv_id in query.papers for hit in hits if hit.paper.arxiv_id == arxiv_id]
        others = [hit for hit in hits if hit.paper.arxiv_id not in query.papers]
        chosen = (named + others)[: max(2, len(named))]
    elif desk.named:
        chosen = list(hits[: len(query.papers)])
    else:
        clear = len(hits) < 2 or hits[0].score - hits[1].score >= CLEAR_LEAD
        chosen = list(hits[: 1 if clear else CANDIDATES])
    weights = _wanted(desk)
    most = 60 if len(chosen) == 1 else 12
    found = [retrieval.with_best_passages(hit, weights, desk.library, limit=most) for hit in chosen]
    return [_figures_first(hit) for hit in found] if wording.FIGURE.search(query.question) else found


def _figures_first(hit: Hit) -> Hit:
    """The hit with the sentences that hold a figure before the others: what a question for a figure needs."""
    return replace(hit, passages=tuple(sorted(hit.passages, key=lambda p: not figures.values_of(p.text))))


def _respelt(desk: Desk, hits: Sequence[Hit]) -> Desk:
    """The desk with the question as the digest of its one named paper spells the names in it."""
    if not desk.named or len(hits) > 1:
        return desk
    asked = respelt(desk.query.standalone, hits[0].paper, desk.library.lexical.knows)
    return replace(desk, query=replace(desk.query, standalone=asked))


def _wanted(desk: Desk) -> dict[str, float]:
    """The weighted terms that sentences are chosen by; names of papers count less, as many sentences have them."""
    lexical = desk.library.lexical
    named = set(lexical.own_terms(" ".join(desk.query.names)))
    terms = lexical.query_terms(desk.query.standalone)
    return {term: weight * (NAME_SHARE if term in named else 1.0) for term, weight in terms.items()}


def _absent_names(desk: Desk, hits: Sequence[Hit]) -> list[str]:
    """Names the question asks about that the digests of the named papers never mention: no answer can be there."""
    if not desk.named or desk.query.intent is Intent.COMPARE:
        return []
    asked = _without_names(desk.query)
    words = [word for word in TOKEN.findall(asked) if shaped(word) and not word[0].isdigit()] + SIZE.findall(asked)
    return [word for word in dict.fromkeys(words) if all(_is_absent(word, hit) for hit in hits)]


def _without_names(query: Query) -> str:
    """What is asked, without the names of the papers."""
    asked = query.standalone  # pasted text is left out of it
    for name in query.names:
        asked = asked.replace(name, " ")
    return asked


def _is_absent(word: str, hit: Hit) -> bool:
    """Whether a name, or the size of a model ("405B"), is nowhere in the digest, in no likely spelling."""
    if SIZE.fullmatch(word):
        return not re.search(rf"(?<![\d.]){re.escape(word)}(?![A-Za-z])", "\n".join(citing.texts_of(hit.paper)))
    return word in unknown_names(word, hit.paper) and not misspelt(word, hit.paper)


# --- with the model -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a draft: the place of the paper it cites, and its checked sentences."""

    place: int
    sentences: tuple[Sentence, ...]


def _prompt(desk: Desk, generator: Generator, hits: Sequence[Hit]) -> prompting.Prompt:
    """The prompt over as many of the papers as fit the context with the answer."""
    gpu = "CPU" not in generator.device
    room = generator.context - prompting.BESIDES
    budget = min(PROMPT_TOKENS["GPU" if gpu else "CPU"], room * 3 // 4)
    share = CHOOSING_SHARE if _chooses(desk, hits) else 1.0
    return prompting.build(
        desk.query, hits, count_tokens=generator.count_tokens, budget=int(budget * share), room=room - budget
    )


def _chooses(desk: Desk, hits: Sequence[Hit]) -> bool:
    """Whether the model has a say in which of the papers answers."""
    return not desk.named and len(hits) > 1 and desk.query.intent is not Intent.COMPARE


def _written(
    desk: Desk, generator: Generator, hits: Sequence[Hit], prompt: prompting.Prompt
) -> Yields[Event, None, list[_Line]]:
    """The model's lines, checked; written once more if a check failed and nothing of a line was left."""
    if _translates(desk, hits):
        return (
            yield from _translated(desk, generator, hits, [hit.passages[: TRANSLATED // len(hits)] for hit in hits])
        )
    if _chooses(desk, hits):
        prompt = prompting.on_one(prompt, _choice(generator, hits, prompt), desk.query.language)
    lines = yield from _read(desk, generator, hits, prompt)
    failed = [sentence for line in lines for sentence in line.sentences if not sentence.supported]
    if failed and not any(s.supported for line in lines for s in line.sentences) and not desk.stop.is_set():
        again = prompting.repaired(prompt, failed[0].text, generator.count_tokens)
        lines = (yield from _read(desk, generator, hits, again)) or lines
    certain = _certain(desk, hits[0])
    if certain and desk.query.language == "en" and not any(_tells(desk.query, line) for line in lines):
        return (yield from _translated(desk, generator, hits, [certain]))
    return lines


def _certain(desk: Desk, hit: Hit) -> tuple[Passage, ...]:
    """The sentence of a named paper that answers a question for a figure whatever the model says.

    It holds a figure, and nearly all that the question speaks of beside the name.
    """
    query, lexical = desk.query, desk.library.lexical
    if not desk.named or query.intent is not Intent.LOOKUP or not wording.FIGURE.search(query.question):
        return ()
    asked = _without_names(query)
    holding = (p for p in hit.passages if figures.values_of(p.text))
    return tuple(p for p in holding if (lexical.coverage(asked, p.text) or 0.0) >= CERTAIN)[:1]


def _translates(desk: Desk, hits: Sequence[Hit]) -> bool:
    """Whether an English comparison is of digests in another language.

    Translated sentence by sentence it says what the digests say; small models that answer freely mix up the sides.
    """
    compared = desk.query.intent is Intent.COMPARE and desk.query.language == "en"
    return compared and all(language_of(passage.text) != "en" for hit in hits for passage in hit.passages[:1])


def _translated(
    desk: Desk, generator: Generator, hits: Sequence[Hit], chosen: Sequence[Sequence[Passage]]
) -> Yields[Event, None, list[_Line]]:
    """A line for each of the papers: the sentences chosen of its digest, each translated and checked by itself."""
    lines: list[_Line] = []
    for place, passages in enumerate(chosen):
        said: list[Sentence] = []
        for passage in passages:
            if not desk.stop.is_set():
                prompt = prompting.translation(passage, place, generator.count_tokens)
                for line in (yield from _read(desk, generator, hits, prompt, source=passage)):
                    said += line.sentences
        lines.append(_Line(place, tuple(said)))
    return lines


def _choice(generator: Generator, hits: Sequence[Hit], prompt: prompting.Prompt) -> int:
    """The place of the paper that retrieval and the model together like best.

    The model's log-probability of naming a paper first is added to the retrieval score: either alone is right less
    often, and one standard deviation weighs about as much as a factor of e.
    """
    shares = generator.choose(prompt.messages, [f"[{n}]" for n in range(1, len(hits) + 1)])
    worth = [hit.score + math.log(max(share, 1e-6)) for hit, share in zip(hits, shares, strict=True)]
    return worth.index(max(worth))


def _read(
    desk: Desk, generator: Generator, hits: Sequence[Hit], prompt: prompting.Prompt, *, source: Passage | None = None
) -> Yields[Event, None, list[_Line]]:
    """Stream one draft, of `source` where it is a translation; each sentence is checked as it closes."""
    done: list[tuple[int, Sentence]] = []  # (place of the cited paper, checked sentence), in order
    text = prompt.prefix
    for piece in generator.stream(
        prompt.messages, prefix=prompt.prefix, grammar=prompt.grammar, max_tokens=prompt.max_tokens, stop=desk.stop
    ):
        text += piece
        closed, open_text = _closed(text, len(hits))
        for place, claim in closed[len(done) :]:
            done.append((place, _check(desk, hits, place, claim, source)))
            yield Checked(done[-1][1])
        yield Draft(open_text)
    cut_off = generator.usage.generated_tokens >= prompt.max_tokens or desk.stop.is_set()
    for place, claim in _closed(text, len(hits), final=not cut_off)[0][len(done) :]:
        done.append((place, _check(desk, hits, place, claim, source)))
        yield Checked(done[-1][1])
    places = dict.fromkeys(place for place, _ in done)
    return [_Line(place, tuple(sentence for at, sentence in done if at == place)) for place in places]


def _closed(text: str, papers: int, *, final: bool = False) -> tuple[list[tuple[int, str]], str]:
    """([(place of the cited paper, sentence)] that have closed, the text still open).

    A line that cites none of the `papers` is passed over: an engine without a grammar may write one.
    """
    found: list[tuple[int, str]] = []
    lines = text.split("\n")
    open_text = ""
    for number, line in enumerate(lines):
        match = LINE.match(line.strip())
        if not match or not 1 <= int(match[1]) <= papers:
            continue
        claims = citing.split_draft(match[2])
        if number == len(lines) - 1 and not final and claims:
            open_text = claims.pop()
        found += [(int(match[1]) - 1, claim) for claim in claims if claim.strip(" .").upper() != prompting.REFUSAL]
    return found, open_text


def _check(desk: Desk, hits: Sequence[Hit], place: int, claim: str, source: Passage | None) -> Sentence:
    if prompting.REFUSAL in claim.split():
        return Sentence(claim, False)
    n = place + 1 if desk.query.intent is Intent.COMPARE else 1
    paper, library = hits[place].paper, desk.library
    if source:
        return citing.check_translation(claim, n, source, paper, library)
    return citing.check(claim, n, paper, desk.query.standalone, library)


# --- assembly -----------------------------------------------------------------------------------


def _assembled(desk: Desk, hits: Sequence[Hit], lines: Sequence[_Line]) -> Composed:
    if desk.query.intent is Intent.COMPARE:
        return _comparison(desk, hits, lines)
    line = next((line for line in lines if _tells(desk.query, line)), None)
    if line is None:
        return _nothing_said(desk, hits, lines)
    hit = hits[line.place]
    kept = [s for s in line.sentences if s.supported]
    prose = " ".join(escape_sentence(s.text) for s in kept)
    lead = "" if desk.named else f"{composing.title_of(hit.paper)} [1]\n\n"
    terse = sum(len(s.text) for s in kept) < TERSE  # a bare figure is shown with the sentence it stands in
    quotes = quote_lines(kept, "" if terse else desk.query.language)
    return Composed(lead + prose + ("\n\n" + quotes if quotes else ""), (hit,), line.sentences)


def _tells(query: Query, line: _Line) -> bool:
    """Whether a sentence of the line is supported, and one holds a figure where a figure is asked for."""
    supported = [citing.MARKER.sub(" ", sentence.text) for sentence in line.sentences if sentence.supported]
    asked = wording.FIGURE.search(query.question)
    return any(figures.values_of(text) for text in supported) if asked else bool(supported)


def _quotable(desk: Desk, hit: Hit) -> tuple[Passage, ...]:
    """The digest's best sentences to stand as the answer; one asked for a figure must hold a figure."""
    if desk.named and desk.query.intent is Intent.LOOKUP and wording.FIGURE.search(desk.query.question):
        return tuple(passage for passage in hit.passages if figures.values_of(passage.text))[:2]
    return hit.passages[:2] or (composing.first_passage(hit.paper),)


def _nothing_said(desk: Desk, hits: Sequence[Hit], lines: Sequence[_Line]) -> Composed:
    """Nothing passed the checks: a search still has its paper, anything else is refused."""
    if desk.stop.is_set() and not lines:
        return composing.refusal(desk.query, desk.evidence, "stopped")
    if not desk.named and desk.evidence.strength >= STANDS_OUT:
        return _extracted(desk, hits[:1])
    if certain := _certain(desk, hits[0]):
        return _extracted(desk, [replace(hits[0], passages=certain)])
    if desk.named:
        titles = [clean_line(hit.paper.title.partition(":")[0]) for hit in hits]
        return composing.refusal(desk.query, desk.evidence, "not_in_digest_of", names=titles)
    return composing.refusal(desk.query, desk.evidence, "no_support")


def _comparison(desk: Desk, hits: Sequence[Hit], lines: Sequence[_Line]) -> Composed:
    """A line of prose for each paper where one passed, and the table of the digests' own sentences."""
    written = {line.place: [s for s in line.sentences if s.supported] for line in lines}
    prose: list[str] = []
    checked: list[Sentence] = []
    for place, hit in enumerate(hits):
        first = next(iter(hit.passages), None) or composing.first_passage(hit.paper)
        kept = written.get(place) or [citing.quote(first, place + 1, first.text or hit.paper.title)]
        checked += kept
        own_words = bool(written.get(place)) or language_of(kept[0].text if kept else "") == desk.query.language
        body = " ".join(escape_sentence(s.text) for s in kept) if own_words else f"[{place + 1}]"
        prose.append(f"- **{escape_markdown(clean_line(hit.paper.title.partition(':')[0]))}**: {body}")
    table = composing.comparison_table(hits, composing.comparison(hits), desk.query.language)
    return Composed("\n".join([*prose, "", table]), tuple(hits), tuple(checked))


def _extracted(desk: Desk, hits: Sequence[Hit]) -> Composed:
    """The answer without the model: the best digest sentences, word for word."""
    if desk.query.intent is Intent.COMPARE:
        return _comparison(desk, hits, [])
    hit = hits[0]
    passages = _quotable(desk, hit)
    if not passages:
        return _nothing_said(desk, hits, [])
    checked = tuple(citing.quote(passage, 1) for passage in passages)
    phrases = composing.words(desk.query.language)
    lead = phrases["quoted"] if desk.named else phrases["paper_is"]
    lead = lead.format(n=1, title=composing.title_of(hit.paper))
    if all(language_of(p.text) == desk.query.language for p in passages):
        body = " ".join(escape_sentence(s.text) for s in checked)
        return Composed(f"{composing.title_of(hit.paper)}\n\n{body}", (hit,), checked)
    return Composed("\n".join([lead, "", quote_lines(checked, "")]), (hit,), checked)


def escape_sentence(text: str) -> str:
    """A sentence as Markdown; its `[n]` markers stay."""
    return re.sub(r"\\\[(\d+)\\\]", r"[\1]", escape_markdown(text))


def quote_lines(checked: Sequence[Sentence], language: str) -> str:
    """The supporting digest sentences as `>` lines, where they are in another language than the answer."""
    quotes = dict.fromkeys(support.quote for sentence in checked for support in sentence.support)
    shown = [quote for quote in quotes if language_of(quote) != language]
    return "\n>\n".join(f"> {escape_markdown(clean_line(quote))}" for quote in shown)
