"""The pages of collection, models and data, and the sidebar's watch over the folders.

Driven by Streamlit's AppTest over the fakes of `ui_page`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st

from rag_app import pipeline, runtime
from rag_app.collection import digests, snapshot
from rag_app.collection.digests import Report, Skipped
from rag_app.collection.file_stamps import FileStamps, stamps_of
from rag_app.embedding import adapt
from rag_app.embedding.adapt import AdaptResult
from rag_app.errors import CollectionError, DamageError, EngineError, RagError, WeightsError
from rag_app.llm.offload import Device
from rag_app.machine import cores
from rag_app.settings import Settings
from rag_app.text.cleaning import escape_markdown
from rag_app.web.i18n import text
from rag_app.web.i18n.english import ENGLISH
from rag_app.web.state import app_state, digest_preview, folder_changes, index_repair, ingest_job, uploads
from rag_app.web.state.answer_jobs import AnswerJob
from rag_app.web.views import collection, data, explore, models
from rag_app.web.widgets import adapt_offer, upgrade
from rag_app.web.widgets.folder_watch import changes_text
from rag_app.web.widgets.markdown import label
from rag_app.weights import catalog, store
from tests.helpers.fakes import HashEmbedder, fake_embedding, settings_in
from tests.helpers.ui_page import CALM, FILM, QUOTE, Page, draw, wait_for

ENTRY = "### [Paper {n}](https://arxiv.org/abs/2501.{n:05})\n\n- **What's New**: It does something new.\n\n"
SMALL = "qwen2.5-coder-0.5b"


def digest(folder: Path, name: str, *numbers: int) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text("## 2025-01-02\n\n" + "".join(ENTRY.format(n=n) for n in numbers), encoding="utf-8")
    return file


class Ingests:
    """Stands for `pipeline.ingest`: remembers what it was asked, and ends when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folders: list[tuple[Path, ...]] = []
        self.end = threading.Event()
        self.report = Report(2, 3, 3, (Skipped("b.md", 7, "no arXiv address"),), ())
        self.stamps: FileStamps = {}
        self.unchanged = False
        self.error: RagError | None = None
        monkeypatch.setattr(pipeline, "ingest", self._ingest)

    def _ingest(self, settings: object, folders: tuple[Path, ...] = (), *, progress: Any) -> object:
        self.folders.append(tuple(folders))
        while not self.end.wait(0.01):
            progress("embedding", 1, 4)
        if self.error:
            raise self.error
        return SimpleNamespace(
            report=self.report, embedded=3, seconds=0.1, unchanged=self.unchanged, stamps=self.stamps
        )


@pytest.fixture
def ingests(page: Page, monkeypatch: pytest.MonkeyPatch) -> Any:
    made = Ingests(monkeypatch)
    yield made
    made.end.set()


# --- a damaged index ----------------------------------------------------------------------------


def test_a_damaged_vector_store_is_built_again_while_answers_go_on(page: Page, ingests: Ingests) -> None:
    page.library.snapshot.store_damage = lambda: ["data_level0.bin was cut"]
    index_repair.repair_vector_store.clear()
    page.app.run()
    wait_for(lambda: ingests.folders)
    assert ingests.folders == [()]
    page.ask("Which robot walks on ice?")
    assert QUOTE[:-1] in page.shown()
    assert not page.app.error


def test_a_damaged_index_is_built_again_once(
    page: Page, ingests: Ingests, monkeypatch: pytest.MonkeyPatch
) -> None:
    def library() -> None:
        raise DamageError("the index is damaged: papers.sqlite3: 0 bytes")

    monkeypatch.setattr(app_state, "library", library)
    page.app.run()
    assert ENGLISH["rebuilding_index"] in page.shown()
    ingests.end.set()
    wait_for(lambda: not ingest_job.ingest_running())
    page.app.run()
    assert ENGLISH["rebuilding_index"] not in page.shown(), "what failed would fail again"
    assert "papers.sqlite3" in page.shown()
    assert ingests.folders == [()]


