"""The papers and sentences of the evidence that an answer is drafted from.

Knows: how many papers a question needs and which of their sentences come first, the names in a
question that no digest mentions, and the sentences that answer beyond doubt.
Does not know: prompts, the model's words, or how answers are put together.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag_app.answer import answerable, ruled, verification
from rag_app.collection.digest_names import initials, misspelt, respelt, unknown_names
from rag_app.collection.library import Library
from rag_app.collection.paper_names import TOKEN, fold, shaped
from rag_app.lang import alternatives, language_of
from rag_app.lang.wording import Wording
from rag_app.llm.protocol import Generator
from rag_app.records import Evidence, Hit, Intent, Paper, Passage, Query, Sentence, Turn
from rag_app.search import aspects, figures, patterns, relevance
from rag_app.search.calibration import FactTable, facts_with, logit
from rag_app.search.passages import passages_of, with_best_passages
from rag_app.text import numbers, sentences
from rag_app.text.terms import fold_word

CANDIDATES = 5  # papers offered to the model when the question names none
WEIGHED = 60  # sentences of a digest among which those that answer are looked for
WHOLE = 2  # sentences of a digest that stand for the whole of it
SURE = 2  # sentences that are shown where the model says nothing of what they state
LIKELY = 0.5  # that a sentence answers
NAME_SHARE = 0.1  # of a term's weight, where it is part of a paper's name
VERSION = re.compile(r" v?\d[\d.]*$")  # behind the name of a model
ENDINGS = rf"(?:{alternatives(lambda one: one.endings)})"  # particles that may follow a name
SIZE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?[BMK](?![A-Za-z])")  # of a model


@dataclass(frozen=True, slots=True)
class Selection:
    """What drafting works with."""

    query: Query
    evidence: Evidence
    library: Library
    generator: Generator | None
    stop: threading.Event
    conversation: tuple[Turn, ...] = ()
    # The log-odds by which the model, reading the digest of a named paper, would answer sooner than say that
    # it does not; None where it was not asked, or what it says was never measured.
    judged: float | None = None

    @property
    def named(self) -> bool:
        return bool(self.query.papers)

    @property
    def wants_number(self) -> bool:
        return bool(figures.NUMBER_ASKED.search(self.query.question))

    @property
    def asks_for_number_of_named(self) -> bool:
        return self.named and self.query.intent is Intent.LOOKUP and self.wants_number

    def asking(self, part: str) -> Selection:
        """The same, with this part of the question alone."""
        return replace(self, query=replace(self.query, question=part, standalone=part))


def focus(selection: Selection) -> list[Hit]:
    """The papers that go into the prompt, each with enough of its sentences."""
    query, hits = selection.query, selection.evidence.hits
    if query.intent is Intent.COMPARE:
        named = [hit for arxiv_id in query.papers for hit in hits if hit.paper.arxiv_id == arxiv_id]
        others = [hit for hit in hits if hit.paper.arxiv_id not in query.papers]
        chosen = (named + others)[: max(2, len(named))]
    elif selection.named:
        chosen = list(hits[: len(query.papers)])
    else:
        chosen = list(hits[: 1 if relevance.is_clear(selection.evidence, selection.library) else CANDIDATES])
    most = WEIGHED if len(chosen) == 1 else 12
    found = [
        with_best_passages(hit, _wanted(selection, hit.paper), selection.library, limit=most)
        for hit in chosen
    ]
    return [_each_answered(selection, _answering_first(selection, hit)) for hit in found]


def _answering_first(selection: Selection, hit: Hit) -> Hit:
    """The hit with the sentences first that are likely to answer what is asked of its paper.

    Words rank a digest in the question's language best (51 of 55 facts are in the first sentence, 46 by the
    signs), and one in another language worse (32 of 44, 38 by the signs). A comparison often asks no fact.
    """
    decided = decides(selection, hit)
    if decided:
        others = (p for p in hit.passages if _place(p) != _place(decided))
        return replace(hit, passages=(decided, *others))
    language, compares = selection.query.language, selection.query.intent is Intent.COMPARE
    foreign = all(language_of(passage.text) != language for passage in hit.passages)
    if selection.named and foreign and (selection.wants_number or not compares):
        likely = zip(hit.passages, probabilities(selection, hit), strict=True)
        hit = replace(hit, passages=tuple(p for p, _ in sorted(likely, key=lambda one: -one[1])))
    asked = aspects.asked_of(selection.query, hit.paper)
    return _figures_first(hit, asked, selection.library) if selection.wants_number else hit


def _each_answered(selection: Selection, hit: Hit) -> Hit:
    """The hit with another sentence for each of several things that are asked of its paper at the head, in
    the order of the question.
    """
    first: dict[tuple[str, int], Passage] = {}
    for part in things_asked(selection, hit):
        asking = selection.asking(part)
        weighed = with_best_passages(hit, _wanted(asking, hit.paper), selection.library, limit=WEIGHED)
        ranked = _answering_first(asking, weighed).passages
        first |= next(({_place(p): p} for p in ranked if _place(p) not in first), {})
    others = (p for p in hit.passages if _place(p) not in first)
    return replace(hit, passages=(*first.values(), *others))


def _place(passage: Passage) -> tuple[str, int]:
    return passage.section, passage.start


def things_asked(selection: Selection, hit: Hit) -> tuple[str, ...]:
    """The several things that are asked of a paper; none where it is one, or a paper is only described."""
    searched = not selection.named and selection.query.intent is Intent.LOOKUP and selection.wants_number
    if not (asks_one_paper(selection) or searched):
        return ()
    own = _own_names(selection.query, hit.paper)
    parts = aspects.several(selection.query.standalone, own)
    asked = tuple(part for part in parts if selection.library.lexical.own_terms(_without_names(part, own)))
    return asked if len(asked) > 1 else ()


def _figures_first(hit: Hit, asked: str, library: Library) -> Hit:
    """The hit with the sentences that hold a figure before the others, those in the unit asked for, or that
    count what is asked for, at the head: what a question for a figure needs.
    """
    units: list[Wording | re.Pattern[str]] = [*figures.figures_asked(asked), *_counts(asked, library)]

    def place(passage: Passage) -> tuple[bool, bool]:
        in_unit = any(unit.search(passage.text) for unit in units)
        return bool(units) and not in_unit, not numbers.quantities(passage.text)

    return replace(hit, passages=tuple(sorted(hit.passages, key=place)))


def _counts(asked: str, library: Library) -> list[re.Pattern[str]]:
    """How a count of what is asked for stands in a digest: "2.1T tokens", "토큰 2.1조 개"."""
    things = [fold_word(thing) for thing in figures.counted(asked)]
    spelled = dict.fromkeys(one for thing in things for one in (thing, *library.lexical.translations(thing)))
    return [re.compile(figures.COUNT.format(thing=re.escape(thing)), re.IGNORECASE) for thing in spelled]


def respelled(selection: Selection, hits: Sequence[Hit]) -> Selection:
    """The selection with the question as the digest of its one named paper spells the names in it."""
    if not selection.named or len(hits) > 1:
        return selection
    asked = respelt(selection.query.standalone, hits[0].paper, selection.library.lexical.knows)
    return replace(selection, query=replace(selection.query, standalone=asked))


def _wanted(selection: Selection, paper: Paper) -> dict[str, float]:
    """The weighted terms that a paper's sentences are chosen by: those asked of it. Names of papers, and
    terms that most of its sentences have, tell little between them.
    """
    lexical = selection.library.lexical
    named = _named(selection)
    terms = lexical.question_terms(figures.with_measures(aspects.asked_of(selection.query, paper)))
    texts = [
        section.text[start:end].casefold()
        for section in paper.sections
        for start, end in sentences.split(section.text)
    ]
    weights = {}
    for term, weight in terms.items():
        holding = sum(term in text for text in texts)
        usual = math.log((len(texts) + 1) / (holding + 0.5)) / math.log(len(texts) + 2)
        weights[term] = weight * usual * (NAME_SHARE if term in named else 1.0)
    return weights


def absent_names(selection: Selection, hits: Sequence[Hit]) -> list[str]:
    """Names the question asks about that the digests of the named papers never mention: no answer
    can be there.
    """
    if not selection.named or selection.query.intent is Intent.COMPARE:
        return []
    # Pasted text is left out of what stands alone.
    asked = _without_names(selection.query.standalone, selection.query.names)
    library = selection.library
    words = [word for word in TOKEN.findall(asked) if shaped(word) and not word[0].isdigit()]
    of_others = library.names.find(asked, library.lexical.knows, library.snapshot.papers.has).mentions
    names = [mention.typed for mention in of_others if VERSION.search(mention.typed)]
    every = dict.fromkeys([*words, *SIZE.findall(asked), *names, *selection.query.unknown])
    return [word for word in every if all(_is_absent(word, hit) for hit in hits)]


def _is_absent(word: str, hit: Hit) -> bool:
    """Whether a name, or the size of a model ("405B"), is nowhere in the digest, in no likely spelling."""
    text = "\n".join(verification.texts_of(hit.paper))
    if SIZE.fullmatch(word):
        return not re.search(rf"(?<![\d.]){re.escape(word)}(?![A-Za-z])", text)
    if re.search(rf"\d\s?{re.escape(word)}(?![A-Za-z])", text):  # "80GB" has a GB
        return False
    if VERSION.search(word):
        return fold(VERSION.sub("", word)) not in fold(text)
    return word in unknown_names(word, hit.paper) and not misspelt(word, hit.paper)


def certain(selection: Selection, hit: Hit, tried: str = "") -> tuple[Passage, ...]:
    """The sentences of a named paper that answer whatever the model says, best first.

    To a question that speaks of nothing beside the name, the digest is the answer: the sentences nearest to
    what the model `tried` to say, or to the question.
    """
    if not asks_one_paper(selection):
        return ()
    if decided := decides(selection, hit):
        return (decided,)
    if asks_for_the_whole(selection):
        return _nearest(selection, hit, tried or selection.query.standalone)
    alone = probabilities(selection, hit)
    together = _judged(selection, alone)
    enough = relevance.known(selection.library).facts.certain
    likely = zip(hit.passages, alone, together, strict=True)
    return tuple(passage for passage, share, sure in likely if share >= enough or sure)[:SURE]


def decides(selection: Selection, hit: Hit) -> Passage | None:
    """The sentence of a named paper's digest that answers by its wording."""
    if not asks_one_paper(selection):
        return None
    return ruled.sentence_for(_asked(selection, hit), hit.paper, selection.library)


