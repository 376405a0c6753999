"""Three small applications behind nginx: each tells what reached it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from dure.sites.lane.asgi import Asgi, Request, Socket


def staged(name: str) -> Asgi:
    app = Asgi(name)

    @app.route("GET", "/events")
    async def events(request: Request) -> None:
        await request.begin_events()
        for count in range(3):
            await request.piece(f"data: {count}\n\n".encode())
            await asyncio.sleep(0.5)
        await request.piece(b"", more=False)

    @app.route("POST", "/{where:path}")
    async def take(request: Request) -> None:
        arrived = 0
        async for chunk in request.chunks():
            arrived += len(chunk)
        await request.answer(200, {"process": name, "arrived": arrived})

    @app.websocket("/echo")
    async def echo(socket: Socket) -> None:
        await socket.accept()
        with suppress(Exception):
            async for message in socket.messages():
                await socket.say(message)

    @app.route("GET", "/{where:path}")
    async def show(request: Request) -> None:
        await request.answer(200, {"process": name, "path": request.path, "headers": request.headers})

    return app


web, lane, media = staged("web"), staged("lane"), staged("media")
