"""The papers that a question is about, among those it names.

Knows: which of several named papers is meant, and when a question is about more than one.
Does not know: how names are found (`collection.name_book`), or what was asked before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag_app.collection.library import Dictionary
from rag_app.collection.name_book import Mention
from rag_app.collection.paper_names import IN_TEXT, TITLE_HEAD, fold, text_of
from rag_app.records import Fact, Paper
from rag_app.search import aspects, patterns, record_patterns
from rag_app.search.open_patterns import ALIKE, ASIDE, denied
from rag_app.search.parts import QuestionParts
from rag_app.text.terms import fold_word

NAMED_RANK = 3  # papers among which a loosely named one must be by the words of the question
ITS_OWN, SAID_ALONE = 3, 2  # times that a digest says the name of its method, and one that no other says
# Before the name that a part of a question begins with.
LEADING = re.compile(r"[\W_]*(?:(?:and|while|but|whereas|for|of|in)\s+)*(?:the\s+)?", re.IGNORECASE)
WORDS_OF_A_TITLE = 4  # from which on a name can mean nothing else
FEW_TERMS = 3  # content terms: a topic, not the description of one paper


def subjects(parts: QuestionParts, dictionary: Dictionary) -> tuple[str, ...]:
    """The papers a question is about, one for each name where it compares, else the one it says
    most about.
    """
    mentions = _asked_about(parts, dictionary)
    if not mentions:
        return ()
    # A name written as it sounds, or by initials, stands in no digest as it is typed.
    asked = " ".join([parts.rest, *(mention.taken_for for mention in mentions)])
    scores = dictionary.lexical.paper_scores(asked)
    # Where nothing is said beside the name, its spelling must not decide: "TULU3" is the paper
    # titled "TÜLU 3".
    chosen = [
        _best(mention, scores, dictionary) if parts.terms else mention.papers[0] for mention in mentions
    ]
    if patterns.COMPARING.search(parts.question) or record_patterns.about_record(
        record_patterns.aggregate(parts.rest)
    ):
        return tuple(dict.fromkeys(chosen))
    titled = _titled(mentions, chosen)
    if titled and patterns.OTHER_DESCRIBED.search(parts.question):
        return titled
    apart = _asked_apart(parts.question, mentions, chosen, dictionary)
    apart = apart or _stand_apart(mentions, chosen, dictionary)
    if len(apart) > 1:
        return apart
    spelled_out = {
        p for m, p in zip(mentions, chosen, strict=True) if len(m.typed.split()) >= WORDS_OF_A_TITLE
    }
    if len(spelled_out) == 1:
        return tuple(spelled_out)
    # A benchmark or baseline that is itself a paper is mentioned by the digest that answers, not
    # the other way round.
    subject = max(dict.fromkeys(chosen), key=lambda arxiv_id: scores.get(arxiv_id, 0.0))
    firm = any(mention.firmness == TITLE_HEAD and subject in mention.papers for mention in mentions)
    better = sum(score > scores.get(subject, 0.0) for score in scores.values())
    # A long description may hold a word that some title holds too; the paper it describes fits the
    # rest as well.
    return (subject,) if firm or better < NAMED_RANK or len(parts.terms) <= FEW_TERMS else ()


def _asked_about(parts: QuestionParts, dictionary: Dictionary) -> tuple[Mention, ...]:
    """The names of a question that may stand for what it is about: not what is denied, an example, used by
    the paper that is asked for, or the topic of a list.
    """
    mentions = tuple(m for m in parts.named.mentions if not _is_denied(m, parts.rest))
    if _asks_for_papers(parts):
        mentions = tuple(m for m in mentions if not _is_of_the_field(m, dictionary))
    compared = patterns.COMPARING.search(parts.question)
    if patterns.PAPERS.search(parts.question) and parts.terms and not compared:
        asides = _examples(parts.question)
        mentions = tuple(m for m in mentions if not any(_is_example(m, aside) for aside in asides))
        mentions = tuple(m for m in mentions if not _is_used(m, parts.rest))
    # A topic may look like a name that only one digest uses.
    if patterns.LISTING.search(parts.question) or record_patterns.aggregate(parts.rest) is Fact.COUNT:
        if _lists_papers_on(parts) and not patterns.SAME_AUTHORS.search(parts.question):
            return ()
        mentions = tuple(mention for mention in mentions if _is_meant(mention, parts, dictionary))
    # "LLM-driven" is no name, whichever title has it, and "the LoRA-based QLoRA" is about QLoRA alone.
    mentions = tuple(m for m in mentions if m.firmness == TITLE_HEAD or not _is_a_kind(m.typed))
    return tuple(m for m in mentions if not _names_a_kind(m, parts.rest)) or mentions


def of_one_name(parts: QuestionParts, about: Sequence[str], dictionary: Dictionary) -> tuple[str, ...]:
    """For each name that several titles begin with, which paper it is taken for, and which it is not."""
    notes = []
    for mention in parts.named.mentions:
        titles = {paper: dictionary.papers.get(paper).title for paper in mention.papers}
        alike = [paper for paper, title in titles.items() if _begins_with(title, mention.typed)]
        taken = [paper for paper in alike if paper in about]
        if len(taken) == 1 < len(alike):
            others = "; ".join(f"{titles[paper]} ({paper})" for paper in alike if paper not in taken)
            notes.append(f"{mention.typed} → {titles[taken[0]]} ({taken[0]}), ≠ {others}")
    return tuple(notes)


def _begins_with(title: str, name: str) -> bool:
    """Whether the name is what stands before a title's colon."""
    return fold(title.partition(":")[0]) == fold(name)


