"""The model's draft: streamed under a grammar, checked sentence by sentence, repaired once.

Knows: how a draft is read while it streams (marker first, then text), when a sentence is complete,
and what is asked of the model when a sentence fails its check.
Does not know: which papers and sentences the model reads (`answer.selection`), the wording of
prompts (`answer.prompting`), what counts as support (`answer.verification`), or how the answer is
put together (`answer.rendering`).
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Generator as Yields
from collections.abc import Sequence
from dataclasses import replace

from rag_app.answer import glosses, prompting, templates, verification
from rag_app.answer.rendering import (
    DraftLine,
    assembled,
    bare,
    extracted,
    not_in_digest,
    standing_in,
    tells,
    with_another,
)
from rag_app.answer.selection import (
    CANDIDATES,
    Selection,
    absent_names,
    asks_for_the_whole,
    certain,
    focus,
    is_kept_back,
    is_unstated,
    left_open,
    model_facts,
    respelled,
)
from rag_app.answer.templates import Composed
from rag_app.lang import LANGUAGES, language_of
from rag_app.llm.protocol import Generator, Processor
from rag_app.records import Checked, Draft, Event, Hit, Intent, Passage, Sentence
from rag_app.search import relevance

# Tokens of a prompt: on a CPU, what 2 cores read in a quarter of a minute.
PROMPT_TOKENS = {Processor.CPU: 1_000, Processor.GPU: 3_000}
# Share of those tokens where some sentences of a paper tell what it is about. A fact may stand in any: of
# 96 questions for one, half of the digest lost 3.
EXCERPT_SHARE = {Processor.CPU: 0.5, Processor.GPU: 0.75}
# Papers of a search that the model chooses between. Of 60 lookups in which no paper stands out the 1.5B model
# chose the right one in 27, retrieval in both languages in 28, and reading five took four seconds on 2 cores.
OFFERED = {Processor.CPU: 1, Processor.GPU: CANDIDATES}
# Weight of the model's log-probabilities beside scores in standard deviations, fitted on 86 lookups in two
# languages. It is the same for every model: one that tells less between papers has flatter probabilities.
MODEL_SAY = 1.0
LEAST_SHARE = 1e-6  # of a probability: there is no logarithm of 0
TRANSLATED = 6  # sentences of a comparison that are translated, shared among its sides

MARKED = re.compile(r"\[(\d{1,2})\]\s*(.*)", re.DOTALL)

Steps = Yields[Event, None, Composed]


def draft(selection: Selection) -> Steps:
    """Yield drafts and checked sentences; return the answer they make."""
    hits = focus(selection)
    if is_off_topic(selection):
        return templates.refusal(selection.query, selection.evidence, "off_topic")
    selection = respelled(selection, hits)
    absent = absent_names(selection, hits)
    if absent:
        return templates.refusal(selection.query, selection.evidence, "not_mentioned", names=absent)
    if is_kept_back(selection, hits[0]):
        return not_in_digest(selection, hits)
    generator = selection.generator
    if generator is None:
        unstated = is_unstated(selection, hits[0])
        without = not_in_digest(selection, hits) if unstated else extracted(selection, hits)
        return with_another(selection, without, hits) if _is_search(selection) else without
    if _translates(selection, hits):
        each = max(1, TRANSLATED // len(hits))
        lines = yield from _translated(selection, generator, [hit.passages[:each] for hit in hits])
        return assembled(selection, hits, lines)
    read = hits[: OFFERED[generator.processor]] if _is_search(selection) else hits
    prompt = prompt_of(selection, generator, read)
    if model_facts(selection):
        selection = replace(selection, judged=judgement(prompt, generator, selection.stop))
    if selection.named and certain(selection, hits[0]):
        opened = not selection.wants_number
        prompt = prompting.on_one(prompt, 0, selection.query.language, opened=opened)
    read = read[: len(prompt.papers)]
    if _is_search(selection):
        order = _order(selection, generator, read, prompt)
        prompt = prompting.on_one(prompt, order[0], selection.query.language)
        lines = yield from _written(selection, generator, read, prompt)
        liked = [*(read[place] for place in order), *hits[len(read) :]]
        composed = with_another(selection, assembled(selection, hits, lines), liked)
    else:
        lines = yield from _written(selection, generator, read, prompt)
        composed = assembled(selection, hits, lines)
    cut = templates.words(selection.query.language)["question_cut"]
    text = f"{composed.text}\n\n{cut}" if prompt.cut else composed.text
    return replace(composed, text=text, left_out=prompt.left_out)


def is_off_topic(selection: Selection) -> bool:
    """Whether no paper is named and none is about the question; another paper than the last one is one."""
    if selection.named or selection.query.excluded:
        return False
    return relevance.is_foreign(selection.query, selection.evidence, selection.library)


def prompt_of(selection: Selection, generator: Generator, hits: Sequence[Hit]) -> prompting.Prompt:
    """The prompt over as many of the papers as fit the context with the answer."""
    room = generator.context - prompting.BESIDES
    budget = min(PROMPT_TOKENS[generator.processor], room * 3 // 4)
    excerpt = _is_search(selection) or (len(hits) == 1 and asks_for_the_whole(selection))
    share = EXCERPT_SHARE[generator.processor] if excerpt else 1.0
    return prompting.build(
        selection.query,
        hits,
        count_tokens=generator.count_tokens,
        budget=int(budget * share),
        room=room - budget,
    )


def _is_search(selection: Selection) -> bool:
    """Whether one paper is looked for that the question does not name."""
    return not selection.named and selection.query.intent is not Intent.COMPARE


def _written(
    selection: Selection, generator: Generator, hits: Sequence[Hit], prompt: prompting.Prompt
) -> Yields[Event, None, list[DraftLine]]:
    """The model's lines, checked; written once more if a check failed and nothing of a line was left."""
    lines = yield from _read(selection, generator, hits, prompt)
    failed = [sentence for line in lines for sentence in line.sentences if not sentence.supported]
    if (
        failed
        and not any(s.supported for line in lines for s in line.sentences)
        and not selection.stop.is_set()
    ):
        again = prompting.repaired(prompt, failed[0].text, generator.count_tokens)
        lines = (yield from _read(selection, generator, hits, again)) or lines
    told = next((line for line in lines if tells(selection, line)), None)
    wanted = (
        (*bare(told, hits[told.place].paper), *left_open(selection, hits[told.place], told.sentences))
        if told
        else standing_in(selection, hits, lines)
    )
    if not wanted or selection.query.intent is Intent.COMPARE or selection.stop.is_set():
        return lines
    said = yield from _translated(selection, generator, [wanted])
    if told:
        return [replace(told, sentences=(*told.sentences, *said[0].sentences))]
    return said if said[0].sentences else lines


