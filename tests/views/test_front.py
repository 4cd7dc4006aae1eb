"""The front end's files."""

from labkit.views.front import front

SCRIPTS = ("jupyter_page.js", "dom.js", "conversation.js", "chat_box.js", "server_view.js")


def test_files_are_joined_in_order() -> None:
    """Shared parts come first, so that what follows can use them."""
    text = front("dom.js", "conversation.js", "chat_box.js")
    assert text.index("function make(") < text.index("export default")


def test_nothing_is_set_as_html() -> None:
    """Text from the network can never become markup."""
    for name in SCRIPTS:
        text = front(name)
        for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert danger not in text


def test_nothing_is_fetched() -> None:
    """The front end asks nobody but the kernel."""
    for name in (*SCRIPTS, "box.css", "chat_box.css", "server_view.css"):
        text = front(name)
        assert "import(" not in text and "@import" not in text and "https:" not in text
