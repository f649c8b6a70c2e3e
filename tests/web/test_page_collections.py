"""Several collections in a real browser: chosen in the sidebar, each with conversations of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from rag_app.web.i18n.text import WORDS
from tests.helpers.browsing import Open, ask, is_finished, served, without_model
from tests.helpers.checkout import CHECKOUT

pytestmark = [pytest.mark.browser, pytest.mark.model]

OTHER = """## Daily Papers (2024-05-01)

### [PickBot: Grasping for Mobile Robots](https://arxiv.org/abs/2405.00001)

Vote: 12

- **What's New**: PickBot learns to grasp with a wrist camera.
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, environment: dict[str, str]) -> Iterator[str]:
    """A home with the sample collection and one of one paper, which is named."""
    home, digests = tmp_path_factory.mktemp("homes"), tmp_path_factory.mktemp("digests")
    (digests / "day.md").write_text(OTHER, encoding="utf-8")
    for name in ("index", "vectors"):
        shutil.copytree(Path(environment["RAG_HOME"]) / name, home / name)
    own = {**without_model(environment), "RAG_HOME": str(home)}
    arguments = ["ingest", str(digests), "--collection", "로봇"]
    subprocess.run([sys.executable, "-m", "rag_app", *arguments], env=own, cwd=CHECKOUT, check=True)
    with served(own) as address:
        yield address


@pytest.mark.parametrize(("language", "locale"), [("en", "en-US"), ("ko", "ko-KR")])
def test_a_tab_shows_the_collection_that_is_chosen_and_keeps_it(
    open_tab: Open, address: str, language: str, locale: str
) -> None:
    words = WORDS[language]
    page = open_tab(address, locale=locale)
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar.get_by_text(f"{words['papers']} 49")).to_be_visible()
    ask(page, "Which papers got the most votes?")
    is_finished(page)
    sidebar.get_by_test_id("stSelectbox").locator("input").click()
    page.get_by_role("option", name="로봇").click()
    expect(sidebar.get_by_text(f"{words['papers']} 1")).to_be_visible()
    expect(page.locator(".st-key-answer-0-actions")).to_have_count(0)
    ask(page, "Which papers got the most votes?")
    is_finished(page)
    expect(page.get_by_text("PickBot").first).to_be_visible()
    expect(page.locator("[class*=st-key-latest-]").get_by_role("button")).to_have_count(
        1 if language == "en" else 2
    )
    page.reload()
    expect(sidebar.get_by_text(f"{words['papers']} 1")).to_be_visible()
    is_finished(page)
    expect(page.get_by_text("PickBot").first).to_be_visible()


def test_conversations_are_kept_in_the_collection_they_were_about(open_tab: Open, address: str) -> None:
    page = open_tab(address)
    expect(page.get_by_test_id("stSidebar").get_by_text("49")).to_be_visible()
    expect(page.locator("[class*=st-key-latest-]").get_by_role("button")).to_have_count(2)
