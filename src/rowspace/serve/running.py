"""The server: a socket, the application, and signals. Answers until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, TypeAlias, final

import uvicorn

from rowspace.errors import ResourceError, RowspaceError
from rowspace.serve.application import Service
from rowspace.serve.connection import Connection
from rowspace.serve.guard import Access

ExcInfo: TypeAlias = tuple[type[BaseException], BaseException, TracebackType | None]


@final
class Server(uvicorn.Server):
    """uvicorn's server, which says when it listens."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[], None]) -> None:
        super().__init__(config)
        self._listening = listening

    async def startup(self, sockets: Any = None) -> None:
        """Listens, then says so."""
        await super().startup(sockets)
        if self.started:
            self._listening()


@final
class Places(logging.Formatter):
    """Where in the code an error arose, without its message: that may hold what a user wrote."""

    def formatException(self, ei: Any) -> str:
        """`ValueError at …/answers.py:12 in nearest, …/index.py:40 in search`."""
        frames = traceback.extract_tb(ei[2])[-4:]
        places = ", ".join(f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
        return f"{ei[0].__name__} at {places}"

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        record.exc_text = None
        return super().format(record)


def run(
    service: Service,
    port: int,
    told: Callable[[str], None],
    *,
    access: Callable[[], Access] | None = None,
    quiet: bool = False,
) -> None:
    """Serves until SIGTERM or SIGINT, then answers what was asked, for so long as the limits say.

    `told` is called with the address once it listens. SIGHUP opens the models anew, and asks
    `access` anew who may ask. Raises ResourceError where the port is taken, and KeyboardInterrupt
    after SIGINT.
    """
    _log(logging.WARNING if quiet else logging.INFO)
    host = service.guard.access.host.strip("[]")
    config = configured(service, host, port)
    try:
        socket = config.bind_socket()
    except SystemExit:  # uvicorn's way to say it
        raise ResourceError(
            f"port {port} of {host} cannot be listened on",
            hint="choose another with --port; --port 0 takes any that is free",
        ) from None
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{socket.getsockname()[1]}/"
    server = Server(config, lambda: told(url))
    # uvicorn raises the signal that stopped it once more when it is done: that was no failure.
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        asyncio.run(_serve(server, socket, partial(_reload, service, access)))
    finally:
        signal.signal(signal.SIGTERM, before)


def configured(service: Service, host: str, port: int) -> uvicorn.Config:
    """uvicorn's settings: HTTP/1.1 in plain Python, no more of it than is needed."""
    limits = service.limits
    return uvicorn.Config(
        service.guard,
        host=host,
        port=port,
        http=partial(Connection, limits=limits),  # type: ignore[arg-type]  # called as a class is
        loop="asyncio",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=limits.idle_seconds,  # type: ignore[arg-type]  # seconds, whole or not
        timeout_graceful_shutdown=limits.drain_seconds,  # type: ignore[arg-type]
        h11_max_incomplete_event_size=16384,
        backlog=1024,
    )


async def _serve(server: Server, socket: Any, reload: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, reload))
    try:
        await server.serve([socket])
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def _reload(service: Service, access: Callable[[], Access] | None) -> None:
    log = logging.getLogger("rowspace.serve")
    try:
        if access is not None:
            service.guard.access = access()
    except (RowspaceError, OSError) as error:
        log.warning("who may ask stays as it was: %s", error)
    if service.shelf.reload():
        log.info("models opened anew")
    for name, why in service.shelf.stale.items():
        log.warning("the model %s stays as it was: %s", name, why)


def _log(level: int) -> None:
    """Lines on stderr, ours and uvicorn's."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Places("%(asctime)s %(levelname)s %(message)s"))
    for name, least in (("rowspace.serve", level), ("uvicorn", logging.WARNING)):
        log = logging.getLogger(name)
        log.handlers, log.propagate = [handler], False
        log.setLevel(least)
