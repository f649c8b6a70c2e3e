"""What every language promises: all that the application asks of one, in the shape it expects."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

import rag_app
from rag_app.lang import LANGUAGES, alternatives, count_letters, language_of, other_scripts
from rag_app.lang.language import Language

# What a language has no wording for.
LACKS = {
    "en": {"sentence_ends", "votes.from_to_below", "dates.years_ago", "dates.day_ending", "dates.between_after",
           "dates.before_after",
           "own_letters", "clause_ends", "of_nouns", "after_nouns", "topics.leaving_out_last", "dates.excluded_after",
           "questions.used_after",
           "open_questions.not_after", "open_questions.outdone"},
    "ko": {
        "prompts.shortener", "prompts.shortened", "open_questions.telling", "dictionary", "spelled_two_ways",
        "abbreviations", "questions.maybe_author", "questions.likened_before", "questions.used_before",
        "dates.months", "dates.article", "dates.parts_before", "dates.between_before",
        "dates.since_before", "dates.after_before", "dates.until_before", "dates.before_before",
        "dates.excluded_before",
        "topics.leaving_out_next", "open_questions.without_before", "open_questions.not_before",
        "open_questions.outdone_before", "open_questions.denying_before", "open_questions.definite",
        "dates.days", "dates.week_before", "topics.leaving_out",
    },
    "ja": {"questions.asked_surname",
        "dates.days", "dates.week_before", "dates.week_after", "topics.leaving_out",
        "prompts.shortener", "prompts.shortened", "open_questions.telling", "open_questions.tabling",
        "dictionary", "spelled_two_ways", "dates.seasons",
        "sentence_ends", "abbreviations", "questions.maybe_author", "questions.likened_before",
        "questions.used_before", "dates.months", "dates.article", "dates.parts_before",
        "dates.between_before", "dates.since_before", "dates.after_before", "dates.until_before",
        "dates.before_before", "dates.lead", "clause_ends", "made_with", "after_nouns",
        "topics.leaving_out_next", "dates.excluded_before", "open_questions.without_before",
        "open_questions.not_before", "open_questions.outdone_before", "open_questions.own_work",
        "open_questions.denying_before", "open_questions.definite", "open_questions.columns_told",
    },
    "zh": {"questions.asked_surname",
        "dates.days", "dates.week_before", "dates.week_after", "topics.leaving_out",
        "prompts.shortener", "prompts.shortened", "open_questions.telling", "open_questions.tabling",
        "sentence_ends", "abbreviations", "questions.maybe_author", "dates.months", "dates.article",
        "dates.parts_before", "dates.day_ending", "dates.between_before", "dates.after_before", "dates.before_before",
        "own_letters", "clause_ends", "of_nouns", "made_with", "after_nouns", "open_questions.without_after",
        "dictionary", "spelled_two_ways", "dates.seasons",
        "open_questions.not_after", "open_questions.outdone", "open_questions.own_work", "open_questions.denying",
        "questions.used_after",
        "open_questions.definite", "open_questions.columns_told",
    },
}  # fmt: skip
every = pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)


def values(record: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every field of a language, those of its records by their path."""
    assert is_dataclass(record)
    for field in fields(record):
        value = getattr(record, field.name)
        if is_dataclass(value):
            yield from values(value, f"{path}{field.name}.")
        else:
            yield path + field.name, value


