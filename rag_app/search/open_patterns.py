"""What open questions ask for beside their subject: the language, form and length of the answer,
the columns of a table, and what must not hold.

Knows: how wishes are read off a question, in every language. Does not know: a language's words, how
kinds of questions are told apart, or how a wish is met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rag_app.lang import LANGUAGES, alternatives, language_of
from rag_app.lang.language import OpenPatterns, Parts
from rag_app.lang.wording import Wording, matched_group, wording
from rag_app.text.terms import STOP_WORDS


def _said(parts_of: Callable[[OpenPatterns], Parts]) -> Wording:
    """The wordings of every language."""
    return wording(lambda one: parts_of(one.open_questions))


def _one_by_one(parts_of: Callable[[OpenPatterns], Parts]) -> tuple[Wording, ...]:
    """The wordings of every language, each for itself, since they hold a group."""
    parts = (part for one in LANGUAGES.values() for part in parts_of(one.open_questions))
    return tuple(Wording(part) for part in parts)


def _by_key(parts_of: Callable[[OpenPatterns], Mapping[str, str]]) -> Mapping[str, Wording]:
    """The wordings of every language for each key."""
    given = [parts_of(one.open_questions) for one in LANGUAGES.values()]
    keys = dict.fromkeys(key for parts in given for key in parts)
    return {key: Wording("|".join(parts[key] for parts in given if key in parts)) for key in keys}


ASKING = _said(lambda p: p.asking)
POINTS = _said(lambda p: p.points)
NAME_COLUMN = _said(lambda p: p.name_column)
RESULTS = _said(lambda p: p.results)
FIGURES_ASKED = _said(lambda p: p.figures_asked)
DENIED = (_said(lambda p: p.without_before), _said(lambda p: p.without_after))
REASONS = _said(lambda p: p.reasons)
HARMS = _said(lambda p: p.harms)
DIVIDING = _said(lambda p: p.dividing)
DENYING = _said(lambda p: p.denying)
DENYING_BEFORE = _said(lambda p: p.denying_before)
OUTDONE = _said(lambda p: p.outdone)
OUTDONE_BEFORE = _said(lambda p: p.outdone_before)
SILENCE = _said(lambda p: p.silence)
EXCEEDING = _said(lambda p: p.exceeding)
PERHAPS_EXCEEDING = _said(lambda p: p.perhaps_exceeding)
FROM_TO = _said(lambda p: p.from_to)
NEEDING = _said(lambda p: p.needing)
DEFINING = _said(lambda p: p.defining)
SUBJECT_END = _said(lambda p: p.subject_end)
OPENING = _said(lambda p: p.opening)
GENERAL_NOUN = _said(lambda p: p.general_nouns)
APPOSING = _said(lambda p: p.apposing)
PRAISING = _said(lambda p: p.praising)
MENDING = _said(lambda p: p.mending)
ANNOUNCING = _said(lambda p: p.announcing)
COMPARING = _said(lambda p: p.comparing)
FAULTS = _said(lambda p: p.faults)
OWN_WORK = _said(lambda p: p.own_work)
NAMED = _one_by_one(lambda p: p.named)
DEFINITE = _said(lambda p: p.definite)
OTHERS = _one_by_one(lambda p: p.told_apart)
VERSUS = _one_by_one(lambda p: p.versus)
CONTRIBUTED = _one_by_one(lambda p: p.contributed)
CONTRIBUTING = _said(lambda p: p.contributing)
BACKGROUND = _said(lambda p: p.background)
NOT_BEFORE = Wording(rf"(?:{alternatives(lambda one: one.open_questions.not_before)})\s*$")
NOT_AFTER = Wording(rf"\s*(?:{alternatives(lambda one: one.open_questions.not_after)})")
IN_A_LANGUAGE = _said(lambda p: p.in_this_language)
ALIKE = _said(lambda p: p.alike)
NEAR = _said(lambda p: p.near)
ASPECTS_OF = _one_by_one(lambda p: p.aspects_of)
SHORTER = _said(lambda p: p.shorter)
LONGER = _said(lambda p: p.longer)
AS_TABLE = _said(lambda p: p.as_table)
TABLING = _said(lambda p: p.tabling)
ONLY = _said(lambda p: p.only)
COUNTING = _said(lambda p: p.counting)
SIZES = _said(lambda p: p.sizes)
SCORES = re.compile(r"\d\s?(?:%|퍼센트|percent|points?\b)|\d\.\d+(?!\d|\s?[KMBT](?![A-Za-z]))")
NEGATING = _said(lambda p: p.negating)
HINTING = _said(lambda p: p.hinting)
RISING = _said(lambda p: p.rising)
FALLING = _said(lambda p: p.falling)
LACKING = _said(lambda p: p.lacking)
ABOUNDING = _said(lambda p: p.abounding)
TELLING = _said(lambda p: p.telling)
LEANING = _said(lambda p: p.leaning)
OF_THOSE = _said(lambda p: p.of_those)
COLUMNS_TOLD = _one_by_one(lambda p: p.columns_told)
COLUMNS_ASKED = _by_key(lambda p: p.columns_asked)
COLUMNS_SAID = _by_key(lambda p: p.columns_said)
MADE_THINGS = _by_key(lambda p: p.made_things)
# What a question explains or lists in parentheses.
ASIDE = re.compile(r"\([^()]{12,}\)|\([^()]*[,、·][^()]*\)")
FREE = re.compile(r"([A-Za-z]+)[- ]free", re.IGNORECASE)
EMPTY = Wording(r"\([^\w()]*\)(?:에|은|는|의)?(?=\s|$)")  # left where a date was
IN_ENGLISH = re.compile(r"(?<=[^\x00-\x7f])\s?\(([A-Za-z][A-Za-z0-9 /-]{2,60})\)")
PARENTHESES = re.compile(r"\s?\([^()]*\)")
BRACKETED = re.compile(r"^\s*\(([^()]*)\)")
LISTED = re.compile(
    r"\(((?:[^()]|\([^()]*\))*[,，、/·](?:[^()]|\([^()]*\))*)\)"
    r"|[.:：?]\s*([^.:：?()]*(?:\([^()]*\)[^.:：?()]*)*[,，、][^.:：?]*)"
)
BETWEEN = re.compile(r"\s*[,;，、]\s*(?![^()]*\))|\s+(?:and|및)\s+(?![^()]*\))")
ARTICLE = re.compile(r"^(?:the|their|its) ", re.IGNORECASE)
WIDE = str.maketrans("（）", "()")  # as texts in Japanese and Chinese write them
FEWEST_COLUMNS, MOST_COLUMNS = 2, 5
LONGEST_COLUMN = 60  # characters

_COUNTS = {word: n for one in LANGUAGES.values() for word, n in one.numbers.counts.items()}
COUNT_WORDS = frozenset(_COUNTS)


def subject(text: str) -> str:
    """What an open question is about: without what asks, and without the form that is asked for; empty
    where nothing is left.
    """
    return _without(EMPTY, _without(ASKING, _without(POINTS, text)))


def narrow_subject(text: str) -> str:
    """The subject without what is explained in parentheses."""
    return subject(ASIDE.sub(" ", text))


def term_given(text: str) -> str:
    """The English term that stands in parentheses behind a word in another language: what digests call
    it, too; empty where there is none.
    """
    match = IN_ENGLISH.search(text)
    return match[1] if match else ""


def named(question: str) -> str:
    """The thing whose meaning is asked for: the X of "what is X"; empty where it is not told so."""
    return _first_named(NAMED, question)


def told_apart(question: str) -> str:
    """The other thing that the question wants it told apart from; empty where there is none."""
    return _first_named(OTHERS, question)


def versus(question: str) -> tuple[str, str] | None:
    """The two things that a question sets side by side and asks nothing else of: "DPO vs PPO"."""
    found = (match for pattern in VERSUS if (match := pattern.fullmatch(question.strip())))
    match = next(found, None)
    return (match[1].strip(), match[2].strip()) if match else None


def thing_with_aspects(question: str) -> str:
    """The thing whose strengths, faults or open problems a question asks for and nothing else; else empty."""
    found = (match[1] for pattern in ASPECTS_OF if (match := pattern.fullmatch(question.strip())))
    return next(found, "").strip()


def contributed(sentence: str) -> str:
    """What a digest's sentence says that its paper brings, in its own words; empty where it says none."""
    return _first_named(CONTRIBUTED, sentence)


