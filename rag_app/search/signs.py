"""What rules have read off a question, for examples to decide its kind: `Signs`, and marks for what it names.

Knows: which of a question's words say a topic, a name, or neither. Does not know: which kind follows
(`search.recognition`), or which kind the wording gives (`search.ruled_kind`).
"""

from __future__ import annotations

from rag_app.collection.library import Dictionary
from rag_app.collection.mentions import is_other
from rag_app.collection.name_book import Mention
from rag_app.collection.paper_names import TITLE_HEAD, TOKEN, fold, shaped
from rag_app.records import Intent, Query
from rag_app.search import figures, kinds, open_patterns, patterns
from rag_app.search.bare_topic import is_bare_topic, is_unspaced
from rag_app.search.parts import (
    QUESTION_MARKS,
    QuestionParts,
)
from rag_app.search.recognition import Signs
from rag_app.search.topic import LITTLE, leaves_out
from rag_app.text.dictionaries import is_common
from rag_app.text.terms import fold_word, only_nouns

LONGEST_PARTICLE = 3  # letters behind a name
BRIEF = 2  # content terms beside what must not be: more of them describe one paper
SAID = 3  # papers that say a name of the field
BARE = 5  # content terms of a topic alone: more of them describe one paper, too


def read_signs(
    query: Query, alone: Query, ruled: Intent, parts: QuestionParts, dictionary: Dictionary
) -> Signs:
    """What rules have read off a question outside a conversation; `alone` is how it reads without the turns
    before.
    """
    said = sum(dictionary.lexical.papers_with(term) > 0 for term in parts.terms)
    bare = _is_bare(query, parts, dictionary)
    carried = bool(query.papers) and not set(query.papers) & set(alone.papers)
    # "Today" is no day of a digest alone: the weather has one too.
    return Signs(
        ruled,
        query.aggregate,
        papers=len(query.papers) + bool(described(query, parts)),
        named=bool(alone.names or (parts.filters and not parts.dates.relative)),
        topic=len(parts.terms) + is_on_a_name(query, parts),
        said=said + is_on_a_name(query, parts) + _is_on_topic(parts, dictionary),
        conversation=False,
        alike=any(p.search(query.question) for p in (open_patterns.ALIKE, open_patterns.NEAR)),
        whole=any(_asks_what_it_is(mention, parts.question) for mention in parts.named.mentions),
        titled=any(
            m.firmness == TITLE_HEAD and set(m.papers) & set(query.papers) for m in parts.named.mentions
        ),
        subject=bool(dictionary.lexical.own_terms(subject_of(parts.rest))),
        of_those=bool(open_patterns.OF_THOSE.search(query.question)),
        form=open_patterns.asks_for_a_form(query.question),
        tabled=open_patterns.asks_for_a_table(query.question),
        asks=query.question.rstrip().endswith(QUESTION_MARKS)
        or any(p.search(query.question) for p in (patterns.ASKING, patterns.PAPERS, patterns.LISTING)),
        denies=open_patterns.denies(parts.rest),
        briefly=len(dictionary.lexical.own_terms(open_patterns.denial(parts.rest).rest)) <= BRIEF,
        leaves_out=_leaves_out(parts.rest),
        carried=carried,
        each=bool(query.each),
        versus=len(query.papers) <= 1
        and ruled is not Intent.TREND
        and not (query.filters or patterns.PAPERS.search(parts.question))
        and not (carried and figures.NUMBER_ASKED.search(parts.question))  # "How much faster than MoE?"
        and bool(open_patterns.versus(parts.rest)),
        bare=bare,
        summed=_is_to_be_summed_up(query, parts, dictionary),
        aspects=not query.papers and is_bare_topic(open_patterns.thing_with_aspects(parts.rest)),
        of_papers=bool(patterns.PAPERS.search(parts.question)),
        spoken_of=bare and _is_said(parts.rest, dictionary),  # a word that no paper says costs an embedding
        every=bool(patterns.EVERY_PAPER.search(parts.question)),
    )


