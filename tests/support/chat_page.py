"""A server's chat page in a browser, as a person sees it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from tests.browser.conftest import expect


class Chat:
    """The chat page, as a person sees it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.log = page.get_by_role("log")
        self.badge = page.locator("#badge")
        self.text = page.get_by_role("textbox", name="Message")

    def open(self, url: str, badge: str = "") -> Chat:
        """Go to the page and wait until it is open, in the end with this badge."""
        self.page.goto(url)
        self.is_in("● Open")
        expect(self.badge).to_have_text(badge)
        return self

    def is_named(self, name: str) -> None:
        """Wait until it tells its name, which the server's view lists, and since when."""
        since = re.compile(rf"You are {re.escape(name)}, since \d+:\d\d:\d\d.*")
        expect(self.page.locator("#self")).to_have_text(since)

    def is_in(self, state: str) -> None:
        """Wait for a state."""
        expect(self.page.locator("#state")).to_have_text(state, timeout=15_000)

    def say(self, text: str) -> None:
        """Type a text and press Enter."""
        self.text.fill(text)
        self.text.press("Enter")

    def heard(self, text: str, times: int = 1) -> None:
        """Wait until a text of others was heard so often, and not more often."""
        others = self._lines("heard", text).filter(has_not=self.page.locator(".echo"))
        expect(others).to_have_count(times)

    def said(self, text: str, tick: str = "✓✓", times: int = 1) -> None:
        """Wait until a text of one's own stands there so often, each with its tick."""
        lines = self._lines("said", text)
        expect(lines.locator(".tick")).to_have_text([tick] * times)
        self.heard(text, 0)

    def _lines(self, kind: str, text: str) -> Any:
        return self.log.locator(f"p.{kind}").filter(has_text=text)


@contextlib.contextmanager
def chat_page(browser: Any, **options: Any) -> Iterator[Chat]:
    """Open a page in a context of its own, whose scripts must not fail, nor break its policy."""
    context = browser.new_context(**{"viewport": {"width": 900, "height": 640}, **options})
    page = context.new_page()
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.on("console", lambda m: "Content Security Policy" in m.text and failures.append(m.text))
    yield Chat(page)
    context.close()
    assert failures == []
