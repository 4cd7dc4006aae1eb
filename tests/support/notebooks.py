"""The course's notebooks, for tests that run them."""

from __future__ import annotations

from tests.conftest import ROOT

PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))

DAMAGE = (b"", b"{", b"[]", b"null", b"{}", b'{"cells": 7}', b'{"cells": [{}]}', b"\xff\xfe{}")
"""What a file may hold that is no notebook."""
