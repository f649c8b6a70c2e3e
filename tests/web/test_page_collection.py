"""The collection in a real browser: first start, uploads, ingest while asking, another model.

The tests of one server run in order, each from where the one before left the collection.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rag_app.collection.snapshot import current_name
from rag_app.web.i18n.english import ENGLISH
from tests.helpers.browsing import (
    ENGINE,
    MODEL,
    VERIFY,
    Open,
    ask,
    held,
    is_finished,
    processes,
    served,
    without_model,
)
from tests.helpers.checkout import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.model]

OTHER_MODEL = "qwen2.5-coder-1.5b"
SECONDS = 600_000  # of patience with an ingest or a load, in milliseconds: others may use the processor
ENTRY = "### [{title}](https://arxiv.org/abs/2503.{n:05})\n\n- **What's New**: {title} is about {about}.\n\n"
PENGUIN = ENTRY.format(title="PenguinNet", n=1, about="counting penguins on sea ice from satellite images")


def link(page: Page, name: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()


# --- a collection that grows --------------------------------------------------------------------


@pytest.fixture(scope="module")
def own(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A home with a copy of the sample's index, and a copy of the vectors."""
    home = tmp_path_factory.mktemp("own")
    for name in ("index", "vectors"):
        shutil.copytree(Path(environment["RAG_HOME"]) / name, home / name)
    return {**environment, "RAG_HOME": str(home)}


@pytest.fixture(scope="module")
def address(own: dict[str, str]) -> Iterator[str]:
    with served(without_model(own)) as address:
        yield address


def test_a_good_upload_is_added_and_a_bad_one_is_not(
    open_tab: Open, own: dict[str, str], tmp_path: Path
) -> None:
    good, bad = tmp_path / "2025-03-01.md", tmp_path / "list.md"
    good.write_text(f"## 2025-03-01\n\n{PENGUIN}### No address\n\nLost.\n", encoding="utf-8")
    bad.write_text("milk, bread", encoding="utf-8")
    page = open_tab()
    link(page, "Collection")
    page.get_by_role("tab", name="From files").click()
    page.locator("input[type=file]").set_input_files([good, bad])
    preview = page.locator(".st-key-preview")
    expect(preview).to_contain_text(
        re.compile(r"Files\s*2\s*New papers\s*1\s*Already here\s*0\s*Skipped\s*2")
    )
    uploads = Path(own["RAG_HOME"]) / "uploads"
    assert not uploads.exists()
    page.get_by_role("button", name="Add these files").click()
    expect(page.locator(".st-key-ingest-ended")).to_be_visible(timeout=SECONDS)  # however it ended
    expect(page.get_by_text("The collection is up to date")).to_be_visible()
    expect(page.locator(".st-key-collection-size")).to_contain_text(re.compile(r"Papers\s*50"))
    assert [file.name for file in uploads.iterdir()] == [good.name]
    link(page, "Chat")
    ask(page, "Which papers are about penguins?")
    is_finished(page)
    expect(page.locator(".st-key-answer-0-cards")).to_contain_text("PenguinNet")


def test_the_chat_answers_from_the_old_index_while_a_new_one_is_made(
    open_tab: Open, own: dict[str, str], tmp_path: Path
) -> None:
    many = "".join(ENTRY.format(title=f"Walrus{n}", n=100 + n, about=f"walrus number {n}") for n in range(60))
    (tmp_path / "2025-03-02.md").write_text(many, encoding="utf-8")
    before = current_name(Path(own["RAG_HOME"]))
    page = open_tab()
    link(page, "Collection")
    page.get_by_label("Path of a folder").fill(str(tmp_path))
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".st-key-preview")).to_contain_text(re.compile(r"New papers\s*60"))
    page.get_by_role("button", name="Add this folder").click()
    with held(own, VERIFY):
        expect(page.get_by_text("You can go on asking meanwhile")).to_be_visible()
        link(page, "Chat")
        ask(page, "Which papers improve video generation?")
        is_finished(page)
        assert current_name(Path(own["RAG_HOME"])) == before  # it was still being made
        expect(page.get_by_text("50 papers scanned")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").get_by_text("Papers 110")).to_be_visible(timeout=SECONDS)
    (tmp_path / "2025-03-03.md").write_text(ENTRY.format(title="Seal", n=9, about="seals"), encoding="utf-8")
    page.reload()
    expect(page.get_by_text("New digest files: 1")).to_be_visible(timeout=SECONDS)
    page.get_by_role("button", name="Read the folders").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("Papers 111")).to_be_visible(timeout=SECONDS)