def is_kept_back(selection: Selection, hit: Hit) -> bool:
    """Whether a named paper's digest does not say that something is public, which it would in known words."""
    asked = ruled.asks_for_public(_asked(selection, hit)) if asks_one_paper(selection) else ()
    return bool(asked) and not decides(selection, hit)


def is_unstated(selection: Selection, hit: Hit) -> bool:
    """Whether no sentence of a named paper's digest is likely to answer."""
    if not asks_one_paper(selection) or asks_for_the_whole(selection) or decides(selection, hit):
        return False
    parts = [selection.asking(part) for part in things_asked(selection, hit)]
    whole, *each = [max(probabilities(one, hit), default=1.0) for one in (selection, *parts)]
    return max(whole, min(each, default=0.0)) < relevance.known(selection.library).facts.least


def left_open(selection: Selection, hit: Hit, said: Sequence[Sentence]) -> tuple[Passage, ...]:
    """For each of several things that are asked the sentence that answers it, where one is likely to, and
    likelier than those on which what is `said` rests.
    """
    supports = [support for sentence in said for support in sentence.support]
    rests_on = tuple(Passage(hit.paper.arxiv_id, s.section, s.start, s.end, s.quote) for s in supports)
    found = []
    for part, passage in zip(things_asked(selection, hit), hit.passages, strict=False):
        known = replace(hit, passages=(passage, *rests_on))
        likely, *told = probabilities(selection.asking(part), known)
        if likely >= LIKELY and likely > max(told, default=0.0):
            found.append(passage)
    return tuple(found)