def _first_named(patterns: Sequence[Wording], text: str) -> str:
    found = (match[1] for pattern in patterns for match in [pattern.search(text)] if match)
    return next(found, "").strip(" ,.?!")


def answer_language(question: str) -> str:
    """The language that the answer is to be in: the one that is asked for, else that of the question."""
    for one in LANGUAGES.values():
        if any(re.search(part, question, re.IGNORECASE) for part in one.open_questions.in_this_language):
            return one.code
    return language_of(question)


BULLETED = _said(lambda p: p.bulleted)
FORMS = (SHORTER, LONGER, AS_TABLE, ONLY, POINTS, BULLETED, IN_A_LANGUAGE)


def asks_for_a_form(question: str) -> bool:
    """Whether a question wants an answer in a form: shorter, longer, as a table, in points, in a language,
    or only some of it.
    """
    return asks_for_another_form(question) or bool(OF_THOSE.search(question))


def asks_for_another_form(question: str) -> bool:
    """The same, but for what is only asked of some papers of an answer: "which of these …"."""
    return any(pattern.search(question) for pattern in FORMS)


def is_a_form(question: str) -> bool:
    """Whether a question names a form and nothing else: "as a table", and not "table understanding"."""
    rest = question
    for pattern in FORMS:
        rest = pattern.sub(" ", rest)
    return rest != question and not set(re.findall(r"[^\W\d_]{2,}", rest.casefold())) - STOP_WORDS