# --- adding, after a preview --------------------------------------------------------------------


def test_a_preview_says_what_will_be_skipped_and_writes_nothing(tmp_path: Path) -> None:
    files: Any = [
        SimpleNamespace(name=name, getvalue=lambda data=data: data)
        for name, data in {
            "good.md": (ENTRY.format(n=1) + "### no address here\n\ntext\n").encode(),
            "bad.md": b"just a shopping list",
        }.items()
    ]
    before = sorted(tmp_path.rglob("*"))
    shown = digest_preview.preview_uploads(files)
    assert (shown.files, shown.papers, shown.good) == (2, ("2501.00001",), ("good.md",))
    assert [(s.file, s.line) for s in shown.skipped] == [("good.md", 5), ("bad.md", 0)]
    assert "arXiv address" in shown.skipped[1].reason
    assert "/" not in shown.skipped[1].reason.partition(";")[0]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_folder_is_added_only_after_its_preview(page: Page, ingests: Ingests, tmp_path: Path) -> None:
    folder = digest(tmp_path / "more", "day.md", 1, 2).parent
    app = draw(page, collection.page, ENGLISH, page.library)
    app.text_input(key="add-path").set_value(str(folder))
    next(b for b in app.button if b.label == ENGLISH["preview"]).click().run()
    metrics = {m.label: m.value for m in app.metric}
    assert (metrics[ENGLISH["preview_new"]], metrics[ENGLISH["preview_known"]]) == ("2", "0")
    assert ingests.folders == []
    app.button(key="add-folder").click().run()
    assert ingests.folders == [(folder,)]