def _translates(selection: Selection, hits: Sequence[Hit]) -> bool:
    """Whether a comparison is of digests in another language, which is translated for.

    Translated sentence by sentence it says what the digests say; small models that answer freely
    mix up the sides.
    """
    own = selection.query.language
    compared = selection.query.intent is Intent.COMPARE and LANGUAGES[own].prompts.translate
    return bool(compared) and all(language_of(p.text) != own for hit in hits for p in hit.passages[:1])


def _translated(
    selection: Selection, generator: Generator, chosen: Sequence[Sequence[Passage]]
) -> Yields[Event, None, list[DraftLine]]:
    """A line for each of the papers: the sentences chosen of its digest, each translated and checked
    by itself; one in the reader's language stands as it is.
    """
    language, compares = selection.query.language, selection.query.intent is Intent.COMPARE
    sources = [(place, passage) for place, passages in enumerate(chosen) for passage in passages]
    passages = [passage for _, passage in sources]
    texts = {at: p.text for at, p in enumerate(passages) if not glosses.wanted(p.text, language)}
    for gloss in glosses.glosses(passages, language, selection.library, generator, stop=selection.stop):
        if gloss.finished:
            texts[gloss.index] = gloss.text
        elif gloss.index == next(at for at in range(len(sources)) if at not in texts):
            yield Draft(gloss.text)
    said: list[list[Sentence]] = [[] for _ in chosen]
    for at, (place, passage) in enumerate(sources):
        if texts.get(at):
            said[place].append(verification.quote(passage, place + 1 if compares else 1, texts[at]))
            yield Checked(said[place][-1])
    return [DraftLine(place, tuple(sentences)) for place, sentences in enumerate(said)]