def denied(before: str, after: str) -> bool:
    """Whether what stands between two texts is said not to be meant."""
    return bool(NOT_BEFORE.search(before) or NOT_AFTER.match(after))


def points_asked(question: str) -> int:
    """The N of "in N points"; 0 where no number is given."""
    match = POINTS.search(question)
    if not match:
        return 0
    word = matched_group(match).casefold()
    return int(word) if word.isdigit() else _COUNTS.get(word, 0)


def columns(question: str) -> tuple[str, ...]:
    """The columns of a table that a question lists, as it names them; empty where it lists none."""
    return _columns(question)[0]


def asks_for_a_table(question: str) -> bool:
    """Whether a question wants a table and says its columns."""
    return bool(columns(question) and TABLING.search(question))


def without_columns(question: str) -> str:
    """The question without the columns that it lists."""
    start, end = _columns(question)[1]
    return f"{question[:start]} {question[end:]}"


def column_key(column: str) -> str:
    """What a column asks for, as a key of `COLUMNS_SAID`; empty where digests say it in its own words."""
    return next((key for key, asked in COLUMNS_ASKED.items() if asked.search(column)), "")


def is_aspect(text: str) -> bool:
    """Whether it names what can be asked of any paper: "results", "the data"."""
    return bool(column_key(text) or RESULTS.search(text))


def made_thing(question: str) -> Wording | None:
    """The kind of thing that rows are asked for and papers make, a data set or a benchmark."""
    return next((thing for thing in MADE_THINGS.values() if thing.search(question)), None)


def _columns(question: str) -> tuple[tuple[str, ...], tuple[int, int]]:
    """(the columns, the span that lists them)."""
    plain = question.translate(WIDE)
    told = [match for pattern in COLUMNS_TOLD for match in pattern.finditer(plain)]
    for match in [*reversed(list(LISTED.finditer(plain))), *told]:
        groups = [group for group in range(1, len(match.groups()) + 1) if match[group]]
        listed = ", ".join(match[group] for group in groups)
        named = tuple(
            ARTICLE.sub("", part.strip(" .?!")) for part in BETWEEN.split(listed) if part.strip(" .?!")
        )
        if FEWEST_COLUMNS <= len(named) <= MOST_COLUMNS and all(
            len(name) <= LONGEST_COLUMN for name in named
        ):
            return named, (match.start(groups[0]), match.end(groups[-1]))
    return (), (0, 0)


@dataclass(frozen=True, slots=True)
class Denial:
    """What must not hold, other words for that it does not, and the question without both."""

    what: str = ""
    also: str = ""  # "training-free, zero-shot" after "without training"
    rest: str = ""
    apart: bool = False  # other papers are meant than those about it, rather than papers that do without it
    ways: tuple[str, ...] = ()  # how it may be done instead: "(language model, masked tokens)"


def denial(question: str) -> Denial:
    """What a question says must not hold; `what` is empty where it says nothing of the kind."""
    for pattern in DENIED:
        match = next(filter(_is_of_a_thing, pattern.finditer(question)), None)
        if match:
            before, after = question[: match.start()], question[match.end() :]
            start, end = next(match.span(group) for group in range(1, pattern.groups + 1) if match[group])
            also = BRACKETED.match(after)
            also = also if also and (FREE.search(also[1]) or NEGATING.search(also[1])) else None
            behind = after[also.end() :] if also else after
            return Denial(
                what=question[start:end].strip(),
                apart=denied(question[:start], question[end:]),
                also=also[1] if also else "",
                rest=before + " " + behind,
                ways=_listed(behind),
            )
    return Denial(rest=question)


def _is_of_a_thing(match: re.Match[str]) -> bool:
    """Whether what must not be is a thing that papers use: "without losing accuracy" is none."""
    return not HARMS.search(matched_group(match))


def denies(question: str) -> bool:
    """Whether something must not be there that a question itself denies; "training-free" is a word of the
    field, which digests say themselves, and "why do models fail without it?" asks for reasons.
    """
    wanted = bool(denial(FREE.sub(" ", question)).what) and not asks_for_both(question)
    return wanted and not REASONS.search(question)


def asks_for_both(question: str) -> bool:
    """Whether papers with a thing and without it are asked for, apart; not where it is said that nothing is
    told apart.
    """
    return bool(DIVIDING.search(denial(question).rest))


def _listed(text: str) -> tuple[str, ...]:
    """What is listed in parentheses; a single thing is no list."""
    parts = [part.strip(" .…") for match in LISTED.finditer(text) for part in BETWEEN.split(match[1] or "")]
    named = tuple(part for part in parts if re.search(r"\w", part))
    return named if len(named) > 1 else ()


def _without(pattern: Wording, text: str) -> str:
    return re.sub(r"\s+", " ", pattern.sub(" ", text)).strip(" ,.?!:;-~")