def test_a_folder_without_digests_cannot_be_added(page: Page, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    app = draw(page, collection.page, ENGLISH, page.library)
    app.text_input(key="add-path").set_value(str(tmp_path / "empty"))
    next(b for b in app.button if b.label == ENGLISH["preview"]).click().run()
    assert "no digests in" in app.error[0].value
    assert not [b for b in app.button if b.key == "add-folder"]


def test_papers_that_are_there_already_are_counted_apart(page: Page) -> None:
    known = ENTRY.replace("2501.{n:05}", FILM.arxiv_id).format(n=1)
    files: Any = [SimpleNamespace(name="day.md", getvalue=(known + ENTRY.format(n=2)).encode)]
    assert set(digest_preview.preview_uploads(files).papers) == {FILM.arxiv_id, "2501.00002"}


NFC, NFD = (unicodedata.normalize(form, "다이제스트 é 2025-01-02.md") for form in ("NFC", "NFD"))
LONG_NAME = "가" * 79 + "x-2025-01-02.md"  # 252 bytes: with the ending of a draft no file system takes it
NAMES = [
    ("day.md", "day.md"),
    (".day.md", "day.md"),
    ("..day.TXT", "day.TXT"),
    (".md", "digest.md"),
    ("...txt", "digest.txt"),
    (NFC, NFC),
    (NFD, NFC),
    ("a#b.md", "a#b.md"),
    ("a%41.md", "a%41.md"),
    ("a?b&c=d.md", "a?b&c=d.md"),
    ("a\nb\tc.md", "a b c.md"),
    ("\u202ea\u200bb.md", "ab.md"),
    ("C:\\digests\\day.md", "day.md"),
    ("../.day.md", "day.md"),
    ("x" * 252 + ".md", "x" * 237 + ".md"),
]


def uploaded(*names: str) -> Any:
    """Uploads of these names, each with a paper of its own."""
    return [
        SimpleNamespace(name=name, getvalue=lambda n=n: ENTRY.format(n=n).encode())
        for n, name in enumerate(names, start=1)
    ]


@pytest.mark.parametrize(("name", "stored"), NAMES)
def test_what_a_preview_promises_is_read_whatever_the_name(tmp_path: Path, name: str, stored: str) -> None:
    files = uploaded(name)
    shown = digest_preview.preview_uploads(files)
    uploads.save_uploads(files, tmp_path / "uploads")
    papers, report = digests.read([tmp_path / "uploads"])
    assert shown.papers == tuple(paper.arxiv_id for paper in papers) == ("2501.00001",)
    assert (shown.good, [path.name for path in (tmp_path / "uploads").iterdir()]) == ((stored,), [stored])
    assert shown.skipped == report.skipped == ()


def test_a_name_that_is_too_long_keeps_its_day_and_can_be_saved_twice(tmp_path: Path) -> None:
    for _ in range(2):
        uploads.save_uploads(uploaded(LONG_NAME), tmp_path)
    (saved,) = tmp_path.iterdir()
    assert saved.name.startswith("가" * 30) and saved.name.endswith("x-2025-01-02.md")


@pytest.mark.parametrize("names", [("day.md", "day.md"), (NFC, NFD), (".day.md", "day.md")])
def test_of_two_uploads_with_one_name_the_preview_counts_what_is_saved(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    files = uploaded(*names)
    shown = digest_preview.preview_uploads(files)
    uploads.save_uploads(files, tmp_path)
    papers, _ = digests.read([tmp_path])
    assert (shown.files, shown.papers) == (2, tuple(paper.arxiv_id for paper in papers))
    assert [skip.reason for skip in shown.skipped] == [digest_preview.SAME_NAME]


@pytest.mark.parametrize(("before", "after"), [(NFD, NFC), (NFC, NFD), (NFD, NFD), (NFC, NFC)])
def test_an_upload_in_the_other_unicode_form_replaces_the_first_and_says_so(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str
) -> None:
    folder = tmp_path / "uploads"
    digest(folder, before, 1)
    files = uploaded(after)
    monkeypatch.setattr(st, "file_uploader", lambda *_, **__: files)
    app = draw(page, collection.page, ENGLISH, page.library)
    assert ENGLISH["upload_replaces"].format(names=f"`{NFC}`") in [c.value for c in app.caption]
    assert not [c for c in app.caption if c.value.startswith(ENGLISH["upload_renamed"][:12])]
    uploads.save_uploads(files, folder)
    assert [path.name for path in folder.iterdir()] == [NFC]


def test_an_upload_that_gets_another_name_says_so(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "file_uploader", lambda *_, **__: uploaded(".day.md", "plain.md"))
    app = draw(page, collection.page, ENGLISH, page.library)
    assert ENGLISH["upload_renamed"].format(names="`day.md`") in [c.value for c in app.caption]


# --- ingest -------------------------------------------------------------------------------------


def test_an_ingest_shows_its_progress_on_every_page_and_can_be_stopped(page: Page, ingests: Ingests) -> None:
    ingest_job.start_ingest()
    wait_for(lambda: (job := app_state.background().ingest) and job.stage[0])
    page.app.run()
    assert page.app.header[0].value == ENGLISH["greeting"]  # the chat goes on meanwhile
    app = draw(page, collection.page, ENGLISH, page.library)
    assert ENGLISH["ingest_goes_on"] in [c.value for c in app.caption]
    app.button(key="stop-ingest").click().run()
    wait_for(lambda: not ingest_job.ingest_running())
    app.run()
    assert app.info[0].value == ENGLISH["work_stopped"]


def test_the_report_of_an_ingest_names_file_line_and_reason(page: Page, ingests: Ingests) -> None:
    ingests.end.set()
    ingest_job.start_ingest()
    wait_for(lambda: not ingest_job.ingest_running())
    app = draw(page, collection.page, ENGLISH, page.library)
    (row,) = app.dataframe[0].value.to_dict("records")
    assert list(row.values()) == ["b.md", 7, "no arXiv address"]


def test_a_second_ingest_waits_for_the_first(page: Page, ingests: Ingests) -> None:
    ingest_job.start_ingest()
    ingest_job.start_ingest()
    ingests.end.set()
    wait_for(lambda: not ingest_job.ingest_running())
    assert len(ingests.folders) == 1


def test_folders_given_while_one_runs_are_read_after_it(page: Page, ingests: Ingests, tmp_path: Path) -> None:
    ingest_job.start_ingest(unasked=True)  # a repair, begun between the page's drawing and the click
    ingest_job.start_ingest([tmp_path / "uploads"])
    ingests.end.set()
    wait_for(lambda: not ingest_job.ingest_running())
    assert ingests.folders == [(), (tmp_path / "uploads",)]
    ingest_job.start_ingest()
    wait_for(lambda: not ingest_job.ingest_running())
    assert ingests.folders[2:] == [()], "they are read once"


@pytest.mark.parametrize("ended", ["done", "unchanged", "running"])
def test_what_an_ingest_said_stays_when_the_app_begins_another_by_itself(
    page: Page, ingests: Ingests, ended: str
) -> None:
    ingests.end.set()
    ingest_job.start_ingest()
    wait_for(lambda: not ingest_job.ingest_running())
    ingests.unchanged = ended == "unchanged"
    if ended == "running":
        ingests.end.clear()
    ingest_job.start_ingest(unasked=True)
    if ended != "running":
        wait_for(lambda: not ingest_job.ingest_running())
    app = draw(page, collection.page, ENGLISH, page.library)
    assert ENGLISH["ingest_done"] in [s.value for s in app.success]
    ingests.end.set()


def test_a_reading_that_the_user_asks_for_takes_the_place_of_the_last(page: Page, ingests: Ingests) -> None:
    ingests.end.set()
    for unchanged in (False, True):
        ingests.unchanged = unchanged
        ingest_job.start_ingest()
        wait_for(lambda: not ingest_job.ingest_running())
    app = draw(page, collection.page, ENGLISH, page.library)
    assert [s.value for s in app.success] == [ENGLISH["ingest_unchanged"]]


@pytest.mark.parametrize(("fails", "said"), [(False, "watch_ended"), (True, "watch_failed")])
def test_every_page_says_that_an_ingest_has_ended_until_its_report_was_open(
    page: Page, ingests: Ingests, fails: bool, said: str
) -> None:
    ingests.error = CollectionError("the disk is full") if fails else None
    ingests.end.set()
    ingest_job.start_ingest()
    wait_for(lambda: not ingest_job.ingest_running())
    for _ in range(2):
        page.app.run()
        assert ENGLISH[said] in page.shown()
    draw(page, collection.page, ENGLISH, page.library)
    page.app.run()
    assert ENGLISH[said] not in page.shown()


# --- watching -----------------------------------------------------------------------------------


def put_back(file: Path, text: str, moment: float) -> None:
    """Write another text under an old time, as `cp -p`, `rsync -t` and a checkout do."""
    file.write_text(text, encoding="utf-8")
    os.utime(file, (moment, moment))


def renamed(file: Path) -> None:
    file.rename(file.with_name("another.md"))


def with_its_time(file: Path) -> None:
    """Another text of another length under the very time it had."""
    put_back(file, "another text", file.stat().st_mtime)


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (lambda file: put_back(file, "older", 1_600_000_000.0), (1, 0, 0)),
        (lambda file: put_back(file, file.read_text(), 1_600_000_000.0), (1, 0, 0)),
        (lambda file: put_back(file, "from the future", 4_000_000_000.0), (1, 0, 0)),
        (with_its_time, (1, 0, 0)),
        (renamed, (0, 1, 1)),
        (lambda file: put_back(file.with_name("new.md"), "old and new", 1.0), (0, 1, 0)),
        (lambda file: file.unlink(), (0, 0, 1)),
        (lambda file: file.with_name(".hidden.md").write_text("x"), (0, 0, 0)),
        (lambda file: file.with_name("notes.pdf").write_text("x"), (0, 0, 0)),
        (lambda file: file.touch(), (1, 0, 0)),
    ],
)
def test_a_change_is_seen_by_size_time_or_name(
    tmp_path: Path, change: Callable[[Path], object], seen: tuple[int, int, int]
) -> None:
    file = digest(tmp_path / "a", "1.md", 1)
    digest(tmp_path / "a", "2.txt", 2)
    os.utime(file, (1_700_000_000, 1_700_000_000))
    read = stamps_of([tmp_path / "a"])
    assert not folder_changes.changes_since(read, [tmp_path / "a"])
    change(file)
    found = folder_changes.changes_since(read, [tmp_path / "a"])
    assert (found.changed, found.new, found.gone) == seen
    assert bool(found) == any(seen)