def _is_to_be_summed_up(query: Query, parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether the one paper is to be told in short: "summarize it", "explain it like I'm five"."""
    told = patterns.SIMPLY.sub(" ", patterns.SUMMING.sub(" ", parts.rest))
    if open_patterns.is_aspect(told) or open_patterns.FAULTS.search(told):
        return False
    said = set(dictionary.lexical.own_terms(told)) - patterns.ABOUT_PAPERS - patterns.OF_ANY_PAPER
    return len(query.papers) == 1 and told != parts.rest and not said


def _asks_what_it_is(mention: Mention, question: str) -> bool:
    """Whether it asks what goes by that name, and nothing of it: "GaLore가 뭐야?"."""
    beside = open_patterns.subject(question).replace(mention.typed, "").strip()
    same = fold(open_patterns.named(question)) == fold(mention.typed)
    return same and len(beside) <= LONGEST_PARTICLE and " " not in beside


def is_on_a_name(query: Query, parts: QuestionParts) -> bool:
    """Whether a name is a topic, as no paper is asked about: then it counts as a content term."""
    return bool(parts.named.mentions) and not query.papers


def described(query: Query, parts: QuestionParts) -> list[tuple[int, int]]:
    """Where a question that names one paper begins to describe another beside it."""
    found = patterns.OTHER_DESCRIBED.search(parts.question) if len(query.papers) == 1 else None
    return [found.span()] if found else []


def _is_bare(query: Query, parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether the question is a topic and nothing else, and names nothing."""
    if query.papers or query.unknown or len(parts.terms) > BARE or not is_bare_topic(parts.rest):
        return False
    said = {term for term in dictionary.lexical.own_terms(parts.rest) if not term.isdigit()}
    return bool(said - LITTLE - patterns.ABOUT_PAPERS)


def _is_said(text: str, dictionary: Dictionary) -> bool:
    """Whether the collection says all that a text says, in whatever language; of writing without blanks,
    whose terms are pairs of letters, some of it.
    """
    lexical = dictionary.lexical
    terms = [term for term in lexical.own_terms(text) if term not in LITTLE]
    said = [bool(lexical.papers_with(term) or lexical.all_translations(term)) for term in terms]
    return any(said) and (all(said) or is_unspaced(text))


def subject_of(rest: str) -> str:
    """What a question is about; "as a table" is a form, and none of tables."""
    return open_patterns.AS_TABLE.sub(" ", open_patterns.subject(rest))


def _leaves_out(rest: str) -> bool:
    """Whether papers on something are not meant, and it is said on what; of days, code leaves them out."""
    denied = open_patterns.denial(rest)
    return leaves_out(patterns.topic(rest)) or (bool(denied.what) and denied.apart)


def _is_on_topic(parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether its words stand where a topic does, known to the collection or not: "papers on knitting"."""
    placed = patterns.ON_TOPIC.search(parts.rest)
    topic = next((group for group in placed.groups() if group), "") if placed else ""
    return bool(set(dictionary.lexical.own_terms(only_nouns(topic))) & set(parts.terms))


def says_a_name(parts: QuestionParts, dictionary: Dictionary) -> bool:
    """Whether a question says a name of the field and hardly anything beside: "LLaVA", or "llava" among words
    in another script.
    """
    other = is_other(parts.question)
    words = (token[0] for token in TOKEN.finditer(parts.question))
    said = [word for word in words if dictionary.lexical.papers_with(fold_word(word)) >= SAID]
    if set(parts.terms) - set(map(fold_word, said)):
        return False
    return any(shaped(word) or (other and not is_common(word.casefold())) for word in said)


def marks(parts: QuestionParts, query: Query) -> list[tuple[tuple[int, int], str]]:
    """Where the question names days, votes, authors, and the papers that it is about."""
    about = set(query.papers)
    papers = [(m.span, kinds.PAPER) for m in parts.named.mentions if about & set(m.papers)]
    others = [(span, kinds.PAPER) for span in described(query, parts)]
    return [*parts.marks, *papers, *others]
