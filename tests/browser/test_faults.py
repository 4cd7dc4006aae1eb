"""Fault switches in a real JupyterLab, beside the chat boxes of those on whom the faults act."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Jupyter, Page, expect, say

SET_UP = """
import labkit as lab
await lab.fresh()
server = await lab.serve("websocket", name="chat")
alice, bob = await lab.connect(server, "alice"), await lab.connect(server, "bob")
lab.show(server.faults, alice.link.faults, alice, bob)
"""


@pytest.fixture(scope="module", params=["light", "dark"])
def lab_page(jupyter: Jupyter, request: pytest.FixtureRequest) -> Iterator[Page]:
    """Show the switches of a server and of alice's link, and both chat boxes."""
    with jupyter.notebook("00-start-here.ipynb", request.param) as page:
        page.run_new(SET_UP)
        page.box("alice").evaluate("box => box.scrollIntoView({block: 'end'})")
        yield page


@pytest.fixture
def healed(lab_page: Page) -> Iterator[Page]:
    """Remove all faults when the test is over, by the buttons."""
    yield lab_page
    for switches in (everybody(lab_page), own(lab_page)):
        switches.get_by_role("button", name="Heal", exact=True).click()
        expect(switches.get_by_role("switch", checked=True)).to_have_count(0)


def everybody(page: Page) -> Any:
    """Return the switches for all links of the server."""
    return page.page.get_by_role("region", name="Faults on all links of chat")


def own(page: Page) -> Any:
    """Return the switches of alice's link."""
    return page.page.get_by_role("region", name="Faults on link alice")


def test_a_black_hole_in_one_link(healed: Page) -> None:
    """What alice says is held, which switches and box show, and arrives when it is healed."""
    switches = own(healed)
    switches.get_by_role("button", name="Black hole").click()
    switch = switches.get_by_role("switch", name="black hole: nothing passes", checked=True)
    expect(switch).to_be_visible()
    expect(healed.box("alice")).to_contain_text("▲ black hole")
    expect(healed.box("bob")).not_to_contain_text("▲")
    say(healed.box("alice"), f"into the hole {healed.scheme}")
    expect(switches).to_contain_text(re.compile(r"held: .* until it is removed"))
    expect(healed.box("bob")).not_to_contain_text("into the hole")
    switches.get_by_role("button", name="Heal", exact=True).click()
    expect(healed.box("bob")).to_contain_text(f"into the hole {healed.scheme}")
    expect(switches.get_by_role("switch", name="black hole", checked=False)).to_be_visible()
    expect(switches.get_by_text("No fault acts")).to_be_visible()
    expect(switches.get_by_text("In code: link.heal()")).to_be_visible()


def test_everybody_s_plug_and_the_countdown(healed: Page) -> None:
    """The plug is out for both; each box counts down, and lets its person connect again."""
    switches = everybody(healed)
    switches.get_by_role("button", name="Pull everybody's plug").click()
    for name in ("alice", "bob"):
        expect(healed.box(name).get_by_role("button", name="Put the plug back")).to_be_visible()
    seconds = switches.get_by_role("spinbutton", name="Seconds until all is healed")
    seconds.fill("4")
    seconds.press("Enter")
    expect(switches.get_by_role("timer")).to_have_text(re.compile(r"^Heals in [1-4] s$"))
    for name in ("alice", "bob"):
        line = healed.box(name).locator(".lk-damage")
        expect(line).to_have_text(re.compile(r"^▲ plug pulledheals in [1-4] s$"))
    expect(own(healed)).to_contain_text(re.compile("on all links of chat · heals in [1-4] s"))
    healed.shot(f"faults-countdown-{healed.scheme}")
    for name in ("alice", "bob"):
        expect(healed.box(name).get_by_role("button", name="Pull the plug")).to_be_visible()
        expect(healed.box(name)).not_to_contain_text("▲")
        healed.box(name).get_by_role("button", name="Connect again").click()
        expect(healed.box(name)).to_have_attribute("data-state", "open")
    expect(switches.get_by_role("timer")).to_be_hidden()


def test_the_keyboard_is_enough(healed: Page) -> None:
    """Tab reaches what is there, Space switches, Enter sends a number; the focus stays."""
    switches, keyboard = own(healed), healed.page.keyboard
    switches.get_by_role("button", name="Pull the plug").focus()
    keyboard.press("Tab")
    keyboard.press("Tab")
    keyboard.press("Tab")
    expect(switches.get_by_role("spinbutton", name="Seconds of latency")).to_be_focused()
    keyboard.insert_text("0.5")
    keyboard.press("Enter")
    switch = switches.get_by_role("switch", name="latency: 0.5 s later, both directions")
    expect(switch).to_have_attribute("aria-checked", "true")
    expect(healed.box("alice")).to_contain_text("▲ latency: 0.5 s later")
    for _ in range(9):
        keyboard.press("Tab")
        if switch.evaluate("node => node === document.activeElement"):
            break
    for checked in ("false", "true"):
        keyboard.press("Space")
        expect(switch).to_have_attribute("aria-checked", checked)
        expect(switch).to_be_focused()
    expect(switches.get_by_text("In code: link.add(Latency(0.5))")).to_be_visible()


