"""The front end's half of a view."""

from labkit.views.shared.widget import box_styles


def test_a_view_has_what_boxes_share_before_its_own() -> None:
    """Tokens come first, so that all that follows can use them; comments stay behind."""
    text = box_styles("views/chat/chat_box.css")
    places = [
        text.index(start) for start in (".lk-tokens {", ".lk-hidden {", ".lk-box {", ".lk-form {")
    ]
    assert places == sorted(places)
    assert "/*" not in text
