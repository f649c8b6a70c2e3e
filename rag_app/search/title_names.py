"""Papers by what their titles begin with, where a question says that a paper of that name is meant.

Knows: that "the Mamba paper" is the one so titled, though many digests say Mamba, and in whatever capitals.
Does not know: names that stand for a paper wherever they are said (`collection.name_book`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rag_app.collection import releases
from rag_app.collection.library import Dictionary
from rag_app.collection.name_book import Mention
from rag_app.collection.paper_names import LONGEST_NAME, SHARED, TITLE_HEAD, TOKEN, fold
from rag_app.collection.title_book import FIRST_WORDS
from rag_app.lang.wording import matched_group
from rag_app.search import figures, open_patterns, patterns, record_patterns, turn_patterns
from rag_app.text.dictionaries import is_common, is_word

LETTERS = re.compile(r"[A-Za-z]+")
END = re.compile(r"[\"'”’]?(?: (?:paper|report|technical report|study))?[\s?.!]*$")
TELLING = 2  # content terms of the first words of a title
# Content terms of a question for a fact, beside the name, and beside one that is also a word: "physics".
MOST_BESIDE, MOST_BESIDE_A_WORD = 4, 2
AS_A_NAME = 0.8  # share of a word's places in digests that have a capital


def entitled(text: str, dictionary: Dictionary, found: Sequence[Mention]) -> Iterator[Mention]:
    """Names of papers that are meant by their titles, longest first; `found` are those named anyway."""
    firm = [mention.span for mention in found if mention.firmness == TITLE_HEAD]
    alone = _asked_alone(text, dictionary)
    asks = not firm and _asks_a_fact(text)
    tokens, at = list(TOKEN.finditer(text)), 0
    while at < len(tokens):
        for end in range(min(len(tokens), at + LONGEST_NAME), at, -1):
            span = tokens[at].start(), tokens[end - 1].end()
            if any(start < span[1] and span[0] < stop for start, stop in firm):
                continue
            papers = _meant(text, span, alone, dictionary)
            papers = papers or (_asked_a_fact(text, span, dictionary) if asks else ())
            if 0 < len(papers) <= SHARED:
                yield Mention(text[slice(*span)], span, papers, TITLE_HEAD)
                asks = False
                at = end - 1
                break
        at += 1


def _meant(text: str, span: tuple[int, int], alone: set[str], dictionary: Dictionary) -> tuple[str, ...]:
    """The papers that the words at `span` stand for, if a paper is meant."""
    titles, typed = dictionary.names.titles, text[slice(*span)]
    if len(TOKEN.findall(typed)) == FIRST_WORDS and (papers := titles.first_words(typed)):
        told = set(dictionary.lexical.own_terms(typed)) - patterns.OF_ANY_PAPER - patterns.ABOUT_PAPERS
        return papers if len(told) >= TELLING else ()  # "How many parameters does it" is asked of others, too
    if papers := titles.beginning(typed):
        meant = fold(typed) in alone or _is_followed_by_paper(text, span) or _ends_with_it(text, span)
        meant = meant or _is_compared_with_the_one_before(text)
        return papers if meant and _is_a_name(typed, papers, dictionary) else ()
    papers = titles.opening(typed)
    if not papers or _is_followed_by_paper(text, span):
        return papers
    # "Summarize 3D reconstruction" asks of a topic, and "who wrote …" of a paper.
    return (
        papers
        if _ends_with_it(text, span) and record_patterns.about_record(record_patterns.aggregate(text))
        else ()
    )


def _asks_a_fact(text: str) -> bool:
    """Whether it asks something that only one paper can answer: "how much does X cost?", "X의 라이선스"."""
    if patterns.PAPERS.search(text) or patterns.LISTING.search(text) or open_patterns.versus(text):
        return False
    asked = figures.NUMBER_ASKED.search(text) or record_patterns.about_record(record_patterns.aggregate(text))
    sized = open_patterns.COUNTING.search(text)
    return bool(asked or sized or releases.named(text)) or open_patterns.is_aspect(text)


def _asked_a_fact(text: str, span: tuple[int, int], dictionary: Dictionary) -> tuple[str, ...]:
    """The papers of the name at `span`, where hardly anything but what is asked of them stands beside it."""
    typed = text[slice(*span)]
    papers = dictionary.names.titles.beginning(typed)
    if not papers:
        return ()
    beside = set(dictionary.lexical.own_terms(f"{text[: span[0]]} {text[span[1] :]}"))
    beside -= patterns.ABOUT_PAPERS | patterns.OF_ANY_PAPER
    most = MOST_BESIDE_A_WORD if typed.islower() and is_word(typed) else MOST_BESIDE
    return papers if len(beside) <= most and _is_a_name(typed, papers, dictionary) else ()


def _asked_alone(text: str, dictionary: Dictionary) -> set[str]:
    """The names, folded, of which a question asks and says nothing else: what X is, X against Y, if both are
    titles, who wrote X, and "what about X?".
    """
    if sides := open_patterns.versus(text):
        return {fold(side) for side in sides} if all(map(dictionary.names.titles.beginning, sides)) else set()
    turned = (one.fullmatch(text.strip()) for one in (turn_patterns.INSTEAD, turn_patterns.ADDING))
    if named := next(filter(None, turned), None):
        return {fold(matched_group(named))}
    if record_patterns.about_record(record_patterns.aggregate(text)) and not patterns.PAPERS.search(text):
        beside = set(dictionary.lexical.own_terms(TOKEN.sub(" ", text))) - patterns.ABOUT_PAPERS
        names = [token[0] for token in TOKEN.finditer(text) if dictionary.names.titles.beginning(token[0])]
        return set(map(fold, names)) if len(names) == 1 and not beside else set()
    return {fold(open_patterns.named(text)), fold(open_patterns.subject(text))} - {""}


def _is_compared_with_the_one_before(text: str) -> bool:
    """Whether it sets what was told of side by side with the name: "compare it to X", "그거랑 X 비교해줘"."""
    return bool(patterns.SIDE_BY_SIDE.search(text) and patterns.POINTING.search(text))


def _is_followed_by_paper(text: str, span: tuple[int, int]) -> bool:
    """Whether what stands behind a name says that it is a paper's: "the X paper"."""
    return bool(patterns.PAPER_AFTER_NAME.match(text, span[1]))


