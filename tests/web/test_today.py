"""Today and Saved: what is new, what one click keeps, and what is found again.

Driven by Streamlit's AppTest over a made collection; the history is the real one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from rag_app.collection import papers
from rag_app.collection.library import Library
from rag_app.daily.for_you import ENOUGH
from rag_app.export import formats
from rag_app.history.follows import FollowKind
from rag_app.history.shelf import PaperMark
from rag_app.history.store import History
from rag_app.records import Filters, Passage
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.i18n.korean import KOREAN
from rag_app.web.i18n.text import span
from rag_app.web.state import app_state, reading
from rag_app.web.views import saved, today
from rag_app.web.widgets import gloss
from tests.daily.test_brief import digests
from tests.helpers.fakes import ScriptedGenerator, made
from tests.helpers.ui_page import PATIENCE

ROBOT, FIRST = "2405.03000", "2405.01000"  # of the newest day; of the first one


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return made(tmp_path_factory.mktemp("today"), digests())


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[History]:
    monkeypatch.setenv("RAG_HOME", str(tmp_path))
    _forget()
    monkeypatch.setattr(
        app_state, "engine", lambda: SimpleNamespace(generator=None, error=None, loading=False)
    )
    yield app_state.history()
    _forget()


def _forget() -> None:
    app_state.served_settings.clear()
    app_state.work_of.clear()
    app_state.history_of.clear()
    app_state._topics.clear()
    reading._matches.clear()
    reading._noted.clear()


def draw(library: Library, words: Any = ENGLISH, view: Any = today.page) -> AppTest:
    def script(view, arguments):  # type: ignore[no-untyped-def]  # its source runs alone
        view(*arguments)

    if view is saved.page:
        arguments: tuple[Any, ...] = (words, library, lambda: None)
    else:
        arguments = (words, "ko" if words is KOREAN else "en", library)
    return AppTest.from_function(script, args=(view, arguments), default_timeout=PATIENCE).run()


def rows(app: AppTest) -> list[str]:
    """The ids of the papers that are shown as rows."""
    return [str(b.key).removeprefix("today-read-").replace("-", ".") for b in app.button if _is_row(b)]


def _is_row(button: Any) -> bool:
    return str(button.key).startswith("today-read-")


def said(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in (*app.markdown, *app.caption, *app.info))


def key(arxiv_id: str) -> str:
    return arxiv_id.replace(".", "-")


def ids(library: Library, day: str = "2024-05-03") -> list[str]:
    return library.snapshot.papers.ids(Filters(days=(day,)))


# --- what is shown ------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_the_newest_day_is_shown_with_a_line_a_paper(library: Library, history: History, words: Any) -> None:
    app = draw(library, words)
    assert not app.exception
    assert sorted(rows(app)) == sorted(ids(library))
    assert words["today_lead"] in said(app)
    assert "This is about robot arms" in said(app)


def test_another_day_and_the_week_can_be_chosen(library: Library, history: History) -> None:
    app = draw(library)
    app.selectbox(key="today-day").set_value("2024-05-01").run()
    assert sorted(rows(app)) == sorted(ids(library, "2024-05-01"))
    app.button_group(key="today-view").set_value("week").run()
    assert f"{ENGLISH['today_count'].format(n=27, unread=27)}" in said(app)


def test_what_came_in_since_the_last_look_is_shown_first(library: Library, history: History) -> None:
    old = [paper.arxiv_id for paper in library.snapshot.papers.all() if paper.date < "2024-05-03"]
    history.note_arrivals(old)
    history.look(reading.PLACE)
    reading.note_arrivals(library)
    assert reading.has_news()
    app = draw(library)
    assert sorted(rows(app)) == sorted(ids(library))
    assert not reading.has_news()
    assert sorted(rows(draw(library))) == sorted(ids(library))  # a reload shows them still


def test_with_nothing_new_the_view_of_new_papers_says_so(library: Library, history: History) -> None:
    reading.note_arrivals(library)
    app = draw(library)
    app.button_group(key="today-view").set_value("new").run()
    assert ENGLISH["today_none_new"] in said(app)


def test_a_collection_without_days_and_one_paper_look_right(tmp_path: Path, history: History) -> None:
    one = made(tmp_path / "one", {"a.md": "### [Only](https://arxiv.org/abs/2405.00001)\n\nOne sentence."})
    app = draw(one)
    assert not app.exception
    assert rows(app) == ["2405.00001"]
    assert ENGLISH["today_count_one"].format(unread=1) in said(app)
    assert ENGLISH["today_lead"] not in said(app)


# --- one click ----------------------------------------------------------------------------------


def test_a_read_paper_is_kept_as_read_and_leaves_the_unread(library: Library, history: History) -> None:
    app = draw(library)
    app.button(key=f"today-read-{key(ROBOT)}").click().run()
    assert history.marks() == {ROBOT: PaperMark.READ}
    assert ROBOT in rows(app)
    app.toggle(key="today-unread").set_value(True).run()
    assert ROBOT not in rows(app)
    app.toggle(key="today-unread").set_value(False).run()
    app.button(key=f"today-read-{key(ROBOT)}").click().run()
    assert history.marks() == {}


def test_a_dismissed_paper_goes_and_can_be_taken_back(library: Library, history: History) -> None:
    app = draw(library)
    app.button(key=f"today-dismiss-{key(ROBOT)}").click().run()
    assert ROBOT not in rows(app)
    app.button(key=f"today-restore-{key(ROBOT)}").click().run()
    assert ROBOT in rows(app)
    assert history.marks() == {}


def test_a_saved_paper_is_given_up_by_a_second_click_unless_it_has_a_note(
    library: Library, history: History
) -> None:
    app = draw(library)
    save = f"today-save-{key(ROBOT)}"
    app.button(key=save).click().run()
    assert history.bookmarks() == [ROBOT]
    app.button(key=save).click().run()
    assert history.bookmarks() == []
    app.button(key=save).click().run()
    history.annotate(ROBOT, [], "my words")
    app.button(key=save).click().run()
    assert [one.note for one in history.bookmarked()] == ["my words"]
    assert [toast.value for toast in app.toast] == [ENGLISH["today_annotated"]]


def test_everything_read_says_so(library: Library, history: History) -> None:
    for arxiv_id in ids(library):
        history.mark(arxiv_id, PaperMark.READ)
    app = draw(library)
    app.toggle(key="today-unread").set_value(True).run()
    assert ENGLISH["today_none_unread"] in said(app)


def test_a_history_that_cannot_be_written_keeps_nobody_from_reading(
    library: Library, history: History, tmp_path: Path
) -> None:
    history._database.execute("PRAGMA query_only = ON")
    app = draw(library)
    assert sorted(rows(app)) == sorted(ids(library))
    app.button(key=f"today-read-{key(ROBOT)}").click().run()
    assert not app.exception
    assert app.toast


# --- follows and the reader's own order -----------------------------------------------------------


def test_a_topic_is_followed_and_opens_its_papers(library: Library, history: History) -> None:
    app = draw(library)
    app.text_input[0].set_value("protein folding")
    next(b for b in app.button if b.label == ENGLISH["follow_add"]).click().run()
    (topic,) = history.follows()
    assert (topic.kind, topic.text) == (FollowKind.TOPIC, "protein folding")
    app.button_group(key="today-follow").set_value(topic.id).run()
    titles = [library.snapshot.papers.get(one).title for one in rows(app)]
    assert len(titles) == 9
    assert all("protein" in title for title in titles)
    app.button(key=f"today-unfollow-{topic.id}").click().run()
    assert history.follows() == []


def test_the_reader_s_own_order_waits_for_ten_judgements(library: Library, history: History) -> None:
    proteins = [one.arxiv_id for one in library.snapshot.papers.all() if "protein" in one.title]
    assert draw(library).toggle(key="today-for-you").disabled
    for arxiv_id in proteins[:6]:
        history.bookmark(arxiv_id)
    robots = [one.arxiv_id for one in library.snapshot.papers.all() if "robot" in one.title]
    for arxiv_id in robots[:4]:
        history.mark(arxiv_id, PaperMark.DISMISSED)
    assert reading.reading_state(library).judged >= ENOUGH
    app = draw(library)
    app.toggle(key="today-for-you").set_value(True).run()
    first = rows(app)[:3]
    assert all("protein" in library.snapshot.papers.get(one).title for one in first)
    assert ENGLISH["today_like"].partition("{")[0] in said(app)


# --- in the reader's language ---------------------------------------------------------------------


def test_lines_and_lead_are_read_in_the_reader_s_language_once_glosses_are_there(
    library: Library, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    def texts(passages: Sequence[Passage], *others: object) -> list[str | None]:
        return ["로봇 팔에 관한 논문이다." if "robot" in one.text else None for one in passages]

    monkeypatch.setattr(app_state, "engine", lambda: SimpleNamespace(generator=ScriptedGenerator()))
    monkeypatch.setattr(gloss, "desk", lambda: SimpleNamespace(texts=texts, any_news=lambda places: False))
    shown = said(draw(library, KOREAN))
    assert "로봇 팔에 관한 논문이다." in shown
    assert KOREAN["gloss_coming"] in shown
    assert "This is about robot arms" not in shown


def test_the_newest_day_is_translated_before_anybody_looks_those_of_the_lead_first(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Passage] = []
    loading = iter([True, False, False])
    monkeypatch.setattr(gloss, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(
        app_state,
        "engine",
        lambda: SimpleNamespace(generator=ScriptedGenerator(), loading=next(loading)),
    )
    monkeypatch.setattr(
        gloss, "desk", lambda: SimpleNamespace(prepare=lambda passages, *others: asked.extend(passages))
    )
    gloss.translate_newest(library, "ko")
    votes = [library.snapshot.papers.get(one.arxiv_id).votes or 0 for one in asked]
    assert {one.arxiv_id for one in asked} == set(ids(library))
    assert votes == sorted(votes, reverse=True)


# --- saved --------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [ENGLISH, KOREAN], ids=["en", "ko"])
def test_nothing_saved_says_how_to(library: Library, history: History, words: Any) -> None:
    assert words["saved_empty"] in said(draw(library, words, saved.page))


def test_saved_papers_are_found_by_title_tag_and_note(library: Library, history: History) -> None:
    history.bookmark(ROBOT)
    history.bookmark(FIRST)
    history.annotate(FIRST, ["to read"], "ask *Kim*")
    app = draw(library, view=saved.page)
    for search, found in (("p30", 1), ("kim", 1), ("#read", 1), ("robot", 2), ("nothing", 0)):
        app.text_input(key="saved-search").set_value(search).run()
        assert ENGLISH["saved_count"].format(n=found, total=2) in said(app)
    app.text_input(key="saved-search").set_value("").run()
    assert "ask \\*Kim\\*" in said(app)
    app.button_group(key="saved-tags").set_value(["to read"]).run()
    assert ENGLISH["saved_count"].format(n=1, total=2) in said(app)


def test_tags_and_a_note_are_written_and_a_paper_is_removed(library: Library, history: History) -> None:
    history.bookmark(ROBOT)
    app = draw(library, view=saved.page)
    app.text_input[1].set_value("arms, #later")
    app.text_area[0].set_value("look again")
    next(b for b in app.button if b.label == ENGLISH["save"]).click().run()
    (kept,) = history.bookmarked()
    assert (kept.tags, kept.note) == (("arms", "later"), "look again")
    app.button(key=f"saved-remove-{key(ROBOT)}-yes").click().run()
    assert history.bookmarked() == []


def test_saved_papers_and_those_of_today_are_downloaded_in_every_format(
    library: Library, history: History
) -> None:
    history.bookmark("1999.00001")
    history.bookmark(ROBOT)
    for view, name in ((saved.page, "saved"), (today.page, "today")):
        app = draw(library, view=view)
        app.session_state[f"{name}-export"] = True  # opens the menu
        app.run()
        assert not app.exception
        buttons: Any = app.get("download_button")
        labels = [button.label for button in buttons]
        assert labels == [file.title for file in formats.FILES.values()] + [ENGLISH["export_notes"]]


def test_a_saved_paper_outlives_its_digest_with_its_note(library: Library, history: History) -> None:
    history.bookmark("1999.00001")
    history.annotate("1999.00001", [], "still mine")
    app = draw(library, view=saved.page)
    assert "1999" in said(app)
    assert "still mine" in said(app)
    assert ENGLISH["saved_gone"] in said(app)


def test_a_saved_paper_is_named_by_its_title_when_its_digest_is_gone(
    library: Library, history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    history.bookmark(ROBOT)  # by a version that kept no titles
    draw(library, view=saved.page)
    title = library.snapshot.papers.get(ROBOT).title
    papers.build([], tmp_path / "later.sqlite3")
    monkeypatch.setattr(library.snapshot, "papers", papers.PaperTable(tmp_path / "later.sqlite3"))
    app = draw(library, view=saved.page)
    assert title in said(app)
    assert ENGLISH["saved_gone"] in said(app)
    app.text_input(key="saved-search").set_value(title.split()[0]).run()
    assert title in said(app)


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        ("2024-05-01", "2024-05-03", "2024-05-01 to 2024-05-03"),
        ("2024-05-03", "2024-05-03", "2024-05-03"),
        ("", "", ""),
    ],
)
def test_the_days_of_a_collection_are_a_span_one_day_or_none(first: str, last: str, shown: str) -> None:
    assert span(ENGLISH, first, last) == shown