def test_a_folder_that_is_gone_is_a_change(tmp_path: Path) -> None:
    digest(tmp_path / "a", "1.md", 1)
    found = folder_changes.changes_since(stamps_of([tmp_path / "a"]), [tmp_path / "a", tmp_path / "gone"])
    assert found.missing == (tmp_path / "gone",)


def test_names_that_are_no_text_can_be_kept(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"day-\xff.md")).write_text("x")
    read = stamps_of([tmp_path])
    assert not folder_changes.changes_since(json.loads(json.dumps(read, ensure_ascii=False)), [tmp_path])


def test_an_ingest_keeps_what_it_read_for_whoever_looks_later(tmp_path: Path) -> None:
    file = digest(tmp_path / "d", "1.md", 1)
    settings = replace(settings_in(tmp_path / "home"), digests=tmp_path / "d")
    with fake_embedding(HashEmbedder()):
        first = pipeline.ingest(settings)
        put_back(file, file.read_text().replace("2025-01-02", "2025-01-03"), 1.0)
        with closing(snapshot.open_current(settings.home)) as made:
            kept = dict(made.manifest.report["stamps"])
    assert kept == first.stamps
    assert folder_changes.changes_since(kept, [tmp_path / "d"]).changed == 1


def test_the_sidebar_offers_to_read_folders_that_changed(page: Page, ingests: Ingests) -> None:
    assert not [b for b in page.app.button if b.key == "watch-read"]
    root = Path(page.library.snapshot.manifest.roots[0])
    digest(root, "new.md", 1)
    page.app.run()
    assert ENGLISH["watch_more"].format(n=1) in page.shown()
    page.app.button(key="watch-read").click().run()
    assert ingests.folders == [()]