def asks_one_paper(selection: Selection) -> bool:
    """Whether something is asked of one named paper."""
    return len(selection.query.papers) == 1 and selection.query.intent is Intent.LOOKUP


def probabilities(selection: Selection, hit: Hit) -> list[float]:
    """How likely each of the hit's sentences answers, by its signs."""
    facts = relevance.known(selection.library).facts
    return [facts.probability(row) for row in signs(selection, hit)]


def _judged(selection: Selection, likely: Sequence[float]) -> list[bool]:
    """Whether sentences that are so likely to answer do so beyond doubt with the judgement of the model."""
    table = model_facts(selection)
    if table is None or selection.judged is None:
        return [False for _ in likely]
    return [table.probability((logit(share), selection.judged)) >= table.certain for share in likely]


def model_facts(selection: Selection) -> FactTable | None:
    """How the judgement of the model counts in whether a named paper's digest answers; None where it does
    not, or was never measured.
    """
    if selection.generator is None or not asks_one_paper(selection) or asks_for_the_whole(selection):
        return None
    return facts_with(relevance.known(selection.library), selection.generator.model)


def _asked(selection: Selection, hit: Hit) -> str:
    """What is asked of a paper, without its names."""
    asked = aspects.asked_of(selection.query, hit.paper)
    return _without_names(asked, _own_names(selection.query, hit.paper))


