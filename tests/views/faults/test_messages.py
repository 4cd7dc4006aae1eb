"""What passes between this view and its page."""

from labkit.views.faults import messages
from tests.support.typedefs import typedefs_of, typedicts_of


def test_the_page_has_the_same_types() -> None:
    """Each snapshot and action of `messages.py` is in `messages.js`, field by field."""
    assert typedicts_of(messages)
    assert typedefs_of("views/faults/messages.js") == typedicts_of(messages)