def _ends_with_it(text: str, span: tuple[int, int]) -> bool:
    """Whether the question ends with the name, behind what asks of a paper: "who wrote X?"."""
    return bool(END.match(text, span[1]) and patterns.PAPER_BEFORE_NAME.search(text[: span[0]]))


def _is_a_name(typed: str, papers: Sequence[str], dictionary: Dictionary) -> bool:
    """Whether what is typed can be no ordinary words: it has the capitals of the title, or a word that no
    language has, or digests write its one word as a name: "mamba", and not "code" for a paper called CODE.
    """
    titles = (dictionary.papers.get(paper).title for paper in papers)
    if not typed.islower() and any(title.startswith(typed) for title in titles):
        return True
    words = LETTERS.findall(typed.casefold())
    if not all(map(is_word, words)):
        return True
    return len(words) == 1 and not is_common(words[0]) and _is_written_as_a_name(words[0], dictionary)


def _is_written_as_a_name(word: str, dictionary: Dictionary) -> bool:
    """Whether digests mostly write a word with a capital, but where brackets open, which begin with one."""
    said = re.compile(rf"(?<![A-Za-z(（])({word})(?![A-Za-z])", re.IGNORECASE)
    texts = (section.text for paper in dictionary.papers.all() for section in paper.sections)
    found = [match[1] for text in texts for match in said.finditer(text)]
    capitals = sum(one[0].isupper() for one in found)
    return bool(found) and capitals >= AS_A_NAME * len(found)