def test_none_changed_is_never_said_of_a_changed_file(page: Page) -> None:
    root = Path(page.library.snapshot.manifest.roots[0])
    same = ENGLISH["watch_same"].format(files=1)
    assert same in [c.value for c in draw(page, collection.page, ENGLISH, page.library).caption]
    put_back(root / "day.md", "another day", 1.0)
    said = [c.value for c in draw(page, collection.page, ENGLISH, page.library).caption]
    assert ENGLISH["watch_newer"].format(n=1) in said and same not in said


def test_every_kind_of_change_is_told_at_once(page: Page) -> None:
    found = folder_changes.FolderChanges(changed=3, new=1, gone=2)
    assert (
        changes_text(found, ENGLISH) == "New digest files: 1 · Digest files changed: 3 · Digest files gone: 2"
    )


def test_an_index_from_before_stamps_were_kept_goes_by_its_moment(page: Page) -> None:
    read = page.library.snapshot
    del read.manifest.report["stamps"]
    assert not folder_changes.changes_since_reading(read)
    read.manifest.created = "2020-01-01T00:00:00+00:00"
    assert folder_changes.changes_since_reading(read).changed == 1


def test_files_that_only_look_changed_are_offered_once(page: Page, ingests: Ingests) -> None:
    read = page.library.snapshot
    os.utime(Path(read.manifest.roots[0]) / "day.md", (1, 1))
    page.app.run()
    assert ENGLISH["watch_newer"].format(n=1) in page.shown()
    ingests.stamps = stamps_of([Path(read.manifest.roots[0])])
    ingests.end.set()
    page.app.button(key="watch-read").click().run()
    wait_for(lambda: not ingest_job.ingest_running())
    app_state.work_of.clear()  # also after the next start
    assert not folder_changes.changes_since_reading(read)
    read.name = "g2"
    assert folder_changes.changes_since_reading(read)