def judgement(prompt: prompting.Prompt, generator: Generator, stop: threading.Event | None = None) -> float:
    """The log-odds by which the model would answer sooner than say that the excerpts do not. What it reads
    for it is not read again for the answer.
    """
    answers, refuses = generator.choose(prompt.messages, ["[1]", prompting.REFUSAL], stop=stop)
    return math.log(max(answers, LEAST_SHARE) / max(refuses, LEAST_SHARE))


def _order(
    selection: Selection, generator: Generator, hits: Sequence[Hit], prompt: prompting.Prompt
) -> list[int]:
    """The places of the papers in the order in which retrieval and the model together like them.

    The model's log-probability of naming a paper first is added to the retrieval score: either
    alone is right less often.
    """
    if len(hits) == 1:
        return [0]
    options = [f"[{n}]" for n in range(1, len(hits) + 1)]
    shares = generator.choose(prompt.messages, options, stop=selection.stop)
    worth = [
        hit.score + MODEL_SAY * math.log(max(share, LEAST_SHARE))
        for hit, share in zip(hits, shares, strict=True)
    ]
    return sorted(range(len(hits)), key=lambda place: -worth[place])


def _read(
    selection: Selection,
    generator: Generator,
    hits: Sequence[Hit],
    prompt: prompting.Prompt,
) -> Yields[Event, None, list[DraftLine]]:
    """Stream one draft; each sentence is checked as it closes."""
    done: list[tuple[int, Sentence]] = []  # (place of the cited paper, checked sentence), in order
    text = prompt.prefix
    for piece in generator.stream(
        prompt.messages,
        prefix=prompt.prefix,
        grammar=prompt.grammar,
        max_tokens=prompt.max_tokens,
        stop=selection.stop,
    ):
        text += piece
        closed, open_text = _closed(text, len(hits))
        for place, claim in closed[len(done) :]:
            done.append((place, _check(selection, hits, place, claim)))
            yield Checked(done[-1][1])
        yield Draft(open_text)
    cut_off = generator.usage.generated_tokens >= prompt.max_tokens or selection.stop.is_set()
    for place, claim in _closed(text, len(hits), final=not cut_off)[0][len(done) :]:
        done.append((place, _check(selection, hits, place, claim)))
        yield Checked(done[-1][1])
    places = dict.fromkeys(place for place, _ in done)
    return [DraftLine(place, tuple(sentence for at, sentence in done if at == place)) for place in places]


def _closed(text: str, papers: int, *, final: bool = False) -> tuple[list[tuple[int, str]], str]:
    """([(place of the cited paper, sentence)] that have closed, the text still open).

    A line that cites none of the `papers` is passed over: an engine without a grammar may write
    one.
    """
    found: list[tuple[int, str]] = []
    lines = text.split("\n")
    open_text = ""
    for number, line in enumerate(lines):
        match = MARKED.match(line.strip())
        if not match or not 1 <= int(match[1]) <= papers:
            continue
        claims = verification.split_draft(match[2])
        if number == len(lines) - 1 and not final and claims:
            open_text = claims.pop()
        found += [(int(match[1]) - 1, claim) for claim in claims if not _says_nothing(claim)]
    return found, open_text


def _says_nothing(claim: str) -> bool:
    """Whether a line is the model's refusal, or the opening that it was given and left alone."""
    words = claim.strip(" .")
    return words.upper() == prompting.REFUSAL or words in (one.prompts.opening for one in LANGUAGES.values())


def _check(selection: Selection, hits: Sequence[Hit], place: int, claim: str) -> Sentence:
    if prompting.REFUSAL in claim.split():
        return Sentence(claim, False)
    n = place + 1 if selection.query.intent is Intent.COMPARE else 1
    paper, library = hits[place].paper, selection.library
    return verification.check(claim, n, paper, selection.query.standalone, library)
