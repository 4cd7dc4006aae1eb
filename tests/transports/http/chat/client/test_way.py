"""A way to listen, and what goes up."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any

import pytest

from labkit.transports.http.chat.client.client_requests import Requests
from labkit.transports.http.chat.client.conversation import Conversation
from labkit.transports.http.chat.client.failed_request import Failed
from labkit.transports.http.chat.client.way import Way
from labkit.transports.http.chat.cursor import Cursor
from tests.conftest import ROOT
from tests.support.hostile import hostile, replies

ANSWERS = json.loads((ROOT / "tests/support/http_answers.json").read_text("utf-8"))
"""What answers, and what is made of it; the pages' scripts are tested with it, too."""


class Asked:
    """Requests that are written down, and answered as the test says."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.seen: list[tuple[Any, ...]] = []
        self.told: list[Any] = []
        told = self.told
        self.conversation = Conversation(told.append, told.append)
        self.way = Asking(self, self.conversation)  # type: ignore[arg-type]
        self.way.on_answer = lambda: told.append("answer")

    async def fetch(self, path: str, query: dict[str, object], within: float) -> Any:
        """Answer."""
        self.seen.append((path, query, within))
        return self.answers.pop(0)

    async def send(self, *arguments: Any, **options: Any) -> None:
        """Take something."""
        self.seen.append((*arguments, options))


class Asking(Way):
    """A way that the test drives."""

    async def listen(self) -> None:
        """Listen never."""


async def test_a_poll() -> None:
    """It says who asks and how far it has read, and takes gap, messages and cursor in order."""
    asked = Asked(
        {"messages": [{"text": "Welcome!"}], "next": "aaaaaaaa-3"},
        None,
        {"messages": [{"id": "aaaaaaaa-9", "text": "hi"}], "next": "aaaaaaaa-10", "lost": 5},
    )
    assert [await asked.way.poll(), await asked.way.poll(wait=2.5)] == [True, False]
    assert await asked.way.poll()
    client = asked.conversation.client
    assert asked.seen == [
        ("/messages", {"client": client}, 5.0),
        ("/messages", {"client": client, "after": Cursor("aaaaaaaa", 3), "wait": "2.5"}, 7.5),
        ("/messages", {"client": client, "after": Cursor("aaaaaaaa", 3)}, 5.0),
    ]
    assert asked.told == ["answer", "Welcome!", "answer", "answer", 5, "hi"]
    assert asked.conversation.cursor == Cursor("aaaaaaaa", 10)


async def test_a_hold_is_asked_for_in_milliseconds() -> None:
    """However short a scaled one is that was halved: a server takes no more digits."""
    asked = Asked(None)
    await asked.way.poll(wait=0.0625)
    assert asked.seen[0][1]["wait"] == "0.062"


async def test_the_answer_of_a_server_that_does_not_know_us() -> None:
    """Once it may have started again; twice it is no answer."""
    asked = Asked(*({"messages": [], "next": f"{epoch * 8}-1", "lost": None} for epoch in "aba"))
    await asked.way.poll()
    await asked.way.poll()
    with pytest.raises(Failed, match="do not know each other"):
        await asked.way.poll()
    assert asked.told == ["answer", None, "answer", None]


@pytest.mark.parametrize(
    "answer", [[], "x", 7, {}, {"messages": []}, {"messages": [7], "next": "x"}]
)
async def test_what_is_not_the_answer_of_a_chat(answer: Any) -> None:
    """It is a failure of the request."""
    with pytest.raises(Failed):
        await Asked(answer).way.poll()


async def test_what_goes_up() -> None:
    """A post says who and which; leaving names the client."""
    asked = Asked()
    await asked.way.post(7, "hello")
    await asked.way.leave()
    client = asked.conversation.client
    assert asked.seen == [
        ("POST", "/messages", {"client": client, "number": 7}, "hello", {}),
        ("DELETE", f"/clients/{client}", {}, {"within": 2.0}),
    ]


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: " ".join(map(str, row.values())))
async def test_whose_answer_it_is(lab: ModuleType, row: dict[str, Any]) -> None:
    """What cannot be the answer of a chat's server took nothing, and is asked again."""
    kind = f"Content-Type: {row['type']}\r\n" if row["type"] else ""
    length = f"Content-Length: {len(row['body'])}\r\n" if row["status"] != 204 else ""
    answer = f"HTTP/1.1 {row['status']} So\r\n{kind}{length}\r\n{row['body']}"
    async with hostile(replies(answer.encode())) as (port, _):
        link = await lab.link(f"http://127.0.0.1:{port}/")
        requests = Requests(link, link.leads_to)
        way = Asking(requests, Conversation(lambda message: None, lambda count: None))
        try:
            await (way.poll() if row["method"] == "GET" else way.post(1, "hi"))
        except Failed as failure:
            verdict = "final" if failure.is_final else "again"
        else:
            verdict = "answer"
        finally:
            await requests.close()
    assert verdict == row["verdict"]
