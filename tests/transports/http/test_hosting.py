"""What a web server can be made of."""

from __future__ import annotations

from types import ModuleType

import pytest
from aiohttp import web

from labkit.exceptions import LabError


@pytest.mark.parametrize("what", [web.UrlDispatcher(), web.Application])
async def test_what_cannot_be_served(lab: ModuleType, what: object) -> None:
    """The error names what it is and what would do."""
    with pytest.raises(LabError, match=r"cannot be served; an `aiohttp\.web\.Application` can"):
        await lab.serve(what)