# --- explore ------------------------------------------------------------------------------------


def test_a_week_names_its_papers_with_most_votes(page: Page) -> None:
    app = draw(page, explore.page, ENGLISH, page.library, lambda: None)
    assert not any(ENGLISH["week_top"] in m.value for m in app.markdown)
    app.segmented_control(key="explore-view").set_value("week").run()
    shown = "\n".join(m.value for m in app.markdown)
    assert f"1. {label(FILM.title, 110)} :gray[31 votes]" in shown
    assert CALM.title not in shown  # its votes are unknown, which is not zero


def test_a_collection_too_small_for_topics_says_so(page: Page) -> None:
    app = draw(page, explore.page, ENGLISH, page.library, lambda: None)
    assert ENGLISH["plot_nothing"] in [c.value for c in app.caption]
    assert [tab.label for tab in app.tabs] == [
        ENGLISH[f"plot_{k}"] for k in ("topics", "map", "months", "votes", "authors")
    ]


# --- fitting the embedding model ----------------------------------------------------------------


def test_fitting_is_offered_to_large_collections_and_says_what_it_brought(
    page: Page, monkeypatch: pytest.MonkeyPatch, ingests: Ingests
) -> None:
    app = draw(page, collection.page, ENGLISH, page.library)
    assert not [b for b in app.button if b.key == "adapt-start"]
    page.library.snapshot.manifest.papers = adapt_offer.WORTH_ADAPTING
    result = AdaptResult(10, 5, 0.5, 0.75, True, 1.0)
    monkeypatch.setattr(snapshot, "read_papers", lambda home: ())
    niceness: list[int] = []

    def fitted(settings: Settings, papers: object, progress: object) -> AdaptResult:
        niceness.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()))
        return result

    monkeypatch.setattr(adapt, "adapt", fitted)
    ingests.end.set()
    app.run()
    threads = app_state.settings().threads or cores()
    minutes = round(adapt.expected_seconds(adapt_offer.WORTH_ADAPTING, threads) / 60)
    told = [m.value for m in app.markdown if ENGLISH["adapt_title"] in m.value]
    assert f"{adapt_offer.WORTH_ADAPTING} papers" in told[0]
    assert f"about {max(minutes, 1)} minutes" in told[0]
    app.button(key="adapt-start").click().run()
    wait_for(lambda: (job := app_state.background().adapt) and not job.running)
    app.run()
    assert app.success[0].value == ENGLISH["adapt_kept"].format(before="50%", after="75%")
    assert ingests.folders == [()]  # what was fitted is indexed anew
    assert min(niceness) >= runtime.IDLE or sys.platform != "linux"


# --- models -------------------------------------------------------------------------------------


