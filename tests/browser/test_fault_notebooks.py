"""What a learner meets: the notebooks in which something stands still, breaks, or is in the way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Jupyter, Page, expect, meant_to_fail, say

SLOW = "04-the-slow-friend.ipynb"
ENDS, BACK = "05-is-anybody-there.ipynb", "06-coming-back.ipynb"
BLOCKED = "09-when-websockets-are-blocked.ipynb"


@pytest.fixture(scope="module")
def slow(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook about a slow reader and run all its cells."""
    with jupyter.notebook(SLOW) as page:
        page.run_all()
        yield page


@pytest.fixture(scope="module")
def ends(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook about ends and run all its cells."""
    with jupyter.notebook(ENDS) as page:
        page.run_all()
        yield page


@pytest.fixture(scope="module")
def back(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook about coming back and run all its cells."""
    with jupyter.notebook(BACK) as page:
        page.run_all()
        yield page


@pytest.fixture(scope="module")
def blocked(jupyter: Jupyter) -> Iterator[Page]:
    """Open the notebook about middleboxes and run all its cells."""
    with jupyter.notebook(BLOCKED) as page:
        page.run_all()
        yield page


def test_nothing_fails_beside_a_slow_friend(slow: Page) -> None:
    """After Run All no error stands anywhere; the table has a row for each way, and a chart."""
    assert slow.failing() == meant_to_fail(SLOW) == []
    table = slow.page.locator("pre").filter(has_text="MB kept").last
    expect(table).to_contain_text(re.compile(r"a queue each +all 200 +1 +50 to 99"))
    chart = slow.page.locator(".lk-chart")
    expect(chart).to_have_count(1)
    picture = slow.page.get_by_alt_text("Where bytes wait")
    for name, view in (("table", table), ("chart", chart), ("picture", picture)):
        view.first.evaluate("view => view.scrollIntoView({block: 'center'})")
        for scheme in slow.schemes():
            slow.shot(f"notebook-04-{name}-{scheme}")


def test_the_chat_that_throws_out_the_slow_goes_on(slow: Page) -> None:
    """What is typed into one box is heard in the other one."""
    ann, mia = slow.box("ann"), slow.box("mia")
    say(ann, "typed by ann")
    expect(mia.locator(".lk-heard").get_by_text("typed by ann")).to_be_visible()
    slow.show_box("ann")
    slow.shot("notebook-04-boxes")


def test_nothing_beside_a_slow_friend_is_inaccessible(slow: Page, node_modules: Path) -> None:
    """axe-core finds nothing in either colour scheme, and the browser does not complain."""
    for scheme in slow.schemes():
        assert slow.violations(node_modules) == [], scheme
    assert slow.complaints == []


def test_only_what_is_meant_to_fail_fails_at_the_ends(ends: Page) -> None:
    """The refused 1006 of step 3; clients that were replaced are closed, and say how they ended."""
    assert ends.failing() == meant_to_fail(ENDS) != []
    for view in ("ladder", "chart"):
        figure = ends.page.locator(f".lk-{view}")
        expect(figure).to_have_count(1)
        figure.evaluate("view => view.scrollIntoView({block: 'center'})")
        for scheme in ends.schemes():
            ends.shot(f"notebook-05-{view}-{scheme}")
    for name in ("alice", "bob"):
        expect(ends.box(name).get_by_role("status")).to_have_text("Closed")
        expect(ends.box(name)).to_contain_text("closed with 1001")
    ends.show_box("alice")
    ends.shot("notebook-05-boxes")


def test_a_black_hole_by_the_switches(ends: Page) -> None:
    """The last server of the notebook goes on: its switches end a connection, as step 5 says."""
    ends.run_new("judy = await lab.connect(server, 'judy', **beat)\nlab.show(judy, server.faults)")
    judy, switches = ends.box("judy"), ends.page.get_by_role("region", name="Faults on all links")
    switches.get_by_role("button", name="Black hole").click()
    say(judy, "is anybody there?")
    expect(judy.get_by_role("status")).to_have_text("Closed")
    expect(judy).to_contain_text("closed with 1006")
    ends.show_box("judy")
    ends.shot("notebook-05-judy")
    switches.get_by_role("button", name="Heal", exact=True).click()
    judy.get_by_role("button", name="Connect again").click()
    expect(judy.get_by_role("status")).to_have_text("Open")


def test_nothing_at_the_ends_is_inaccessible(ends: Page, node_modules: Path) -> None:
    """axe-core finds nothing in either colour scheme, and the browser does not complain."""
    for scheme in ends.schemes():
        assert ends.violations(node_modules) == [], scheme
    assert ends.complaints == []


def test_nothing_fails_on_the_way_back(back: Page) -> None:
    """After Run All no error stands anywhere; the charts of live and simulated clients do."""
    assert back.failing() == meant_to_fail(BACK) == []
    drawn = back.page.locator("svg.lk-drawing:visible")
    expect(drawn.filter(has_text="30 clients come back")).to_have_count(1)
    expect(drawn.filter(has_text="100,000 simulated clients")).to_have_count(2)
    for name in ("30 clients", "100,000"):
        view = drawn.filter(has_text=name).first
        view.evaluate("view => view.scrollIntoView({block: 'end'})")
        for scheme in back.schemes():
            back.shot(f"notebook-06-{name.split()[0]}-{scheme}")


def test_alice_comes_back_by_herself(back: Page) -> None:
    """Her plug is pulled in her box, a countdown runs, and when it is put back she hears bob."""
    alice, bob = back.box("alice"), back.box("bob")
    alice.get_by_role("button", name="Pull the plug").click()
    expect(alice.get_by_role("status")).to_have_text("Reconnecting")
    expect(alice).to_contain_text(re.compile(r"Attempt \d+ in \d+ s"))
    back.show_box("alice")
    back.shot("notebook-06-boxes")
    say(bob, "while she is away")
    alice.get_by_role("button", name="Put the plug back").click()
    expect(alice.get_by_role("status")).to_have_text("Open")
    say(bob, "welcome back")
    expect(alice.locator(".lk-heard").get_by_text("welcome back")).to_be_visible()
    expect(alice).not_to_contain_text("while she is away")


def test_everybody_on_socket_io_comes_back(back: Page) -> None:
    """The switches of the server pull everybody's plug, and heal it: all connect by themselves."""
    back.run_new(
        "everybody = [await lab.connect(server, name) for name in ('ann', 'ivy')]\n"
        "lab.show(server.faults, *everybody)"
    )
    switches = back.page.get_by_role("region", name="Faults on all links")
    switches.get_by_role("button", name="Pull everybody's plug").click()
    for name in ("ann", "ivy"):
        expect(back.box(name).get_by_role("status")).to_have_text("Reconnecting")
    back.show_box("ann")
    back.shot("notebook-06-everybody")
    switches.get_by_role("button", name="Heal", exact=True).click()
    for name in ("ann", "ivy"):
        expect(back.box(name).get_by_role("status")).to_have_text("Open", timeout=15_000)
    say(back.box("ivy"), "all are back")
    expect(back.box("ann").locator(".lk-heard").get_by_text("all are back")).to_be_visible()


def test_nothing_on_the_way_back_is_inaccessible(back: Page, node_modules: Path) -> None:
    """axe-core finds nothing in either colour scheme, and the browser does not complain."""
    for scheme in back.schemes():
        assert back.violations(node_modules) == [], scheme
    assert back.complaints == []


def test_nothing_fails_behind_the_boxes(blocked: Page) -> None:
    """After Run All no error stands anywhere; the grid, a ladder and a chart do."""
    assert blocked.failing() == meant_to_fail(BLOCKED) == []
    grid = blocked.page.locator("pre").filter(has_text="buffer responses:").first
    grid.evaluate("view => view.scrollIntoView({block: 'center'})")
    blocked.shot("notebook-09-grid")
    for view in ("ladder", "chart"):
        figure = blocked.page.locator(f".lk-{view}")
        expect(figure).to_have_count(1)
        figure.evaluate("view => view.scrollIntoView({block: 'center'})")
        for scheme in blocked.schemes():
            blocked.shot(f"notebook-09-{view}-{scheme}")


def test_the_finished_chain_goes_on(blocked: Page) -> None:
    """Alice's box names her way and why the others were refused; what is typed is acknowledged."""
    alice, bob = blocked.box("alice"), blocked.box("bob")
    expect(alice).to_contain_text("chain over longpoll")
    expect(alice).to_contain_text("websocket refused: ")
    expect(say(alice, "typed by alice").locator(".lk-tick")).to_have_text("✓✓")
    expect(bob.locator(".lk-heard").get_by_text("typed by alice")).to_be_visible()
    say(bob, "typed by bob")
    expect(alice.locator(".lk-heard").get_by_text("typed by bob")).to_be_visible()
    blocked.show_box("alice")
    blocked.shot("notebook-09-boxes")


def test_nothing_behind_the_boxes_is_inaccessible(blocked: Page, node_modules: Path) -> None:
    """axe-core finds nothing in either colour scheme, and the browser does not complain."""
    for scheme in blocked.schemes():
        assert blocked.violations(node_modules) == [], scheme
    assert blocked.complaints == []
