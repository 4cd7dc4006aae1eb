"""The chat pages."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import subprocess
from collections.abc import Callable

import pytest

from labkit.front_end.joiner import join_modules
from labkit.transports.pages import chat_page, chat_page_headers, insert_unsafe_pattern, on_server
from labkit.untrusted import plain_text
from tests.support.untrusted import HOSTILE, JOINED

TRANSPORTS = ["websocket", "socketio/page", "sse", "longpoll", "poll", "chain"]


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_each_page_is_whole(transport: str) -> None:
    """The common look is in it once, and nothing is fetched for it from elsewhere."""
    text = chat_page(transport)
    assert text.count("height: 100dvh") == text.count("class ChatPage") == 1
    assert "<style></style>" not in text and "></script>" not in text
    assert "//" not in text.partition("<script")[0]
    assert not re.search("https?://", text)


def test_a_page_names_its_server() -> None:
    """As text, whatever the name is."""
    page = on_server(chat_page("websocket"), "<b>$x$")
    assert "<h1>Chat on &lt;b&gt;$x$</h1>" in page
    assert on_server(chat_page("websocket"), "mine") != page


def test_a_library_runs_before_the_page() -> None:
    """It is loaded by an address relative to the page, so that a path prefix does no harm."""
    text = chat_page("socketio/page", "client.js")
    assert text.index('<script src="client.js"></script>') < text.index('<script type="module">')


@pytest.mark.parametrize("transport", TRANSPORTS)
def test_a_page_may_run_what_is_its_own(transport: str) -> None:
    """Its policy allows nothing in general, and each script and style within it by its hash."""
    policy = chat_page_headers(transport)["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    inline = re.findall(
        r"<(?:script|style)[^>]*>(.*?)</(?:script|style)>", chat_page(transport), re.DOTALL
    )
    assert len(inline) == 2
    for text in inline:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "style=" not in chat_page(transport) and " on" not in " ".join(
        re.findall(r"<[a-z][^>]*>", chat_page(transport))
    ).replace("on Socket.IO", "")


def test_a_page_shows_words_as_a_notebook_does(need: Callable[[str, object], None]) -> None:
    """Its function agrees with `plain_text` on each character of a script or of none."""
    need("Node", node := shutil.which("node"))
    script = insert_unsafe_pattern(join_modules("front_end/untrusted.js"))
    assert all(script in chat_page(transport) for transport in TRANSPORTS)
    characters = map(chr, [*range(0x3200), *range(0xD7F0, 0x11100), *range(0xE0000, 0xE1010)])
    texts = [" ".join(characters), HOSTILE, *JOINED]
    asked = f"console.log(JSON.stringify({json.dumps(texts)}.map(plainText)))"
    told = subprocess.check_output([str(node), "-"], input=script + asked, text=True)
    assert json.loads(told) == [plain_text(text, lines=True) for text in texts]
