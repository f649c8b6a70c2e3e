"""The names in a question: of papers that are here, in either script, and of what no digest holds.

Knows: initials of titles, names written as they sound, newer versions of models that are here, quoted titles,
and that what is asked for may only be likened to a name.
Does not know: which names papers go by (`collection.paper_names`), which of them a question is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag_app.collection.digest_names import FIELD, initials
from rag_app.collection.library import Dictionary
from rag_app.collection.name_book import Mention, Named
from rag_app.collection.paper_names import IN_TEXT, IN_TITLE, SHARED, TITLE_HEAD, TOKEN, Name, fold, shaped
from rag_app.search import figures, open_patterns, patterns, record_patterns
from rag_app.search.title_names import entitled
from rag_app.text import transliteration
from rag_app.text.terms import HANGUL, fold_word

# Words of a question, beside a name, that digests hold: from there on its subject is described by itself.
DESCRIBING_WORDS = 3
BRACKET = re.compile(r"\s?[(（]?")
LATIN_END = re.compile(r"-?[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")  # right behind Hangul
SPELLED_BEHIND = re.compile(r"\s?[(（][A-Za-z][\w.-]*[)）]")
SYLLABLES = 2  # in Hangul of such a name: "챗GPT" is none
LONGEST_HEARD = 4  # words of a name that is written as it sounds
# Letters and consonants that such a name has at least, consonants from which they say enough, and the
# likeness (of 100) of the letters that is asked for below there, there, and above.
SHORTEST_HEARD, CLEARLY_HEARD, SHORT_ALIKE, ALIKE, LONG_ALIKE = 3, 4, 66, 50, 40

# "GPT-4", "Qwen2.5", "Llama 3.1", "DeepSeek-R1"; sizes ("7B", "ViT-L14", "EfficientNet-B7") and shares are no
# versions.
_VERSION = r"\d{1,2}(?:\.\d)?(?![\d%.,]*\d|[BMKTbmkt%](?![A-Za-z0-9]))"
VERSIONED = re.compile(rf"(?<![\w-])([A-Z][A-Za-z]{{2,}}(?:-[AC-FIJN-RUWYZ](?=\d))?)([- ]?)([vV]?{_VERSION})")
VERSIONS_KNOWN = 2  # papers that write some version of a name, from which on its numbers are versions
INITIALS = re.compile(r"(?<![\w-])[A-Z]{3,6}(?![A-Za-z0-9-])")
QUOTED = re.compile(r"[\"“「『]([^\"”」』]{12,200})[\"”」』]")
QUOTED_WORDS = 4  # of a title; shorter quotations are terms
# Three words or more; or two that a bracket or quotation mark holds, "최적 스텝 크기(Optimal Stepsize)".
IN_CAPITALS = re.compile(
    r"(?<![\w-])[A-Z][\w-]*(?: [A-Z][\w-]*){2,7}(?![\w-])|(?<=[(\"“「『‘'])[A-Z][\w-]* [A-Z][\w-]*(?=[)\"”」』’'])"
)
# A model of several words and a version, or of small letters and a number: "Grok Heavy 4", "gpt-oss-120b".
NUMBERED = re.compile(
    r"(?<![\w-])(?:(?:[A-Z][\w.-]{0,30} ){1,3}\d[\d.]{0,5}(?: [A-Z][a-z]{1,20})?"
    r"|[a-z]{2,20}-(?=[\w.-]{0,20}\d)[\w.-]{1,30})(?![\w-])"
)
YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SAME_TITLE = 85  # likeness, of 100, of a title with a slip in it


def find(text: str, dictionary: Dictionary) -> Named:
    """What a question names, in its order, and the names in it that no digest holds."""
    lexical, ordinary = dictionary.lexical, {word for word in TOKEN.findall(text) if word.islower()}

    def is_word(word: str) -> bool:
        """ "religion" is one, though no digest uses it, and no slip in "ReVision"."""
        return lexical.knows(word) or (word in ordinary and bool(lexical.all_translations(fold_word(word))))

    named = dictionary.names.find(text, is_word, dictionary.papers.has)
    heard = list(_heard(text, dictionary, named.mentions))
    initialled = [*_initialled(text, dictionary, named.mentions), *_sides(text, dictionary, named.mentions)]
    initialled += _quoted(text, dictionary, [*named.mentions, *initialled])
    titled = list(entitled(text, dictionary, [*named.mentions, *heard, *initialled]))
    titled += _in_capitals(text, dictionary, [*named.mentions, *initialled, *titled])
    others = [
        m for m in (*named.mentions, *heard, *initialled) if not any(_beside(m.span, t.span) for t in titled)
    ]
    mentions = tuple(sorted((*others, *titled), key=lambda mention: mention.span))
    unknown = [name for name in named.unknown if all(name != mention.typed for mention in initialled)]
    unknown = [name for name in unknown if all(name not in mention.typed for mention in titled)]
    absent = [*unknown, *_versions_nobody_has(text, dictionary), *_titles_nobody_has(text, dictionary)]
    absent += _papers_nobody_has(text, dictionary, [*mentions, *named.mentions])
    absent += _models_nobody_has(text, dictionary)
    absent = [name for name in absent if not _is_likened(name, text, dictionary)]
    kept = tuple(m for m in mentions if not any(m.typed in name for name in absent))
    return replace(named, mentions=kept, unknown=tuple(dict.fromkeys(absent)))


# --- initials of a title ------------------------------------------------------------------------


def _initialled(text: str, dictionary: Dictionary, found: Sequence[Mention]) -> Iterator[Mention]:
    """Papers that go by the initials of their title, of which hardly a digest speaks by these: what many
    say is a term of the field.
    """
    for match in INITIALS.finditer(text):
        named = any(_beside(match.span(), mention.span) for mention in found)
        if named or dictionary.lexical.papers_with(fold_word(match[0])) > SHARED:
            continue
        papers = [paper for paper in dictionary.papers.all() if initials(paper.title) == match[0]]
        if len(papers) == 1:
            yield Mention(match[0], match.span(), (papers[0].arxiv_id,), TITLE_HEAD, papers[0].title)


def _sides(text: str, dictionary: Dictionary, found: Sequence[Mention]) -> Iterator[Mention]:
    """What is set against another name, and is one itself: "swe-gym vs swe-rl"."""
    sides = open_patterns.versus(text) or ()
    for side in sides:
        start = text.find(side)
        span = start, start + len(side)
        papers = dictionary.names.called(side)
        if papers and not any(_beside(span, mention.span) for mention in found):
            yield Mention(side, span, papers, IN_TITLE)


# --- names as they sound ------------------------------------------------------------------------


def _heard(text: str, dictionary: Dictionary, found: Sequence[Mention]) -> Iterator[Mention]:
    """Names written in Hangul, longest first, where the name itself does not stand beside them."""
    nouns = dictionary.lexical.rare_nouns(text)
    places = [
        place
        for place in nouns
        if not any(_beside(place, one.span) and _is_one_with(text, place, one.span) for one in found)
    ]
    at = 0
    while at < len(places):
        for end in range(min(len(places), at + LONGEST_HEARD), at, -1):
            start, stop = places[at][0], places[end - 1][1]
            latin = LATIN_END.match(text, stop)  # "스프레드시트LLM", "딥시크-R1"
            span = start, latin.end() if latin else stop
            typed = text[slice(*span)]
            if SPELLED_BEHIND.match(text, stop):
                continue  # "알렉스넷(AlexNet)" says itself which name it is
            names = _sounding_like(typed, dictionary)
            papers = tuple(dict.fromkeys(paper for name in names for paper in name.papers))
            if names and not _is_a_word(typed, papers, dictionary):
                yield Mention(typed, span, papers, TITLE_HEAD, names[0].spelling)
                at = end - 1
                break
        at += 1


def _sounding_like(typed: str, dictionary: Dictionary) -> list[Name]:
    """The spellings of the one name that sounds like this, or none."""
    from rapidfuzz import fuzz

    heard, letters = transliteration.sounds(typed), transliteration.letters_of(typed)
    if min(len(heard), len(typed)) < SHORTEST_HEARD or len(HANGUL.findall(typed)) < SYLLABLES:
        return []
    long = len(heard) > CLEARLY_HEARD and " " not in typed  # several words are seldom one name
    least = SHORT_ALIKE if len(heard) < CLEARLY_HEARD else LONG_ALIKE if long else ALIKE
    alike = [
        (fuzz.ratio(letters, key), [name for name in names if name.firmness == TITLE_HEAD])
        for key, names in dictionary.names.sounding_like(heard)
    ]
    likeness, best = max(alike, key=lambda pair: pair[0], default=(0.0, []))
    return best if likeness >= least and sum(len(name.papers) for name in best) <= SHARED else []


def _is_a_word(typed: str, named: Sequence[str], dictionary: Dictionary) -> bool:
    """Whether digests of other papers than the `named` say it: "가상현실" is virtual reality, whatever name
    sounds like it.
    """
    said = re.compile(r"\s?".join(map(re.escape, typed)))  # digests may write it apart
    others = (paper for paper in dictionary.papers.all() if paper.arxiv_id not in named)
    return any(said.search(section.text) for paper in others for section in paper.sections)


def _beside(place: tuple[int, int], name: tuple[int, int]) -> bool:
    """Whether a place is that of a name, or just before it: "캥거루(Kangaroo)"."""
    return place[0] < name[1] and name[0] - 2 <= place[1]


def _is_one_with(text: str, place: tuple[int, int], name: tuple[int, int]) -> bool:
    """Whether a word and the name behind it are one: "캥거루(Kangaroo)", and not "플랫퀀트가 QuaRot"."""
    return bool(BRACKET.fullmatch(text[place[1] : name[0]]))


# --- names that no digest holds -----------------------------------------------------------------


def _is_likened(name: str, text: str, dictionary: Dictionary) -> bool:
    """Whether what is asked for is described by itself, and only likened to what goes by the name."""
    places = [match.span() for match in re.finditer(re.escape(name), text)]
    if not all(_is_likened_at(text, *place) for place in places):
        return False
    told = dictionary.lexical.own_terms(text.replace(name, " "))
    return sum(dictionary.lexical.papers_with(term) > 0 for term in told) >= DESCRIBING_WORDS


def _is_likened_at(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    in_one = " " not in name and any(m.end() == len(name) for m in patterns.LIKENED_AFTER.finditer(name))
    before, after = patterns.LIKENED_BEFORE.search(text[:start]), patterns.LIKENED_AFTER.match(text, end)
    return bool(before or after or in_one)


def _versions_nobody_has(question: str, dictionary: Dictionary) -> Iterator[str]:
    """Versions of models of which the digests hold others: an X-3 where there is an X-2."""
    for match in VERSIONED.finditer(question):
        name, separator, version = match.groups()
        if name.casefold() in FIELD or record_patterns.LIMIT.search(match[0]):  # "Top 3 of August"
            continue
        written = re.compile(rf"(?<![A-Za-z]){name.replace('-', '[- ]?')}[- ]?v?({_VERSION})", re.IGNORECASE)
        family = name.partition("-")[0].lower()
        holding = [set(written.findall(text)) for text in _texts(dictionary) if family in text.lower()]
        versions = [found for found in holding if found]
        # Behind a blank a number may be anything: "BALROG 3" is no version where there is no other.
        known = len(versions) >= (1 if "-" in name + separator else VERSIONS_KNOWN)
        if known and not any(version.lstrip("vV") in found for found in versions):
            yield match[0]


def _papers_nobody_has(text: str, dictionary: Dictionary, found: Sequence[Mention]) -> Iterator[str]:
    """Names behind which the text says that a paper goes by them, and none does: "the Qwen3-Next paper"."""
    for token in TOKEN.finditer(text):
        word = token[0]
        # A number at its end may be a size; versions are looked for by themselves.
        named = shaped(word) and word[-1].isalpha() and not word.isupper()  # "the SIGGRAPH paper"
        if not (named and patterns.PAPER_AFTER_NAME.match(text, token.end())):
            continue
        if not dictionary.lexical.knows(word) and not any(_beside(token.span(), one.span) for one in found):
            yield word


def _models_nobody_has(text: str, dictionary: Dictionary) -> Iterator[str]:
    """Models of a number whose card or report is asked for, and of which no digest speaks: "the Grok Heavy 4
    system card", "gpt-oss-120b 모델 카드".
    """
    for match in NUMBERED.finditer(text):
        counted = record_patterns.LIMIT.search(match[0]) or YEAR.search(match[0])  # "Top 13", "mid-2024"
        if counted or not patterns.CARD_AFTER_NAME.match(text, match.end()):
            continue
        written = re.compile(r"[ -]?".join(map(re.escape, re.split(r"[ -]", match[0]))), re.IGNORECASE)
        if not any(written.search(said) for said in _texts(dictionary)):
            yield match[0]


def _titles_nobody_has(text: str, dictionary: Dictionary) -> Iterator[str]:
    """Quoted titles that no paper has."""
    from rapidfuzz import fuzz, process

    for match in QUOTED.finditer(text):
        words = match[1].split()
        if len(words) < QUOTED_WORDS or sum(word[0].isupper() for word in words) <= len(words) / 2:
            continue
        if _begun_by(match[1], dictionary):
            continue
        titles = [paper.title for paper in dictionary.papers.all()]
        heads = [title.partition(":")[0] for title in titles]
        if not process.extractOne(match[1], titles + heads, scorer=fuzz.ratio, score_cutoff=SAME_TITLE):
            yield match[1]


def _quoted(text: str, dictionary: Dictionary, found: Sequence[Mention]) -> Iterator[Mention]:
    """Papers of which the beginning of the title is quoted."""
    for match in QUOTED.finditer(text):
        papers = _begun_by(match[1], dictionary)
        if papers and not any(_beside(match.span(1), mention.span) for mention in found):
            yield Mention(match[1], match.span(1), papers, TITLE_HEAD)


def _in_capitals(text: str, dictionary: Dictionary, found: Sequence[Mention]) -> Iterator[Mention]:
    """Papers of which a fact is asked by words of their titles, in these capitals, that hardly another digest
    says in a row: "Android Agent Arena" of "A3: Android Agent Arena for …".
    """
    if not (
        figures.NUMBER_ASKED.search(text) or record_patterns.about_record(record_patterns.aggregate(text))
    ):
        return  # "Zero-Shot Speech Synthesis 논문" are of a topic
    for match in IN_CAPITALS.finditer(text):
        if any(_beside(match.span(), one.span) and one.firmness > IN_TEXT for one in found):
            continue
        words = match[0].casefold()
        papers = [paper.arxiv_id for paper in dictionary.papers.all() if match[0] in paper.title]
        if 0 < len(papers) <= SHARED >= sum(words in said.casefold() for said in _texts(dictionary)):
            yield Mention(match[0], match.span(), tuple(papers), IN_TITLE)


def _begun_by(quotation: str, dictionary: Dictionary) -> tuple[str, ...]:
    """The papers whose titles begin with words that are quoted, where hardly another digest says them."""
    if len(quotation.split()) < QUOTED_WORDS:
        return ()
    words, said = fold(quotation), quotation.casefold()
    begun = [paper.arxiv_id for paper in dictionary.papers.all() if fold(paper.title).startswith(words)]
    return (
        tuple(begun)
        if begun and sum(said in text.casefold() for text in _texts(dictionary)) <= SHARED
        else ()
    )


def _texts(dictionary: Dictionary) -> Iterator[str]:
    """Every title and section of the collection."""
    for paper in dictionary.papers.all():
        yield paper.title
        for section in paper.sections:
            yield section.text
