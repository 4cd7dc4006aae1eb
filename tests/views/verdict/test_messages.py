"""What passes from this view to its page."""

from labkit.views.verdict import messages
from tests.support.typedefs import typedefs_of, typedicts_of


def test_the_page_has_the_same_types() -> None:
    """The snapshot of `messages.py` is in `messages.js`, field by field."""
    assert typedicts_of(messages)
    assert typedefs_of("views/verdict/messages.js") == typedicts_of(messages)