def test_another_model_takes_the_place_of_the_first(open_tab: Open, own: dict[str, str]) -> None:
    if not list((CHECKOUT / "models").glob(f"{OTHER_MODEL}*.gguf")):
        pytest.skip(f"no {OTHER_MODEL} in models/")
    page = open_tab()
    side = page.get_by_test_id("stSidebar")
    link(page, "Models")
    engines = []
    for model in (MODEL, OTHER_MODEL):
        page.locator(f".st-key-use-{model.replace('.', '-')} button").click()
        expect(side.get_by_text(model)).to_be_visible(timeout=SECONDS)
        engines.append(processes(own, ENGINE))
    # one engine at a time: the memory of the first is given back
    assert [len(running) for running in engines] == [1, 1]
    assert engines[0][0].pid != engines[1][0].pid
    expect(page.locator(".st-key-engine")).to_contain_text(re.compile(r"KV cache.*f16", re.DOTALL))


def test_every_page_is_korean_and_fits_a_narrow_screen(open_tab: Open) -> None:
    page = open_tab(locale="ko-KR")
    expect(page.get_by_test_id("stChatInputTextArea")).to_be_visible(timeout=SECONDS)
    for name in ("둘러보기", "컬렉션", "모델", "데이터"):
        page.set_viewport_size({"width": 1440, "height": 900})
        link(page, name)
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_data_page_checks_the_machine_and_deletes_what_was_asked(
    open_tab: Open, own: dict[str, str]
) -> None:
    page = open_tab()
    link(page, "Data")
    page.get_by_role("button", name="Check this machine").click()
    expect(page.get_by_text("no connection, no name")).to_be_visible(timeout=SECONDS)
    page.get_by_text("I am sure").click()
    page.get_by_role("button", name="Delete all conversations").click()
    expect(page.locator(".st-key-latest-conversations button")).to_have_count(0)
    assert (Path(own["RAG_HOME"]) / "uploads" / "2025-03-01.md").is_file()


# --- nothing yet --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def bare(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app with an embedding model, but without collection and language model."""
    folder = tmp_path_factory.mktemp("bare")
    models = folder / "models"
    models.mkdir()
    for embedder in (CHECKOUT / "models").glob("multilingual-e5-small*"):
        (models / embedder.name).symlink_to(embedder)
    settings = {"RAG_HOME": str(folder / "home"), "RAG_MODELS": str(models), "RAG_MODEL": ""}
    with served({**environment, **settings}) as address:
        yield address


def test_a_first_start_reads_the_digests_and_answers_without_a_model(open_tab: Open, bare: str) -> None:
    page = open_tab(bare)
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible(timeout=SECONDS)
    link(page, "Explore")
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    link(page, "Models")
    expect(page.get_by_text("No language model.")).to_be_visible(timeout=SECONDS)
    # RAG_OFFLINE
    expect(page.locator(".st-key-pull-qwen2-5-coder-1-5b-start button").first).to_be_disabled()
    link(page, "Chat")
    page.get_by_role("button", name="Read the digests").click()
    expect(page.get_by_role("heading", name="Ask your digests")).to_be_visible(timeout=SECONDS)
    ask(page, "What does QLoRA propose?")
    is_finished(page)
    expect(page.locator(".st-key-answer-0-cards")).to_contain_text("QLoRA")
    expect(page.get_by_text("the digests' own sentences, no model")).to_be_visible()


# --- a damaged collection -----------------------------------------------------------------------


@pytest.fixture
def harmed(environment: dict[str, str], tmp_path: Path) -> Iterator[str]:
    """The app on a copy of the sample's index, of which a file that answers need is empty.

    It ends after the tabs.
    """
    for name in ("index", "vectors"):
        shutil.copytree(Path(environment["RAG_HOME"]) / name, tmp_path / name)
    (tmp_path / "index" / current_name(tmp_path) / "papers.sqlite3").write_bytes(b"")
    with served({**environment, "RAG_HOME": str(tmp_path), "RAG_MODEL": ""}) as address:
        yield address


def test_a_damaged_index_is_named_built_again_and_answers(
    harmed: str, open_tab: Open, tmp_path: Path
) -> None:
    page = open_tab(harmed)
    with held({"RAG_HOME": str(tmp_path)}, VERIFY):
        expect(page.get_by_text("papers.sqlite3")).to_be_visible(timeout=SECONDS)
        expect(page.get_by_text(ENGLISH["rebuilding_index"])).to_be_visible(timeout=SECONDS)
    expect(page.get_by_role("heading", name="Ask your digests")).to_be_visible(timeout=SECONDS)
    ask(page, "Which papers have more than 5 votes?")
    is_finished(page)
