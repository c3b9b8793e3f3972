"""A connection of the server as the system sees it."""

from __future__ import annotations

import asyncio
import socket

import pytest

uvicorn = pytest.importorskip("uvicorn", reason="needs the extra explore")

from tests.serve.asking import made as made_model  # noqa: E402
from uvicorn.server import ServerState  # noqa: E402

from rowspace import serve  # noqa: E402
from rowspace.serve.connection import Connection  # noqa: E402
from rowspace.serve.limits import Limits  # noqa: E402


def test_an_answer_does_not_wait_for_its_head_to_be_acknowledged():
    config = uvicorn.Config(serve.app({"words": made_model()}), log_level="error")
    config.load()
    made = []

    def connection():
        state = ServerState()
        made.append(Connection(config=config, server_state=state, app_state={}, limits=Limits()))
        return made[-1]

    async def connected():
        listening = socket.create_server(("127.0.0.1", 0))
        server = await asyncio.get_running_loop().create_server(connection, sock=listening)
        async with server:
            _, writer = await asyncio.open_connection(*listening.getsockname())
            while not made or made[0].transport is None:
                await asyncio.sleep(0.001)
            own = made[0].transport.get_extra_info("socket")
            assert own.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            writer.close()

    asyncio.run(connected())
