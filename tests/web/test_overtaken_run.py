"""What the flags of the page's server promise of a run that the reader's next click overtakes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from rag_app.web import server
from tests.helpers.browsing import free_port, serving
from tests.helpers.checkout import CHECKOUT

pytestmark = pytest.mark.browser

APP = CHECKOUT / "tests" / "helpers" / "slow_end_app.py"


@pytest.fixture
def address() -> Iterator[str]:
    port = free_port()
    command = [str(APP) if part.endswith("origin_guard.py") else part for part in server.command(port)]
    with serving(command, port) as address:
        yield address


def test_what_it_draws_is_not_dropped_by_the_end_of_the_run_before(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.get_by_role("button", name="Ask").click()  # the run that drew the button goes on
    expect(page.get_by_text(re.compile(r"looked \d\d+ times"))).to_be_visible()
    page.close()