def test_a_number_is_changed_while_its_fault_acts(healed: Page) -> None:
    """By keyboard; *Slow* once more changes it, too. The change is announced, the focus stays."""
    switches, keyboard = own(healed), healed.page.keyboard
    seconds = switches.get_by_role("spinbutton", name="Seconds of latency")
    for typed in ("60", "70"):
        seconds.fill(typed)
        switches.get_by_role("button", name="Slow").click()
        expect(switches.get_by_role("switch", name=f"latency: {typed} s later")).to_be_visible()
    expect(switches.get_by_role("switch", name="latency", checked=True)).to_have_count(1)
    say(healed.box("alice"), f"slowly {healed.scheme}")
    expect(switches).to_contain_text(re.compile(r"held: .*, up to \d"))
    field = switches.get_by_role("spinbutton", name="latency: seconds")
    expect(field).to_have_value("70")
    switches.get_by_role("switch", name="latency", checked=True).focus()
    keyboard.press("Tab")
    expect(field).to_be_focused()
    healed.shot(f"faults-numbers-{healed.scheme}")
    keyboard.insert_text("0.10")
    keyboard.press("Enter")
    expect(healed.box("bob")).to_contain_text(f"slowly {healed.scheme}")
    said = re.compile(r"^In code: link\.faults\[0\]\.change\(Latency\(0\.1\)\)$")
    expect(switches.get_by_role("status").filter(has_text=said)).to_be_visible()
    expect(field).to_have_value("0.1")
    expect(field).to_be_focused()
    field.fill("-1")
    keyboard.press("Enter")
    expect(switches.get_by_role("alert")).to_contain_text("seconds must be a number from 0")
    expect(field).to_have_value("0.1")


def test_what_is_refused_is_told(healed: Page) -> None:
    """A number that makes no sense and an equal fault, in the words of the code's errors."""
    switches = everybody(healed)
    seconds = switches.get_by_role("spinbutton", name="Seconds of latency")
    seconds.fill("-1")
    seconds.press("Enter")
    notice = switches.get_by_role("alert")
    expect(notice).to_contain_text("seconds must be a number from 0 to 1e+12, not -1.")
    for _ in range(2):
        switches.get_by_role("button", name="Black hole").click()
    expect(notice).to_contain_text("<BlackHole()> acts there already")
    switches.get_by_role("button", name="Heal", exact=True).click()
    expect(notice).to_be_hidden()


def test_a_fault_of_the_code_appears(healed: Page) -> None:
    """It is switched off in the view, and on again with the same values."""
    healed.run_new(
        "from labkit.faults import Bandwidth\n"
        'handle = alice.link.add(Bandwidth(1000), "upstream", first=9)'
    )
    healed.box("alice").evaluate("box => box.scrollIntoView({block: 'end'})")
    words = "bandwidth: 1,000 bytes a second, upstream (client to server), on the first 9"
    switch = own(healed).get_by_role("switch", name=words)
    expect(switch).to_have_attribute("aria-checked", "true")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "false")
    switch.click()
    expect(switch).to_have_attribute("aria-checked", "true")
    say(healed.box("alice"), "x" * 2000)
    expect(own(healed)).to_contain_text(re.compile(r"held: .* s at this rate"))
    healed.shot(f"faults-{healed.scheme}")
    expect(healed.box("bob")).to_contain_text("x" * 2000)


def test_nothing_is_inaccessible(healed: Page, node_modules: Path) -> None:
    """axe-core finds nothing while faults act, nor afterwards; the browser does not complain."""
    everybody(healed).get_by_role("spinbutton", name="Seconds of latency").fill("0.1")
    everybody(healed).get_by_role("button", name="Slow").click()
    own(healed).get_by_role("button", name="Black hole").click()
    expect(own(healed).get_by_role("switch", checked=True)).to_have_count(2)
    assert healed.violations(node_modules) == []
    own(healed).get_by_role("button", name="Heal", exact=True).click()
    expect(own(healed).get_by_role("switch", checked=True)).to_have_count(0)
    assert healed.violations(node_modules) == []
    assert healed.complaints == []
