"""The shape of a language: what the application must know of one to be asked and to answer in it.

Knows: which words, patterns and sentences a language gives, and the pieces of patterns that all of
them share. Does not know: any language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Alternatives of one regular expression, which holds those of every language. None says that the
# language has no such wording.
Parts = tuple[str, ...]
Words = frozenset[str]

# --- pieces of patterns, the same in every language ---------------------------------------------

# a number that bounds votes: not the end of a longer one
INTEGER = r"(?<![\d.,])(\d{1,3}(?:,\d{3})+|\d{1,9})"
YEAR = r"(?:19|20)\d\d"
# figures as digests write them, in whatever language
PERCENT = r"\d\s?(?:%|퍼센트|percent)"
TIMES = r"\d\s?(?:배|x\b|×|times|-?fold)"
MINUTES = r"\d\s?(?:분(?![가-힣])|분[ 이의을에만]|minutes?|min\b)"
SECONDS = r"\d\s?(?:초(?![가-힣])|초[ 이의을에만]|seconds?|s\b)"
HOURS = r"\d\s?(?:시간|hours?|h\b)"
DAYS = r"\d\s?(?:일(?![가-힣])|일[ 이의을에만간]|주(?![가-힣])|days?\b|weeks?\b)"
FRAMES = r"\d\s?(?:fps|프레임|frames?)"
MONEY = (
    r"\$\s?\d|\d\s?(?:달러|센트|유로|위안|원(?![가-힣])|엔(?![가-힣])|dollars?|USD\b|euros?|cents?\b"
    r"|美元|ドル|元(?!\w))"
)
PARAMETERS = r"\d\s?(?:[BMK]\b|억|만|billion|million)"
# a person's, in Latin letters
NAME = r"((?:[A-ZÀ-Þ][A-Za-zÀ-ɏ.'’-]{0,30}\s+){1,3}[A-ZÀ-Þ][A-Za-zÀ-ɏ.'’-]{0,30}[A-Za-zÀ-ɏ])"


SURNAME = r"([A-ZÀ-Þ][A-Za-zÀ-ɏ'’-]{1,30}[A-Za-zÀ-ɏ])"


@dataclass(frozen=True, slots=True)
class QuestionPatterns:
    """How questions about papers are worded. Case does not matter but in the names of authors."""

    greeting: Parts  # the whole of a question
    reaction: Parts  # the same: to the answer before, asking nothing
    # said around a pasted text: what asks for something, and that the text is to be left aside
    asking: Parts
    aside: Parts
    comparing: Parts
    side_by_side: Parts  # that a comparison has two sides
    other_described: Parts  # a side of a comparison that is described, not named
    summing: Parts  # asks that papers be summed up
    simply: Parts  # asks that it be told in simple words
    ways: Parts  # asks by which ways, of any number, something is done
    trend: Parts
    trend_words: Parts  # in a trend question, what is no part of its topic
    authors_ranked: Parts
    listing: Parts
    everything: Parts  # asks for all papers by itself
    whole: Parts  # asks for all papers beside a word for papers
    title_asked: Parts  # of a paper that is named otherwise
    one_paper: Parts  # speaks of one
    paper_before_name: Parts  # says that the name behind it is a paper's: "authors of X"
    paper_after_name: Parts  # says so behind it: "the X paper"
    card_after_name: Parts  # the card or report of a model
    every_paper: Parts  # speaks of papers so that no single one can be meant
    papers: Parts
    searching: Parts
    pointing: Parts  # to what was said before
    supposing: Parts  # what an answer is to hold for: a condition that is told before the question
    among: Parts  # the papers of the answer before
    two: Parts  # of them
    another: Parts  # one paper, other than the one of the answer before
    same_day: Parts  # as that paper
    recently: Parts  # before a word for papers: those of late are meant
    newer: Parts  # papers that are asked for: those after the paper of the answer before, those before it
    older: Parts
    not_author: Parts  # one group: somebody who is not meant
    kind: Parts  # after a name: a kind of method is meant, not the paper
    likened_before: Parts  # before a name, after it: what is asked for is only likened to it
    likened_after: Parts
    asked_surname: Parts  # of an author, in a group
    asked_author: Parts  # one group: somebody is asked for as an author, whoever it is
    maybe_author: Parts  # one group: perhaps an author, if one is spelled nearly so
    possessive: Parts  # between a name and `papers_of`
    papers_of: Parts
    number_asked: Parts
    counted: Parts  # of what it is asked how many there are, as a group
    units: Mapping[str, str]  # what a figure is asked in -> how it stands behind or before one in a digest
    measures: Mapping[str, str]  # how much of it is asked -> what that is called: "faster" is of speed
    boilerplate: Parts  # what a list question has beside its topic
    ordinals: tuple[Parts, Parts, Parts, Parts, Parts]  # the first to the fourth paper, the last
    # What is asked of a record or of the whole table.
    facts: Mapping[str, Parts]
    on_topic: Parts  # one group: what papers are asked for on, known or not ("papers on knitting")
    unrecorded: Parts  # by what papers are judged elsewhere, and no digest records: "most cited"
    each: Mapping[str, Parts]  # "of each month": papers are ranked within the days, weeks, months or years
    in_title: Parts  # one group: words that the title holds
    more_voted: Parts  # papers with more votes than one that is named, with fewer
    fewer_voted: Parts
    # around a name, what says that the paper asked for is another, which uses it
    used_before: Parts
    used_after: Parts
    same_authors: Parts  # asks for other papers of the authors of one
    first_author: Parts  # of them: the first alone is meant
    last_author: Parts
    limit: Parts  # one group: how many papers are asked for
    several: Parts  # more than one, without a number
    # Content terms, as `text.terms` folds them: those that speak of papers as records and carry no
    # topic, and those that a question about any paper may have, which ask for what it is about and
    # for nothing in particular.
    about_papers: Words
    of_everything: Words  # terms that say that all papers are meant
    of_any_paper: Words


@dataclass(frozen=True, slots=True)
class OpenPatterns:
    """What open questions say beside their subject, and how digests put what is asked of them.
    A language without a wording of its own still has its questions answered.
    """

    asking: Parts  # what asks and carries no topic: "what are the main ways to"
    in_this_language: Parts = ()  # the answer is to be in this language
    points: Parts = ()  # one group: in how many points, lines or sentences
    name_column: Parts = ()  # of a column, whole: it asks for the names of the papers
    figures_asked: Parts = ()  # of a column: it asks for a figure
    results: Parts = ()  # of a column: it asks for results, whatever they measure
    without_before: Parts = ()  # one group: what must not be, after a word for "without"
    without_after: Parts = ()  # one group: the same, before such a word
    reasons: Parts = ()  # asks why
    harms: Parts = ()  # what is to be kept from, and no thing that papers use: "without losing accuracy"
    dividing: Parts = ()  # both what has something and what has not is asked for, apart
    not_before: Parts = ()  # just before what is not meant
    not_after: Parts = ()  # just after it
    # In a digest's sentence: that something is not needed or not used, behind the thing or before it.
    denying: Parts = ()
    denying_before: Parts = ()
    # The same: that the thing is only what something is compared with, behind it or before it.
    outdone: Parts = ()
    outdone_before: Parts = ()
    needing: Parts = ()  # one group: what a question asks whether it is needed or used
    defining: Parts = ()  # in a digest's sentence: that it says what something is
    opening: Parts = ()  # in a digest's sentence, before its subject: "recently"
    general_nouns: Parts = ()  # behind a thing's name: "models", which leave it the same thing
    subject_end: Parts = ()  # in a digest's sentence: between its subject and what it says of it
    apposing: Parts = ()  # in a digest's sentence, before a name: that what stands there is its kind
    praising: Parts = ()  # in a digest's sentence: that something is good or much used
    announcing: Parts = ()  # in a digest's sentence: that something is new
    comparing: Parts = ()  # in a digest's sentence: that it tells one thing from another
    mending: Parts = ()  # in a digest's sentence: that a fault is mended
    named: Parts = ()  # one group: the thing whose meaning is asked for
    definite: Parts = ()  # the thing is one that was spoken of: "what is the accuracy?"
    versus: Parts = ()  # the whole question, two groups: the things that it sets side by side
    told_apart: Parts = ()  # one group: the thing that it is to be told apart from
    faults: Parts = ()  # in a question or a digest's sentence: that something goes wrong
    own_work: Parts = ()  # in a digest's sentence: that it speaks of the paper itself
    contributing: Parts = ()  # in a digest's sentence: that it says what the paper does
    # In a digest's sentence, one group: what the paper brings, as a phrase that can stand in a list.
    contributed: Parts = ()
    telling: Parts = ()  # at either end of a text: that it is a sentence, no phrase
    background: Parts = ()  # in a digest's sentence: that it says what was before the paper
    leaning: Parts = ()  # at the beginning of a digest's sentence: that it leans on the one before
    linking: Parts = ()  # the same, where the sentence stands without it: "also, "
    shorter: Parts = ()  # of the answer before
    longer: Parts = ()
    as_table: Parts = ()
    bulleted: Parts = ()
    tabling: Parts = ()  # the same, said so that no table among the papers can be meant
    only: Parts = ()  # one group or none: of its papers only those that ...
    # One group or two: the columns of a table, where a question tells them in its sentence.
    columns_told: Parts = ()
    # By keys that all languages share: how a column names what it asks for, how a digest's sentence says
    # that, and what papers make ("data set").
    columns_asked: Mapping[str, str] = field(default_factory=dict)
    columns_said: Mapping[str, str] = field(default_factory=dict)
    made_things: Mapping[str, str] = field(default_factory=dict)
    counting: Parts = ()  # the column of a table that wants a size or a count, beside what is counted
    sizes: Parts = ()  # in a digest's sentence: how many of something there are
    # In a digest's sentence or its translation: that something is denied; words that may say so, too;
    # that something goes up or is better, goes down or is worse.
    negating: Parts = ()
    hinting: Parts = ()
    silence: Parts = ()  # in an answer: that the digest does not say something
    exceeding: Parts = ()  # the same: that one thing is more or better than another
    perhaps_exceeding: Parts = ()  # what may say so, too
    from_to: Parts = ()  # two groups: the figures between which something went
    rising: Parts = ()
    falling: Parts = ()
    lacking: Parts = ()  # the same: that there is little or nothing of something
    abounding: Parts = ()  # or much, or enough
    aspects_of: Parts = ()  # one group, the whole of a question: the thing whose strengths or faults are asked for
    near: Parts = ()  # beside `alike`: asks for papers like the one that is named
    alike: Parts = ()  # what is like something is asked for
    of_those: Parts = ()  # "of those": the papers of the answer before


@dataclass(frozen=True, slots=True)
class VoteConditions:
    """Conditions on votes; each group is a number. Numbers count only beside a word for votes: "3개
    이상의 GPU" is none.
    """

    between: Parts  # two groups
    from_to_below: Parts  # two groups, the second left out
    at_least: Parts
    more_than: Parts
    at_most: Parts
    fewer_than: Parts
    exactly: Parts
    none: Parts
    unknown: Parts


@dataclass(frozen=True, slots=True)
class DateWords:
    """How days, months, years, ranges and relative dates are written.

    Groups of the patterns: y, m, d (numbers), mon and dw (keys of `months` and `days`), q, h and s (quarter,
    half, season of a year: keys of `halves` and `seasons`), ry (a key of `years_ago`). Some stand in a
    lookahead.
    """

    full: Parts  # a day of a month of a year
    part_of_year: Parts
    month_of_year: Parts
    day_of_month: Parts
    day: Parts  # alone
    month_or_year: Parts  # alone
    months: Mapping[str, int]
    days: Mapping[str, int]  # written out: group dw
    halves: Mapping[str, int]
    seasons: Mapping[str, tuple[int, int]]  # its first and last month, where they are in one year
    years_ago: Mapping[str, int]  # without blanks
    # (day, week, month or year; how many ago) -> its wordings
    relative: Mapping[tuple[str, int], Parts]
    recent: Parts  # groups n and unit: "last 3 days"
    counts: Mapping[str, int]  # n
    units: Mapping[str, int]  # unit -> days
    # between two dates; an article may follow the first, an ending of a day stand before the second
    range_between: Parts
    article: Parts
    list_between: Parts
    day_ending: Parts
    day_unit: Parts  # after the number of a day that stands without its month, or what may follow it
    # just before a date, to its very beginning
    between_before: Parts
    since_before: Parts
    after_before: Parts
    until_before: Parts
    before_before: Parts
    # just after a date
    between_after: Parts  # after the second of two
    since_after: Parts
    until_after: Parts
    before_after: Parts
    # what belongs to a date: just before it, and each of what may follow it
    lead: Parts
    tail: Parts
    # around a month or a year, what names a part of it -> its first and last day in a month (-1 is the last)
    parts_before: Mapping[str, tuple[int, int]]
    parts_after: Mapping[str, tuple[int, int]]
    # beside a day: the week that it is in
    week_before: Parts
    week_after: Parts
    # around a date that is named to be left out
    excluded_before: Parts = ()
    excluded_after: Parts = ()


@dataclass(frozen=True, slots=True)
class NumberWords:
    """Numbers in words, and the words that scale digits."""

    percent: Parts
    scales: Mapping[str, float]
    scales_add_up: bool  # "1억 5천만" is one number
    # numbers that a text may spell out, without 1, which is an article too
    spelled: Mapping[str, int]
    spelled_inside: tuple[str, str]  # what must stand before and after one
    counts: Mapping[str, int]  # of papers that are asked for
    # largest first: scales that numbers with scales of other languages are rewritten to
    rewritten: Mapping[str, float]
    # What a figure counts, by its English name: the word behind it as it is written, and the regular
    # expression that it is read by.
    measures: Mapping[str, tuple[str, str]]
    measure_end: str  # what must follow such a word, as a regular expression


@dataclass(frozen=True, slots=True)
class TopicWords:
    """What joins the parts of a topic, and what says nothing about it; Korean ones as morphemes."""

    either: Words
    both: Words
    leaving_out_next: Words  # "not", before what is left out
    leaving_out_last: Words  # "제외", after it
    leaving_out: Parts  # longer wordings; what is left out follows, or is their group
    saying_little: Words  # of a topic: what papers do with one
    within: Words  # stop words, verbs and particles that may stand in a topic, which else is of nouns alone


@dataclass(frozen=True, slots=True)
class TurnPatterns:
    """How short turns go on with the answer before; the whole turn, where nothing else is said."""

    instead: Parts  # one group: a topic in place of the one before
    within: Parts  # one group: a topic that narrows it
    their_papers: Parts  # papers on what was told of
    further: Parts  # the next papers are asked for
    adding: Parts  # one group: what is set beside those that were compared, too
    whole: Parts  # the list is wanted again without what narrowed it
    year_alone: Parts  # one group: a year
    following: Mapping[str, Parts]  # day, week, month, year -> the one after what was told of is asked for
    preceding: Mapping[str, Parts]  # the one before it
    of_two: Parts  # one group: what is asked of two things that were set side by side
    all_told: Parts  # in a turn: all papers of the list before
    pronouns: Parts  # in a turn: what stands for the thing that was explained
    places: Parts  # one group: the place of a paper in the answer, in digits or a key of `place_words`
    place_words: Mapping[str, int]  # -1 is the last


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the model is told, and which characters it may write."""

    ask: str  # slot: length
    lengths: Mapping[str, str]  # of an answer about one paper, a comparison, a search
    opening: str  # of an answer that names a paper: else the model repeats its title
    characters: str  # of a line: brackets are for citations alone
    # How a digest's sentence in another language is to be translated; empty where none is.
    translator: str
    translate: str
    # How a question in another language is to be put, to be looked for.
    question_translator: str
    translate_question: str
    # How a sentence about a paper is to be shortened to a noun phrase, and examples: (sentence, phrase).
    # Empty where no model was seen to do it well: one of 1.5B parameters repeats the example in Korean.
    shortener: str = ""
    shortened: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ReleaseWords:
    """How what a paper makes public is asked for and told."""

    things: Mapping[str, str] = field(default_factory=dict)  # code, model, data -> what these are called
    asked: Parts = ()  # in a question: that they are public
    said: Parts = ()  # in a digest: that the paper's are, naming them
    withheld: Parts = ()  # in a question: that they are not public
    either: Parts = ()  # between things: that one of them will do