def signs(selection: Selection, hit: Hit) -> list[answerable.Row]:
    """What tells whether each of the hit's sentences answers what is asked of its paper."""
    query = selection.query
    asked = aspects.asked_of(query, hit.paper)
    return answerable.rows(
        figures.with_measures(_asked(selection, hit)),
        hit.passages,
        selection.library,
        language=query.language,
        figure=bool(figures.NUMBER_ASKED.search(asked)),
    )


def asks_for_the_whole(selection: Selection) -> bool:
    """Whether a question about one named paper asks for no more than what it is about."""
    if selection.wants_number:
        return False
    # With the name: without it the particle after it would be taken for a word.
    asked = selection.query.standalone
    return set(selection.library.lexical.own_terms(asked)) <= patterns.OF_ANY_PAPER | _named(selection)


def _nearest(selection: Selection, hit: Hit, text: str) -> tuple[Passage, ...]:
    """The sentences of a paper that share most with a text beside its name, in the order of the digest."""
    named = _named(selection)
    weights = {t: w for t, w in selection.library.lexical.query_terms(text).items() if t not in named}
    passages = list(passages_of(hit.paper, weights, selection.library))
    best = sorted(passages, key=lambda p: -p.score)[:WHOLE]
    return tuple(p for p in passages if p in best)


def _named(selection: Selection) -> set[str]:
    """The terms of the papers' names."""
    return set(selection.library.lexical.own_terms(" ".join(selection.query.names)))


def _own_names(query: Query, paper: Paper) -> Sequence[str]:
    """The names of a paper in a question: those that its title gives, in full or by its initials, if there
    are such; then a data set that its text names is a part of what is asked.
    """
    title, short = fold(paper.title), initials(paper.title)
    spelled = [name for name in query.names if fold(name) in title]
    shortened = [word for word in TOKEN.findall(query.standalone) if word == short]
    return [*spelled, *shortened] or query.names


def _without_names(asked: str, names: Sequence[str]) -> str:
    """What is asked, without these names."""
    for name in names:
        # A particle left alone would be taken for a word.
        asked = re.sub(rf"{re.escape(name)}(?:{ENDINGS}(?=\W|$))?", " ", asked)
    return asked
