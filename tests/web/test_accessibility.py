"""axe-core on every page: no serious or critical finding."""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.helpers.browsing import Open, ask, is_finished

pytestmark = [pytest.mark.browser, pytest.mark.model]

GRAVE = {"serious", "critical"}
PAGES = ("Compare", "Explore", "History", "Collection", "Models", "Data")


def findings(page: Page) -> list[tuple[str, str]]:
    """(rule, element) of each serious or critical finding."""
    response: Any = Axe().run(page).response
    found = []
    for violation in response["violations"]:
        for node in violation["nodes"]:
            if violation["impact"] in GRAVE:
                why = node["any"][0]["message"] if node["any"] else ""
                found.append((violation["id"], f"{node['html']} {why}"))
    return found


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_page_has_a_grave_finding(open_tab: Open, dark: bool) -> None:
    page = open_tab(dark=dark)
    ask(page, "Which papers improve video generation?")
    is_finished(page)
    found = {"Chat": findings(page)}
    page.locator("[class*=st-key-answer-0-mark-] button").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    found["Source"] = findings(page)
    page.keyboard.press("Escape")
    for name in PAGES:
        page.get_by_test_id("stSidebarNav").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        page.wait_for_timeout(1500)  # charts and tables are drawn after their page
        found[name] = findings(page)
        if name == "Explore":
            page.get_by_role("tab", name="Map").click()
            page.locator(".st-key-plot-map-topic canvas").wait_for(timeout=60_000)
            found["Map"] = findings(page)
    assert {name: left for name, left in found.items() if left} == {}