@dataclass(frozen=True, slots=True)
class Language:
    """One language of questions and answers."""

    code: str
    script: str  # its letters, as the inside of a character class
    endings: Parts  # that may be written to the end of a name and are no part of it
    clause_ends: Parts  # at the end of a word that no term goes on after
    of_nouns: Parts  # at the end of a noun: that it tells the kind of the next one ("mathematical reasoning")
    made_with: Parts  # between two nouns: that the one makes use of the other ("based")
    after_nouns: Parts  # what may be written to the end of a noun and leaves it the same word
    # letters after which a full stop ends a sentence though no blank follows it
    sentence_ends: str
    abbreviations: Parts  # whose full stop ends none
    stop_words: Words  # as `text.terms` folds them
    questions: QuestionPatterns
    open_questions: OpenPatterns
    votes: VoteConditions
    dates: DateWords
    numbers: NumberWords
    topics: TopicWords
    turns: TurnPatterns
    phrases: Mapping[str, str]  # fixed sentences of answers that code writes
    prompts: Prompts
    releases: ReleaseWords = ReleaseWords()
    dictionary: str = ""  # of pyspellchecker, with the words of a language in Latin letters
    # (one, other, what may follow): endings of words that are spelled in two ways, the last as a pattern
    spelled_two_ways: tuple[tuple[str, str, str], ...] = ()
    courtesies: Parts = ()  # in a question: what only makes it polite, before, around and behind what is asked
    # Of a text's letters, that make it a text in this language: names and terms in it stay in Latin ones.
    fair_share: float = 0.15
    # The letters by which a text is told, where these are not those of its script: that script is shared
    # with another language, or texts in it have others, too.
    own_letters: str = ""
