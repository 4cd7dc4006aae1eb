"""The chat pages."""

from __future__ import annotations

import pytest

from labkit.transports.pages import page


@pytest.mark.parametrize("transport", ["websocket", "socketio"])
def test_each_page_is_whole(transport: str) -> None:
    """The common look is in it once, and nothing is fetched for it from elsewhere."""
    text = page(transport)
    assert text.count("height: 100dvh") == 1 and "<style></style>" not in text
    assert "//" not in text.replace("https://", "//").partition("<script")[0]
