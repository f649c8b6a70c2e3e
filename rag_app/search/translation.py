"""A question put into another language by the model, so that its paper is looked for in both.

Knows: of which questions and into which language.
Does not know: how papers are scored (`search.retrieval`), how answers are translated (`answer.glosses`).

A paper is looked for by what its question describes, in whatever words; a second wording, in the language of
the digests or else that of titles and terms, meets others of its words. Of 110 lookups of three exams in
English and Korean the first paper is right in 65 % with the translation of a 1.5B model and in 55 % without,
the right one is among five in 82 and in 72 %; on their held-out half the first is right in 72 and 58 %.
"""

from __future__ import annotations

import threading
from dataclasses import replace

from rag_app.collection.library import Library
from rag_app.collection.paper_names import shaped
from rag_app.lang import LANGUAGES, language_of
from rag_app.llm.protocol import Generator, Message
from rag_app.records import Evidence, Intent, Query
from rag_app.search import relevance, retrieval
from rag_app.search.retrieval import OF_MANY
from rag_app.search.topic import LITTLE
from rag_app.text.cleaning import clean_line

LONGEST = 128  # tokens of a question that is translated: one that tells more has words enough
MOST_TOKENS = 72  # of a translation: what 2 cores write in two seconds
SETTLED = 0.5  # probability of a term's translation, from which the digests have settled it
SELDOM = 20  # papers that say a word in the question's language, for the digests' own word to be of use
OF_TITLES = next(iter(LANGUAGES))  # the language of titles, names and terms, whatever the digests are in


def is_of_use(query: Query, evidence: Evidence, library: Library) -> bool:
    """Whether one paper is looked for that the question does not name, and none is clearly the first; or
    many, by a word that the collection does not translate; or a list is asked for in a language that no
    digest is written in. Not where none is about the question at all.
    """
    if query.intent is Intent.LIST:
        return not relevance.is_written(library, language_of(retrieval.searched(query)))
    if query.intent in OF_MANY and evidence.hits and _says_what_digests_do_not(query, library):
        return not relevance.is_foreign(query, evidence, library)
    looked_for = query.intent is Intent.LOOKUP and not query.papers and not query.unknown
    unclear = looked_for and bool(evidence.hits) and not relevance.is_clear(evidence, library)
    return unclear and (bool(query.excluded) or not relevance.is_foreign(query, evidence, library))


def searched_in_both(
    query: Query, evidence: Evidence, library: Library, generator: Generator, stop: threading.Event
) -> Evidence:
    """The evidence for the question and its translation together; as it was where there is none. Of many
    papers the translation alone is kept, where no term of the question is lost in it: their plans search for
    parts of the question. A list goes by the words of its translated topic.

    Raises EngineError.
    """
    said = _translated(query, library, generator, stop)
    if not said or stop.is_set():
        return evidence
    if query.intent is Intent.LIST:
        return retrieval.retrieve(replace(query, topic=said), library)
    if query.intent in OF_MANY:
        return evidence if _loses_a_term(query, said, library) else replace(evidence, beside=said)
    return retrieval.retrieve(query, library, beside=said)


def _says_what_digests_do_not(query: Query, library: Library) -> bool:
    """Whether the question is in another language than the digests and has a content word that they neither
    translate nor say often: "phone" stands in few Korean digests, whose word for it the glossary lacks.
    """
    asked, lexical = retrieval.searched(query), library.lexical
    if language_of(asked) == relevance.language_of_papers(library):
        return False
    told = " ".join(word for word in asked.split() if not shaped(word))
    terms = set(lexical.own_terms(told)) - LITTLE
    return any(not lexical.translations(term) and lexical.papers_with(term) <= SELDOM for term in terms)


def _loses_a_term(query: Query, said: str, library: Library) -> bool:
    """Whether a translation lacks a term of the question and what digests write for it: "robot learning"
    became "자율학습" (self-study), which finds other papers.
    """
    lexical = library.lexical
    for term in set(lexical.own_terms(retrieval.searched(query))) - LITTLE:
        translations = lexical.translations(term)
        settled = max(translations.values(), default=0.0) >= SETTLED
        if settled and not any(one in said.casefold() for one in (term, *translations)):
            return True
    return False


def _translated(query: Query, library: Library, generator: Generator, stop: threading.Event) -> str:
    of_papers = relevance.language_of_papers(library)
    other = OF_TITLES if of_papers == query.language else of_papers
    prompts = LANGUAGES[other].prompts
    asked = clean_line(retrieval.searched(query))
    if other == query.language or generator.count_tokens(asked) > LONGEST:
        return ""
    content = f"{prompts.translate_question}\n{asked}"
    system = Message(role="system", content=prompts.question_translator)
    messages = [system, Message(role="user", content=content)]
    said = "".join(generator.stream(messages, max_tokens=MOST_TOKENS, stop=stop)).strip()
    line = clean_line(said.partition("\n")[0])
    return line if language_of(line) == other and line != asked else ""