@pytest.fixture
def machine(page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with one CPU and an empty folder of models."""
    monkeypatch.setenv("RAG_MODELS", str(tmp_path / "models"))
    app_state.served_settings.clear()
    models._machine.clear()
    monkeypatch.setattr(models, "devices", lambda: (Device("CPU", "cpu", 8 << 30, 8 << 30),))
    (tmp_path / "models").mkdir()
    return tmp_path / "models"


def here(folder: Path, model_id: str) -> None:
    """A file of the model's size, as far as a listing looks."""
    model = catalog.find(model_id)
    with (folder / model.file).open("wb") as file:
        file.truncate(model.bytes)


def test_a_models_page_tells_what_runs_and_what_fits(page: Page, machine: Path) -> None:
    here(machine, SMALL)
    app = draw(page, models.page, ENGLISH)
    assert "tiny-q4" in app.markdown[0].value
    assert [m.value for m in app.metric] == ["CPU · 2 threads", "4,096", "f16", "0.60 GB"]
    assert app.button(key=f"use-{SMALL}").disabled is False
    assert app.button(key="pull-qwen3-4b-start").label == ENGLISH["pull"]
    assert not app.exception


@pytest.mark.parametrize(("layers", "best"), [("-1", "qwen3-4b"), ("0", "qwen2.5-coder-1.5b")])
def test_a_models_page_recommends_for_the_gpu_that_the_engine_would_use(
    page: Page, machine: Path, monkeypatch: pytest.MonkeyPatch, layers: str, best: str
) -> None:
    gpus = Device("Discrete", "gpu", 6 << 30, 6 << 30), Device("Integrated", "igpu", 12 << 30, 12 << 30)
    monkeypatch.setattr(models, "devices", lambda: gpus)
    monkeypatch.setenv("RAG_GPU_LAYERS", layers)
    app = draw(page, models.page, ENGLISH)
    badge = f":blue-badge[{ENGLISH['recommended']}]"
    llm, _embedder = [m.value for m in app.markdown if badge in m.value]
    assert llm.startswith(f"**{escape_markdown(catalog.find(best).title)}**")


def test_switching_replaces_the_engine(page: Page, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here(machine, SMALL)
    loaded = []
    monkeypatch.setattr(app_state, "EngineJob", lambda settings, instead_of: loaded.append(settings.model))
    app = draw(page, models.page, ENGLISH)
    app.button(key=f"use-{SMALL}").click().run()
    assert loaded == [SMALL]


def test_a_pull_shows_its_progress_and_can_be_stopped(
    page: Page, machine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pull(model_id: str, settings: object, *, progress: Any) -> None:
        while True:
            progress("part 1", 1, 4)

    monkeypatch.setattr(store, "pull", pull)
    app = draw(page, models.page, ENGLISH)
    app.button(key=f"pull-{SMALL}-start").click().run()
    job = app_state.background().pulls[SMALL]
    wait_for(lambda: job.stage[0])
    app.run()
    app.button(key=f"pull-{SMALL}-stop").click().run()
    wait_for(lambda: not job.running)
    assert not job.running
    app.run()
    assert ENGLISH["pull_stopped"] in [c.value for c in app.caption]
    assert not app.error


def test_a_pull_that_fails_says_why(page: Page, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pull(model_id: str, settings: object, *, progress: Any) -> None:
        raise WeightsError("no source has it", "set HTTPS_PROXY")

    monkeypatch.setattr(store, "pull", pull)
    app = draw(page, models.page, ENGLISH)
    app.button(key=f"pull-{SMALL}-start").click().run()
    wait_for(lambda: not app_state.background().pulls[SMALL].running)
    app.run()
    assert "no source has it" in app.error[0].value
    assert "HTTPS" in app.error[0].value


def test_offline_nothing_is_pulled(page: Page, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAG_OFFLINE", "1")
    app_state.served_settings.clear()
    app = draw(page, models.page, ENGLISH)
    assert all(button.disabled for button in app.button if (button.key or "").startswith("pull-"))


def test_the_first_model_is_put_to_use(page: Page, machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[str] = []
    missing = EngineError("no language model", "pull one")
    monkeypatch.setattr(
        app_state, "engine", lambda: SimpleNamespace(generator=None, error=missing, loading=False)
    )
    monkeypatch.setattr(app_state, "switch_model", used.append)
    pulled: Any = SimpleNamespace(result=machine / SMALL)
    failed: Any = SimpleNamespace(result=None)
    models.use_if_first(catalog.find(SMALL), failed)
    models.use_if_first(catalog.find("multilingual-e5-small"), pulled)
    models.use_if_first(catalog.find(SMALL), pulled)
    assert used == [SMALL]


# --- data ---------------------------------------------------------------------------------------


def test_the_data_page_shows_every_part_with_its_place(page: Page) -> None:
    app = draw(page, data.page, ENGLISH, page.library)
    shown = app.table[0].value
    assert list(shown[ENGLISH["data_part"]]).count(ENGLISH["part_digests"]) == 1
    assert ENGLISH["data_notice"] in [i.value for i in app.info]
    assert not app.exception


def test_deleting_everything_asks_twice_and_spares_the_digests(page: Page, tmp_path: Path) -> None:
    page.ask("what is new?")
    app_state.history().bookmark(CALM.arxiv_id)
    state = tmp_path / "states" / "x.state"
    state.parent.mkdir()
    state.write_text("what was asked")
    upload = digest(tmp_path / "uploads", "u.md", 1)
    app = draw(page, data.page, ENGLISH, page.library)
    assert app.button(key="data-delete").disabled
    app.checkbox(key="data-sure").check().run()
    app.button(key="data-delete").click().run()
    assert (app_state.history().conversations(), app_state.history().bookmarks(), page.jobs) == ([], [], [])
    assert not state.exists()
    assert upload.exists()
    assert all(Path(root).exists() for root in page.library.snapshot.manifest.roots)


def test_a_deletion_waits_for_an_answer_that_still_saves_what_it_read(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "states" / "x.state"
    state.parent.mkdir()
    job = AnswerJob("why?")

    def answer(*_: object, stop: threading.Event, **__: object) -> Iterator[Any]:
        stop.wait(10)
        time.sleep(0.2)  # as long as the file takes to be written
        state.write_text("what was asked")
        yield from ()

    monkeypatch.setattr(pipeline, "ask", answer)
    job.start(page.library, None)
    app_state.background().conversations["one"] = [job]
    app = draw(page, data.page, ENGLISH, page.library)
    app.checkbox(key="data-sure").check().run()
    app.button(key="data-delete").click().run()
    assert job.progress.finished
    assert not state.exists()


def test_a_server_on_this_machine_leaves_the_page_offline(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM_URL", "http://localhost:8080")
    app_state.served_settings.clear()
    page.app.run()
    assert ENGLISH["offline_short"] in page.shown()
    assert "localhost:8080" in page.shown()
    assert not draw(page, data.page, ENGLISH, page.library).warning


def test_a_server_elsewhere_is_named_and_the_offline_badge_is_gone(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAG_LLM_URL", "http://gpu.lan:8080")
    app_state.served_settings.clear()
    page.app.run()
    assert ENGLISH["offline_short"] not in page.shown()
    assert ENGLISH["remote"] in page.shown()
    app = draw(page, data.page, ENGLISH, page.library)
    assert app.warning[0].value == ENGLISH["data_servers"]


# --- after an upgrade ---------------------------------------------------------------------------

CHANGES = "# Changelog\n\n## 0.3.0\n\n- Third.\n\n## 0.2.0\n\n- Second.\n\n## 0.1.0\n\n- First.\n"


def test_only_what_is_newer_counts_as_changed() -> None:
    assert upgrade.changes_since("0.1.0", CHANGES) == "##### 0.3.0\n\n- Third.\n\n##### 0.2.0\n\n- Second."
    assert upgrade.changes_since("0.3.0", CHANGES) == ""
    assert upgrade.changes_since("0.0.7", CHANGES).endswith("- First.")
    assert upgrade.changes_since("0.1.0", "no releases") == ""


def test_an_upgrade_is_announced_once(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upgrade, "changelog", lambda: CHANGES)
    # a first start is no upgrade
    assert not [b for b in page.app.button if b.key == "upgrade-seen"]
    app_state.history().set_note(upgrade.NOTE, "0.0.9")
    page.app.run()
    assert "- Second." in page.shown()
    page.app.button(key="upgrade-seen").click().run()
    assert "- Second." not in page.shown()


def test_every_language_has_the_words_of_every_part_and_stage() -> None:
    for words in text.WORDS.values():
        assert all(f"part_{name}" in words for name in ("history", "states", "digests", "uploads"))
