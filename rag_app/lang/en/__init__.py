"""English."""

from __future__ import annotations

from rag_app.lang.en.courtesies import COURTESIES
from rag_app.lang.en.dates import DATES
from rag_app.lang.en.numbers import NUMBERS
from rag_app.lang.en.open_questions import OPEN_QUESTIONS
from rag_app.lang.en.phrases import PHRASES
from rag_app.lang.en.prompts import PROMPTS
from rag_app.lang.en.questions import QUESTIONS, VOTES
from rag_app.lang.en.releases import RELEASES
from rag_app.lang.en.topics import TOPICS
from rag_app.lang.en.turns import TURNS
from rag_app.lang.language import Language

LANGUAGE = Language(
    code="en",
    script="A-Za-z",
    endings=("['’]s",),
    clause_ends=(),
    of_nouns=(),
    made_with=("based|powered|driven",),
    after_nouns=(),
    sentence_ends="",
    abbreviations=(
        r"e\.g|i\.e|et al|vs|cf|ca|approx|resp|w\.r\.t|a\.k\.a|Figs?|Eqs?|Secs?|Tabs?|Refs?|Nos?|Vol|Ch|App",
        "Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr|Inc|Ltd",
    ),
    stop_words=frozenset(
        "a an and are as at be been being both but by can could did do does done for from had has "
        "have having how i if in into is it its me my no not of on or our over so some such than "
        "that the their them then there these they this those to under up us use used using via "
        "was we were what when where which while who whom whose why will with would you your any "
        "anyone find give list looking look paper papers please show study tell want work works "
        # "doe" is "does", folded
        "one thing things about also many much each s doe don doesn didn isn aren "
        # as typed without the apostrophe
        "whats whos hows wheres whens whys thats theres dont doesnt didnt isnt arent cant ive im id".split()
    ),
    questions=QUESTIONS,
    open_questions=OPEN_QUESTIONS,
    votes=VOTES,
    dates=DATES,
    numbers=NUMBERS,
    topics=TOPICS,
    turns=TURNS,
    phrases=PHRASES,
    prompts=PROMPTS,
    releases=RELEASES,
    dictionary="en",
    # British and American
    spelled_two_ways=(("is", "iz", "(?:e|ed|er|ing|ation|able)"), ("our", "or", "(?:al|ed|ing|ful|able)?")),
    courtesies=COURTESIES,
)