def _is_meant(mention: Mention, parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether a list is asked for by the paper of that name: its title has it, or papers like it are sought
    and the name is its method's.
    """
    own = any(is_its_own(mention, dictionary.papers.get(paper)) for paper in mention.papers)
    return mention.firmness == TITLE_HEAD or (own and bool(ALIKE.search(parts.question)))


def _asks_for_papers(parts: QuestionParts) -> bool:
    """Whether papers are asked for and nothing but a name and conditions says which: "Mamba 논문 있어?",
    "mamba papers from January 2024".
    """
    asked = patterns.PAPERS.search(parts.question) and not (parts.terms or _asks_of_a_record(parts))
    several = record_patterns.several(parts.question) or patterns.SEARCHING.search(parts.question)
    return bool(asked) and bool(several or parts.filters) and not patterns.SAME_AUTHORS.search(parts.question)


def _asks_of_a_record(parts: QuestionParts) -> bool:
    return record_patterns.about_record(record_patterns.aggregate(parts.rest))


def _is_of_the_field(mention: Mention, dictionary: Dictionary) -> bool:
    """Whether so many digests speak of what goes by a name that it is a topic, too."""
    return dictionary.lexical.papers_with(fold_word(mention.typed)) > NAMED_RANK


def _lists_papers_on(parts: QuestionParts) -> bool:
    """Whether papers are to be listed or counted and nothing but a name says which: "papers that use X". It
    is their topic then, be it a paper's too.
    """
    return bool(patterns.PAPERS.search(parts.question)) and not (parts.terms or _asks_of_a_record(parts))


def _titled(mentions: Sequence[Mention], chosen: Sequence[str]) -> tuple[str, ...]:
    """The papers that are named by their title's own name."""
    pairs = zip(mentions, chosen, strict=True)
    return tuple(dict.fromkeys(paper for mention, paper in pairs if mention.firmness == TITLE_HEAD))


def _asked_apart(
    question: str, mentions: Sequence[Mention], chosen: Sequence[str], dictionary: Dictionary
) -> tuple[str, ...]:
    """The papers of which each is asked something of its own: "what does A add, and B's gain on C?". A name
    that no title has counts where its part of the question begins with it, or has no other.
    """
    named = []
    for start, end in aspects.sides(question, [mention.span for mention in mentions]):
        within = [pair for pair in zip(mentions, chosen, strict=True) if start <= pair[0].span[0] < end]
        begins = LEADING.fullmatch(question[start : within[0][0].span[0]])
        titled = [paper for mention, paper in within if mention.firmness > IN_TEXT]
        asked = within[:1] if begins or len(within) == 1 else []
        own = [paper for mention, paper in asked if is_its_own(mention, dictionary.papers.get(paper))]
        named += titled[:1] or own
    return tuple(dict.fromkeys(named))


def _stand_apart(
    mentions: Sequence[Mention], chosen: Sequence[str], dictionary: Dictionary
) -> tuple[str, ...]:
    """The papers, each named by its own name, of which no digest mentions another: all are asked about,
    as in "what does A add, and what does B change".
    """
    own = {
        paper: fold(mention.typed)
        for mention, paper in zip(mentions, chosen, strict=True)
        if mention.firmness == TITLE_HEAD or is_its_own(mention, dictionary.papers.get(paper))
    }
    texts = {paper: fold(text_of(dictionary.papers.get(paper))) for paper in own}
    mentioned = any(name in texts[paper] for other, name in own.items() for paper in own if paper != other)
    return () if mentioned else tuple(own)


def is_its_own(mention: Mention, paper: Paper) -> bool:
    """Whether a name that no title has is what this digest is about, no baseline or benchmark in it."""
    first = next((section.text for section in paper.sections), "").partition(".")[0]
    said = fold(text_of(paper)).count(fold(mention.typed))
    alone = len(mention.papers) == 1
    return said >= (SAID_ALONE if alone else ITS_OWN) or fold(mention.typed) in fold(first)


def _examples(question: str) -> list[tuple[int, int]]:
    """Where brackets list examples of a topic, "symbolic music (MIDI, ABC notation) papers"; not those that
    say which papers are meant.
    """
    found = [match.span() for match in ASIDE.finditer(question)]
    return [(start, end) for start, end in found if not patterns.PAPERS.search(question[:start])]


def _is_example(mention: Mention, brackets: tuple[int, int]) -> bool:
    """Whether a name stands within brackets; what a title holds and is alone there says again what stands
    before them: "최적 스텝 크기(Optimal Stepsize) 논문".
    """
    start, end = mention.span
    alone = (start - 1, end + 1) == brackets and " " in mention.typed and mention.firmness > IN_TEXT
    return brackets[0] <= start and end <= brackets[1] and not alone


def _is_denied(mention: Mention, text: str) -> bool:
    """Whether a name says which paper is not meant: "LoRA, not QLoRA"."""
    return denied(text[: mention.span[0]], text[mention.span[1] :])


def _is_used(mention: Mention, text: str) -> bool:
    """Whether a name is what the paper that is asked for uses: "a paper that applies SAM to surgery"."""
    before, after = text[: mention.span[0]], text[mention.span[1] :]
    return bool(patterns.USED_BEFORE.search(before) or patterns.USED_AFTER.match(after))


def _is_a_kind(word: str) -> bool:
    """Whether it is one word that says of what kind a thing is."""
    return " " not in word and any(match.end() == len(word) for match in patterns.KIND.finditer(word))


def _names_a_kind(mention: Mention, text: str) -> bool:
    return bool(patterns.KIND.search(mention.typed) or patterns.KIND.match(text, mention.span[1]))


def _best(mention: Mention, scores: dict[str, float], dictionary: Dictionary) -> str:
    """Of the papers that share a name, the one the rest of the question fits; one whose title begins with
    it goes before any other, and the firmest owner has an edge.
    """
    named = fold(mention.taken_for or mention.typed)
    titled = [paper for paper in mention.papers if fold(dictionary.papers.get(paper).title).startswith(named)]
    edge = {paper: 1.15 if place == 0 else 1.0 for place, paper in enumerate(mention.papers)}
    return max(titled or mention.papers, key=lambda paper: scores.get(paper, 0.0) * edge[paper])
