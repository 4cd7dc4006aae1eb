"""Who may talk to a server: rules for Host and Origin."""

from typing import Any

import pytest

from labkit.exceptions import LabError
from labkit.transports.origin_policy import OriginPolicy, checked_hosts, host_name, is_loopback

OWN = "127.0.0.1:4000"


@pytest.mark.parametrize(
    ("host", "origin", "passes"),
    [
        (OWN, None, True),
        (OWN, "http://127.0.0.1:4000", True),
        (OWN, "http://localhost:8888", True),
        ("localhost:8888", "http://localhost:8888", True),
        ("[::1]:4000", "http://[::1]:4000", True),
        (OWN, "http://evil.example", False),
        (OWN, "null", False),
        (OWN, "", False),
        (OWN, "file://", False),
        (OWN, "http://127.0.0.1.evil.example", False),
        (OWN, "http://evil.example#127.0.0.1", False),
        (OWN, "http://evil.example/127.0.0.1", False),
        (OWN, "http://127.0.0.1@evil.example", False),
        (OWN, "chrome-extension://abcdef", False),
        ("evil.example:4000", None, False),
        ("evil.example", "http://evil.example", False),
        ("127.0.0.1.evil.example", None, False),
        ("localhost.evil.example:80", None, False),
        ("", None, False),
        (None, None, False),
        ("127.0.0.1:port", None, False),
    ],
)
def test_hosts_and_origins(host: str | None, origin: str | None, passes: bool) -> None:
    """Loopback names pass, whatever the port; anything else, or what only looks alike, does not."""
    assert (OriginPolicy().refusal(host, origin) is None) == passes


def test_a_hub_is_allowed_by_name() -> None:
    """A further name passes as Host and as Origin, also with TLS; its subdomains do not."""
    policy = OriginPolicy(checked_hosts("Hub.example.org"))
    assert policy.refusal("hub.example.org", "https://hub.example.org") is None
    assert policy.refusal("a.hub.example.org", None)
    assert policy.refusal("hub.example.org", "https://a.hub.example.org")


@pytest.mark.parametrize(
    ("host", "origin", "passes"),
    [
        ("192.0.2.7:4000", None, True),
        ("[2001:db8::7]:4000", None, True),
        ("192.0.2.7:4000", "http://192.0.2.7:4000", True),
        ("127.0.0.1:4000", None, True),
        ("192.0.2.7:4000", "http://192.0.2.8", False),
        ("127.0.0.1:4000", "http://192.0.2.8", False),
        ("192.0.2.7:4000", "http://evil.example", False),
        ("evil.example:4000", "http://evil.example:4000", False),
    ],
)
def test_every_address_of_the_machine(host: str, origin: str | None, passes: bool) -> None:
    """Whoever dials an address passes, with pages of the same; names can be anybody's."""
    assert (OriginPolicy(any_address=True).refusal(host, origin) is None) == passes


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_loopback_names(name: str) -> None:
    """`localhost`, 127.0.0.0/8 and ::1 are this machine."""
    assert is_loopback(name)


def test_a_host_header_is_read_strictly() -> None:
    """What is no host and port has no name."""
    assert host_name("user@127.0.0.1") == "" == host_name("127.0.0.1/path")


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("hub.example", {"hub.example"}),
        (["Hub.example", "b.example:8443"], {"hub.example", "b.example"}),
        ("https://hub.example:8443/user/me/", {"hub.example"}),
        (["[2001:db8::1]:80"], {"2001:db8::1"}),
        ((name for name in ("a", "b")), {"a", "b"}),
        ((), set()),
        (None, set()),
    ],
)
def test_hosts_are_names(given: Any, names: set[str]) -> None:
    """One or several, also as a learner copies them from the browser's address line."""
    assert checked_hosts(given) == names


@pytest.mark.parametrize("given", ["", "*", "*.example", ["a b"], [7], ["a@b"], 7, ["http://"]])
def test_what_could_never_match_is_no_host(given: Any) -> None:
    """It gets a sentence instead of a refusal of every page."""
    with pytest.raises(LabError, match="host"):
        checked_hosts(given)
