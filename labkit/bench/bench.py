"""The bench owns everything that runs: servers, clients, crowds, links, and the panels of them.

There is one bench for each event loop: one for a notebook, and one for each thread that runs a loop
of its own. A server or client replaces the one of the same name and says so, so that every cell may
be run again. A link looks its server up by name each time it dials, so it finds the new one.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable
from contextvars import ContextVar

from labkit.bench.at_exit import run_at_exit
from labkit.bench.link_opener import LinkOpener
from labkit.bench.names import client_names, numbered_names
from labkit.bench.observer import Observer
from labkit.bench.owned import Announce, AnyCrowd, Crowd, Target
from labkit.bench.panels import Panels
from labkit.bench.turns import Turns
from labkit.exceptions import PortTaken, Unfinished
from labkit.links import Link
from labkit.loop.background_errors import BackgroundError
from labkit.loop.monitor import LoopMonitor, counted
from labkit.loop.per_loop import PerLoop
from labkit.loop.scope import current_scope
from labkit.transports.contract import Client, Server
from labkit.untrusted import plain_text

UNFINISHED = "Something went wrong or is still running in the background:"
REPLACED = "its clients are disconnected and may reconnect"


class Bench:
    """Everything that runs on one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.servers: dict[str, Server] = {}
        self.clients: dict[str, Client] = {}
        self.links: dict[str, Link] = {}
        self.crowds: dict[str, Crowd] = {}
        self.panels = Panels()
        self.monitor = LoopMonitor(loop)
        self.observer = Observer(self.clients, self.all_links, self.monitor.background_errors)
        self._opener = LinkOpener(self.servers, self.clients)
        self._turns = Turns()
        self._closing: set[asyncio.Future[None]] = set()
        self._children: list[Bench] = []
        self.monitor.changes.subscribe(self._notify_servers)

    def start(self) -> Bench:
        """Start watching the loop, and return the bench."""
        _benches.put(self.loop, self)
        self.monitor.start(self.sweep)
        atexit.register(self._at_exit)
        return self

    def stop(self) -> None:
        """Stop watching the loop, which gets a new bench at the next use."""
        _benches.drop(self.loop)
        atexit.unregister(self._at_exit)
        self.monitor.stop()

    @contextlib.asynccontextmanager
    async def child(self, what: str = "a run") -> AsyncIterator[Bench]:
        """Make a bench with servers, clients, links and background errors of its own, for a time.

        It is the current one of all that is made in the block, for which this bench watches the
        loop. At the end it closes whole in any case, and its tasks are cancelled; `finish` names
        `what` if one does not end.
        """
        child = Bench(self.loop)
        self._children.append(child)
        self.monitor.watchdog.scopes += 1
        tokens = current_scope.set(child.monitor), _child.set(child)
        try:
            yield child
        finally:
            current_scope.reset(tokens[0])
            _child.reset(tokens[1])
            await asyncio.shield(asyncio.ensure_future(self._end_child(child, what)))

    async def _end_child(self, child: Bench, what: str) -> None:
        await child.close()
        self.monitor.abandon(what, await child.monitor.end_tasks())
        self.monitor.watchdog.scopes -= 1
        self._children.remove(child)

    def _notify_servers(self) -> None:
        for server in self.servers.values():
            server.changes.notify()

    def sweep(self) -> None:
        """Let servers and links look for what no event tells of."""
        own: list[Server | Link | Bench] = [*self.servers.values(), *self._children]
        for each in [*own, *self.all_links()]:
            each.sweep()

    def all_links(self) -> list[Link]:
        """Return every link: those of clients and crowds, and those opened by `link`."""
        own = [client.link for client in self.clients.values()]
        dialled = [crowd.link for crowd in self.crowds.values()]
        return list(dict.fromkeys([*own, *dialled, *self.links.values()]))

    async def serve(
        self, name: str, make: Callable[[int], Server], port: int, announce: Announce
    ) -> Server:
        """Start a server, which `make` makes for a port, in place of the one of that name."""
        async with self._turns.take(("server", name)):
            old = self.servers.get(name)
            server = make(port)
            if old is not None:
                if old.running:
                    announce(f"Replacing server {name!r}: {REPLACED}.")
                await self._end([old.stop()])
                server = make(port or old.port)
            try:
                await server.start()
            except PortTaken:
                if old is None or port:
                    raise
                await (server := make(0)).start()
            server.faults = old.faults if old else server.faults  # their links find it by name
            self.servers[name] = server
            if server.exposure:
                announce(server.exposure)
            return server

    async def link(self, to: Server | str, name: str | None, announce: Announce) -> Link:
        """Open a link to a server or a URL, in place of the one of that name."""
        name = name or self._free(numbered_names("link"), "link", self.links)
        async with self._turns.take(("link", name)):
            old = self.links.pop(name, None)
            if old is not None:
                await self._end([old.close()])
                announce(f"Replacing link {name!r}.")
            self.links[name] = link = await self._opener.open_link(to, name)
            return link

    async def connect(
        self, to: Target, name: str | None, make: Callable[[str, Link], Client], announce: Announce
    ) -> Client:
        """Connect a client, which `make` makes, in place of the one of that name."""
        name = name or self._free(client_names(), "client", self.clients)
        async with self._turns.take(("client", name)):
            link = to if isinstance(to, Link) else await self._opener.open_link(to, name)
            try:
                client = make(name, link)  # raises for a wrong option, and then nothing has changed
                await self._let_go(name, announce)
                await self._open(client)
            except BaseException:
                if link is not to:
                    await link.close()
                raise
            return client

    async def _let_go(self, name: str, announce: Announce) -> None:
        """Close the client of a name, if there is one, and its link unless that is shared."""
        old = self.clients.pop(name, None)
        if old is None:
            return
        if old.state != "closed":
            announce(f"{plain_text(name)} was already connected; replacing that connection.")
        await self._end([old.close()])
        old._on_replaced()
        if old.link not in self.links.values():
            await self._end([old.link.close()])

    async def _open(self, client: Client) -> None:
        self.clients[client.name] = client
        try:
            await client.open()
        except BaseException:
            self.clients.pop(client.name, None)
            raise

    async def crowd(
        self, to: Target, name: str, make: Callable[[Link], AnyCrowd], announce: Announce
    ) -> AnyCrowd:
        """Start a crowd, which `make` makes for a link, in place of the one of that name."""
        async with self._turns.take(("crowd", name)):
            old = self.crowds.pop(name, None)
            if old is not None:
                if old.running:
                    announce(f"Replacing crowd {name!r}.")
                await self._end([old.stop()])
            link = to if isinstance(to, Link) else await self._opener.open_link(to, name)
            self.crowds[name] = crowd = make(link)
            try:
                await crowd.start()
            except BaseException:
                self.crowds.pop(name, None)
                await crowd.stop()
                raise
            return crowd

    def _free(self, names: Iterable[str], kind: str, taken: Collection[str]) -> str:
        """Return the first name that is not taken or about to be taken."""
        return next(
            name for name in names if name not in taken and not self._turns.is_taken((kind, name))
        )

    async def close(self) -> None:
        """Close everything, after the calls under way; goes on if the caller is cancelled."""
        closing = asyncio.ensure_future(self._close())
        self._closing.add(closing)  # the loop itself holds tasks weakly
        closing.add_done_callback(self._closing.discard)
        await asyncio.shield(closing)  # closing cancels a handler that called this

    async def _close(self) -> None:
        # closing a client ends its attempt to connect; otherwise `alone` would wait for it
        closing = {each: asyncio.ensure_future(each.close()) for each in self.clients.values()}
        stopping = [asyncio.ensure_future(each.stop()) for each in self.crowds.values()]
        async with self._turns.alone():
            await self._end(child.close() for child in tuple(self._children))
            links = self.all_links()
            late = [each for each in self.clients.values() if each not in closing]
            await self._end([*closing.values(), *stopping, *(each.close() for each in late)])
            await self._end(crowd.stop() for crowd in tuple(self.crowds.values()))
            await self._end(server.stop() for server in tuple(self.servers.values()))
            await self._end(link.close() for link in links)
            for server in self.servers.values():
                server.faults.heal()
            self.panels.close()
            for owned in (self.clients, self.servers, self.links, self.crowds):
                owned.clear()

    async def _end(self, closing: Iterable[Awaitable[None]]) -> None:
        """Wait until all have ended; one that fails does not keep the others from ending."""
        for outcome in await asyncio.gather(*closing, return_exceptions=True):
            if isinstance(outcome, Exception):
                self.monitor.background_errors.add(outcome, "closing")

    async def fresh(self) -> None:
        """Close everything, cancel the learner's tasks, and start with an empty record."""
        await self.close()
        await self.monitor.reset()

    async def finish(self) -> None:
        """Raise Unfinished for background errors and leftovers; what the bench owns stays alive."""
        problems = await self.monitor.find_problems()
        problems += [
            f"a server that the bench does not own is still listening (port {port}); "
            "use `async with`, or close it"
            for port in self.foreign_ports()
        ]
        if problems:
            raise Unfinished("\n- ".join([UNFINISHED, *counted(problems)]))

    def foreign_ports(self) -> list[int]:
        """Return the ports of servers started since `fresh` that no bench owns."""
        owned = {port for bench in (self, *_benches) for port in bench._ports()}
        return sorted(self.monitor.new_ports() - owned)

    def _ports(self) -> set[int]:
        links = {link.port for link in self.all_links()}
        servers = {server.port for server in self.servers.values()}
        return links.union(servers, *(child._ports() for child in self._children))

    def take_errors(self) -> list[BackgroundError]:
        """Return the background errors and forget them."""
        return self.monitor.background_errors.take_errors()

    def blocks_since(self, server: Server) -> list[float]:
        """Return for how many seconds the loop was blocked, each time since a server was made."""
        return [block.seconds for block in self.monitor.blocked if block.at >= server.made_at]

    def _at_exit(self) -> None:
        """Close everything with 1001 before the kernel ends, if the loop can still run."""
        run_at_exit(self.loop, self._close)
        gc.collect()  # a failed task that nobody holds reports itself now
        self.stop()
        self.monitor.background_errors.hand_over(None)


_benches = PerLoop[Bench]()
_child: ContextVar[Bench | None] = ContextVar("labkit_bench", default=None)


def current() -> Bench:
    """Return the bench of this run or of the running loop; make and start it at the first use."""
    child = _child.get()
    if child is not None and child.loop is asyncio.get_running_loop():
        return child
    bench = _benches.here()
    for ended in _benches.take_ended():  # a new bench's `fresh` would forget their errors
        ended.stop()
        ended.monitor.background_errors.hand_over(
            bench.monitor.background_errors if bench else None
        )
    return bench or Bench(asyncio.get_running_loop()).start()
