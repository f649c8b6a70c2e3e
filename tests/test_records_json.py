"""Answers and queries come back from JSON as they went in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag_app.records import Answer, Citation, Fact, Filters, Intent, Passage, Query, Sentence, Support, Usage
from rag_app.records_json import as_json, as_stored_json, from_json, query_as_json, query_from_json

TEXTS = st.one_of(
    st.text(max_size=40), st.sampled_from(['"quoted"\n> [1]', "한국어 문장입니다.", "🧪👩‍🔬", "\0\u2028\\"])
)
COUNTS = st.integers(0, 10**6)
SECONDS = st.floats(0, 10**6)
CITATIONS = st.builds(Citation, COUNTS, *[TEXTS] * 6, COUNTS, COUNTS)
SUPPORTS = st.builds(Support, COUNTS, TEXTS, TEXTS, COUNTS, COUNTS)
SENTENCES = st.builds(Sentence, TEXTS, st.booleans(), st.lists(SUPPORTS, max_size=2).map(tuple))
PASSAGES = st.builds(Passage, TEXTS, TEXTS, COUNTS, COUNTS, TEXTS, SECONDS)
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
ANSWERS = st.builds(
    Answer,
    text=TEXTS,
    refused=st.booleans(),
    intent=st.sampled_from(Intent),
    language=st.sampled_from(["en", "ko"]),
    citations=st.lists(CITATIONS, max_size=2).map(tuple),
    sentences=st.lists(SENTENCES, max_size=2).map(tuple),
    comparison=st.dictionaries(TEXTS, st.dictionaries(TEXTS, st.tuples(PASSAGES), max_size=2), max_size=2),
    borderline_papers=LISTS,
    nearest=LISTS,
    ranked=LISTS,
    scanned=COUNTS,
    seconds=SECONDS,
    first_token_seconds=st.none() | SECONDS,
    model=TEXTS,
    usage=st.builds(Usage, COUNTS, COUNTS, COUNTS, SECONDS),
)
FILTERS = st.builds(
    Filters,
    days=LISTS,
    since=TEXTS,
    until=TEXTS,
    authors=LISTS,
    any_author=LISTS,
    other_than=LISTS,
    min_votes=st.none() | COUNTS,
    max_votes=st.none() | COUNTS,
    votes_known=st.none() | st.booleans(),
    titled=LISTS,
)
QUERIES = st.builds(
    Query,
    TEXTS,
    TEXTS,
    TEXTS,
    st.sampled_from(Intent),
    FILTERS,
    LISTS,
    LISTS,
    LISTS,
    LISTS,
    LISTS,
    st.booleans(),
    st.sampled_from(Fact),
    unknown_author=TEXTS,
)

# The keys of `ask --json`, in order.
KEYS = """answer refused intent language citations citation_numbers sentences comparison borderline_papers nearest
          scanned matched borderline seconds evidence_seconds first_token_seconds model device left_out""".split()


def through_json(data: object) -> Any:
    return json.loads(json.dumps(data))


@given(ANSWERS)
def test_an_answer_comes_back_exactly(answer: Answer) -> None:
    assert from_json(through_json(as_stored_json(answer))) == answer


@given(QUERIES)
def test_a_query_comes_back_exactly(query: Query) -> None:
    assert query_from_json(through_json(query_as_json(query))) == query


@given(ANSWERS)
def test_printed_json_has_the_promised_keys_in_order(answer: Answer) -> None:
    assert list(as_json(answer)) == KEYS
    citation = {"n", "arxiv_id", "title", "date", "url", "section", "quote", "start", "end"}
    assert all(set(entry) == citation for entry in as_json(answer)["citations"])
    assert all(set(entry) == {"text", "supported", "support"} for entry in as_json(answer)["sentences"])


@given(ANSWERS)
def test_printed_json_gives_the_answer_without_its_ranking_and_usage(answer: Answer) -> None:
    restored = from_json(through_json(as_json(answer)))
    assert (restored.ranked, restored.usage) == ((), Usage())
    assert as_json(restored) == as_json(answer)


def test_a_field_of_a_later_version_is_passed_over() -> None:
    answer = Answer("a", False, Intent.LIST, "en")
    assert from_json(as_stored_json(answer) | {"mood": "good"}) == answer


@pytest.mark.parametrize(
    "change",
    [{"answer": None}, {"refused": 1}, {"intent": "sing"}, {"citations": {}}, {"comparison": []}, {"scanned": "2"},
     {"scanned": True}, {"citations": [{"n": 1}]}, {"sentences": ["text"]}, {"seconds": None}],
)  # fmt: skip
def test_what_is_no_answer_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"validation error|is not an object"):
        from_json(as_stored_json(Answer("a", False, Intent.LIST, "en")) | change)


@pytest.mark.parametrize("data", [None, [], "text", {}, {"answer": "alone"}])
def test_other_json_is_no_answer(data: object) -> None:
    with pytest.raises(ValueError, match=r"validation error|is not an object"):
        from_json(data)
