"""Part of the suite `daily`: how soon the page shows Today, and the map of the papers.

Knows: which elements tell that a page is there. Does not know: how either is drawn. The server and a
Chromium share the machine, and both have opened the pages once before; without a Chromium and
playwright there are no rows.
"""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from rag_app.bench import start
from rag_app.bench.search import seconds
from rag_app.bench.table import Measurement
from rag_app.settings import Settings

if TYPE_CHECKING:
    from playwright.sync_api import Page

BOX, ROW = "[data-testid=stChatInput]", "[class*=st-key-today-paper-]"
MAP = ".st-key-plot-map-topic"
TABS = ".st-key-plots [role=tab]"
MENU = "[data-testid=stSidebarNav] a"
TODAY, CHAT, EXPLORE = 0, 1, 4  # places in the menu
DONE = "() => document.querySelector('[data-test-script-state=notRunning]') !== null"
COLOURED = 500  # pixels that dots have coloured, of those looked at
DRAWN = f"""() => {{
    const canvas = document.querySelector("{MAP} canvas");
    if (!canvas || !canvas.width) return false;
    const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    let coloured = 0;
    for (let at = 0; at < pixels.length; at += 28) {{
        const [red, green, blue] = pixels.slice(at, at + 3);
        coloured += pixels[at + 3] > 40 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40;
    }}
    return coloured > {COLOURED};
}}"""
MILLISECONDS = 1_000


def measured(settings: Settings, papers: str, *, with_map: bool, times: int) -> list[Measurement]:
    """The rows of the page; `papers` says of how many papers."""
    with start.borrowed(settings) as home, start.chromium() as browser:
        if not browser:
            return []
        with start.served(settings, home) as (_, address):
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(start.PAGE_SECONDS * MILLISECONDS)
            opened = [seconds(lambda: _open(page, address)) for _ in range(times + 1)][1:]
            turned = [_turn_to_today(page) for _ in range(times)]
            rows = [
                Measurement("Today, from its address to its last row", median(opened), "s", "≤ 1.0", papers),
                Measurement("Today, from the menu to its last row", median(turned), "s", "≤ 1.0", papers),
            ]
            if with_map:
                drawn = [_draw_map(page) for _ in range(times + 1)][1:]
                rows.append(Measurement("map, from its tab to its dots", median(drawn), "s", "≤ 2.0", papers))
            return rows


def _open(page: Page, address: str) -> None:
    page.goto(f"{address}/today")
    page.locator(ROW).first.wait_for()
    page.wait_for_function(DONE)


def _turn_to_today(page: Page) -> float:
    _turn(page, CHAT, BOX)
    return seconds(lambda: _turn(page, TODAY, ROW))


def _draw_map(page: Page) -> float:
    _turn(page, CHAT, BOX)
    _turn(page, EXPLORE, TABS)
    tab = page.locator(TABS).nth(1)
    return seconds(lambda: (tab.click(), page.wait_for_function(DRAWN, polling=20)))


def _turn(page: Page, place: int, shown: str) -> None:
    """Go to a page by the menu, and wait until it is drawn."""
    page.locator(MENU).nth(place).click()
    page.locator(shown).first.wait_for()
    page.wait_for_function(DONE)
