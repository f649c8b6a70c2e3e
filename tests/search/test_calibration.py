"""What a calibration promises: questions that no paper is about are refused, whatever the collection's
size, and its table says what was measured.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from rag_app.search import calibration
from rag_app.search.calibration import Calibration, FactTable, Labelled, Search, fitted
from rag_app.search.probes import about_papers, foreign
from tests.evaluation.made import TRUTH

FACTS = FactTable((1.0, 3.0, 2.0), -4.0, least=0.1, certain=0.7, measured={"questions": 10})
JUDGED = FactTable((1.0, 0.3), -0.5, least=0.1, certain=0.7, measured={"questions": 10})
TABLE = Calibration(
    (3.0, 3.0, 0.0), -6.0, least=0.05, least_of_topics=0.2, margin=1.5, facts=FACTS, models={"small": JUDGED}
)


def labelsearches() -> list[Labelled]:
    """Questions whose first sign tells them apart but for one in ten."""
    made = []
    for n in range(200):
        about = n % 2 == 0
        closeness = (2.5 if about else 0.0) + n % 7 / 10 - (1.5 if about and n % 20 == 0 else 0.0)
        made.append(Labelled(f"question {n}", (closeness, n % 5 / 10, 0.0), about))
    return made


def searches() -> list[Search]:
    """Searches whose first paper is the right one from a margin of 2 on, and every second time below."""
    return [Search(f"search {n}", n / 50, n >= 100 or n % 2 == 0) for n in range(200)]


def test_signs_that_tell_are_weighed_and_few_worded_questions_are_refused() -> None:
    known = labelsearches()
    worded = [one for one in known if one.about]
    table = fitted(known, worded, searches(), FACTS, {"papers": 200})
    assert table.weights[0] > 1
    assert sum(table.refuses(one.row, topic=False) for one in worded) <= 0.06 * len(worded)
    assert float(table.measured["auc"]) > 0.9
    assert table.measured["papers"] == 200


def test_the_first_paper_stands_alone_from_the_margin_at_which_it_is_the_right_one() -> None:
    known = labelsearches()
    table = fitted(known, known, searches(), FACTS, {})
    assert 1.7 <= table.margin <= 2.1  # a few wrong ones in twenty are borne
    assert float(table.measured["right alone"]) >= 0.9
    assert 0.6 <= float(table.measured["first paper right"]) <= 0.9
    never = fitted(known, known, [replace(one, right=False) for one in searches()], FACTS, {})
    assert never.margin >= 3.9
    none = fitted(known, known, [], FACTS, {})
    assert none.margin == calibration.calibration(Path("nowhere"), "unknown")[0].margin
    assert none.measured["searches"] == 0


def test_a_bare_topic_needs_more_than_a_description() -> None:
    row = (1.0, 0.25, 0.0)
    assert 0.05 < TABLE.probability(row) < 0.2
    assert TABLE.refuses(row, topic=True)
    assert not TABLE.refuses(row, topic=False)


def test_a_table_kept_with_the_index_comes_before_the_shipped_one(tmp_path: Path) -> None:
    fingerprint = next(calibration.SHIPPED.glob("*.json")).stem
    shipped, own = calibration.calibration(tmp_path, fingerprint)
    assert own
    calibration.save(TABLE, calibration.file_of(tmp_path / "calibrations", fingerprint))
    kept, own = calibration.calibration(tmp_path, fingerprint)
    assert own
    assert kept == TABLE != shipped


def test_a_language_model_counts_as_measured_with_this_embedding_model_or_else_with_the_default() -> None:
    assert calibration.facts_with(TABLE, "small") == JUDGED
    assert calibration.facts_with(TABLE, "never measured") is None
    shipped = calibration.calibration(Path("nowhere"), next(calibration.SHIPPED.glob("*.json")).stem)[0]
    assert shipped.models
    assert all(calibration.facts_with(TABLE, model) == table for model, table in shipped.models.items())


def test_an_embedding_model_without_a_table_gets_the_nearest_and_is_told(tmp_path: Path) -> None:
    table, own = calibration.calibration(tmp_path, "never measured")
    assert not own
    assert table.least > 0


def test_a_damaged_table_is_as_good_as_none(tmp_path: Path) -> None:
    file = calibration.file_of(tmp_path / "calibrations", "damaged")
    file.parent.mkdir()
    file.write_text('{"weights": 3', encoding="utf-8")
    assert not calibration.calibration(tmp_path, "damaged")[1]


def test_the_shipped_table_holds_what_was_measured() -> None:
    for file in calibration.SHIPPED.glob("*.json"):
        table = calibration.calibration(Path("nowhere"), file.stem)[0]
        measured = table.measured
        assert float(measured["auc"]) > 0.98
        assert float(measured["worded refused"]) <= calibration.REFUSED
        for judged in table.models.values():
            assert float(judged.measured["auc"]) >= float(table.facts.measured["auc"])
            assert judged.weights[1] > 0
        assert float(measured["foreign refused"]) >= 0.8
        assert float(measured["right alone"]) >= 0.9 > float(measured["first paper right"])
        facts = {name: float(value) for name, value in table.facts.measured.items()}
        assert facts["auc"] >= 0.88
        assert facts["stated certain"] >= 0.5
        assert facts["stated refused"] <= 0.08
        assert facts["unstated certain"] <= 0.08


def test_questions_made_of_papers_are_the_same_at_every_call() -> None:
    papers = list(TRUTH.papers.values())
    assert about_papers(papers) == about_papers(papers)
    assert about_papers(papers)


@pytest.mark.parametrize("question", foreign())
def test_foreign_questions_have_their_subject_in_place(question: str) -> None:
    assert "{" not in question


def test_a_model_that_falls_short_of_no_sample_still_answers_what_is_less_near() -> None:
    raw = calibration.Calibration((9.0,), -1.0, 0.0, 0.0, 1.0, TABLE.facts)
    near = [calibration.Labelled(f"q{n}", (1.0,), about=True) for n in range(20)]
    assert calibration._least(near, raw, topic=False) == calibration.MOST
    far = [calibration.Labelled(f"q{n}", (-0.5,), about=True) for n in range(20)]
    assert 0 < calibration._least(far, raw, topic=False) < calibration.MOST