def slots(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@every
def test_every_field_is_filled_but_what_the_language_lacks(language: Language) -> None:
    empty = {path for path, value in values(language) if not isinstance(value, bool) and not value}
    assert empty == LACKS[language.code]


def test_languages_are_known_by_their_own_code() -> None:
    assert [one.code for one in LANGUAGES.values()] == list(LANGUAGES)


@every
def test_no_wording_is_empty(language: Language) -> None:
    for path, value in values(language):
        parts = value if isinstance(value, tuple) else ()
        flat = [part for item in parts for part in (item if isinstance(item, tuple) else (item,))]
        assert all(flat) or path == "numbers.spelled_inside", path


@every
def test_phrases_are_the_same_ones_with_the_same_slots(language: Language) -> None:
    first = next(iter(LANGUAGES.values()))
    assert {key: slots(text) for key, text in language.phrases.items()} == {
        key: slots(text) for key, text in first.phrases.items()
    }


@every
def test_prompts_facts_and_ordinals_are_the_same_ones(language: Language) -> None:
    first = next(iter(LANGUAGES.values()))
    assert slots(language.prompts.ask) == ["length"]
    assert language.prompts.lengths.keys() == first.prompts.lengths.keys()
    assert language.questions.facts.keys() == first.questions.facts.keys()
    assert len(language.questions.ordinals) == 5


@every
@pytest.mark.parametrize(
    ("parts_of", "groups"),
    [
        (lambda one: one.questions.asked_author, 1),
        (lambda one: one.questions.asked_surname, 1),
        (lambda one: one.questions.maybe_author, 1),
        (lambda one: one.votes.from_to_below, 2),
        (lambda one: one.votes.at_least, None),
        (lambda one: one.questions.limit, None),
    ],
)
def test_patterns_have_the_groups_that_are_read(
    language: Language, parts_of: Callable[[Language], tuple[str, ...]], groups: int | None
) -> None:
    for part in parts_of(language):
        found = re.compile(part).groups
        assert found == groups if groups else found > 0


@every
def test_dates_name_their_groups_and_define_what_those_catch(language: Language) -> None:
    dates = language.dates
    for pattern in (
        *dates.full,
        *dates.part_of_year,
        *dates.month_of_year,
        *dates.day_of_month,
        *dates.day,
        *dates.month_or_year,
    ):
        names = set(re.compile(pattern).groupindex)
        assert names
        assert names <= {"y", "m", "d", "mon", "q", "h", "s", "ry", "dw"}
        assert "mon" not in names or dates.months
        assert "dw" not in names or dates.days
        assert "ry" not in names or dates.years_ago
        assert "s" not in names or dates.seasons
    assert all(set(re.compile(pattern).groupindex) == {"n", "unit"} for pattern in dates.recent)
    assert all(months == months.casefold() for months in dates.months)


@pytest.mark.parametrize(
    ("question", "code"),
    [("What is LoRA?", "en"), ("LoRA란 무엇인가?", "ko"), ("QLoRA랑 DPO 비교", "ko"), ("¿Qué es LoRA?", "en"),
     ("LoRA とは何ですか", "ja"), ("動画生成の論文は？", "ja"), ("LoRA是什么?", "zh"),
     ("關於影片生成的論文有哪些?", "zh"), ("拡散モデル論文", "ja"),
     ("What does 어텐션 mean in the transformer architecture?", "en"), ("", "en"),
     ("?", "en"), ("123", "en"), ("ㅋㅋ", "ko"), ("가", "ko")],
)  # fmt: skip
def test_the_answer_has_the_language_of_the_question(question: str, code: str) -> None:
    assert language_of(question) == code


def test_letters_are_counted_by_script() -> None:
    assert count_letters("LoRA는 뭐?", LANGUAGES["ko"].script) == 2
    assert count_letters("LoRA는 뭐?", LANGUAGES["en"].script) == 4
    assert count_letters("LoRA는 뭐?", other_scripts()) == 2


def test_alternatives_stand_in_the_order_of_the_languages() -> None:
    assert alternatives(lambda one: (one.code, one.code.upper())) == "en|EN|ko|KO|ja|JA|zh|ZH"
    assert not re.search(alternatives(lambda one: ()), "")


def test_no_language_is_named_where_questions_are_read_and_answered() -> None:
    package = Path(rag_app.__file__).parent
    core = [package / "pipeline.py"]
    for folder in ("text", "collection", "search", "answer", "llm"):
        core += (package / folder).glob("*.py")
    named = [
        f"{file.name}:{node.lineno}"
        for file in core
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in LANGUAGES
    ]
    assert named == []
