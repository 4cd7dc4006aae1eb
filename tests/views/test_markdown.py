"""Texts of the course as a cell's value."""

from labkit.views.markdown import Markdown


def test_it_is_markdown_and_reads_as_text() -> None:
    """Where Markdown is not rendered, it is shown as it is written."""
    text = Markdown("**Hint 1.** Look at `people`.")
    assert text._repr_mimebundle_() == {"text/markdown": text.text, "text/plain": repr(text)}
    assert repr(text) == "**Hint 1.** Look at `people`."
