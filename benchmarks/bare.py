"""The server to compare with, a program of its own: aiohttp with one static route that answers fixed bytes.

Usage: python -m benchmarks.bare METHOD PATH CONTENT_TYPE BODY
"""

import asyncio
import sys

from aiohttp import web


async def serve(method: str, path: str, content_type: str, body: bytes) -> None:
    """Serve one route on a free port for ever; print `ready URL` first."""

    async def handle(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Type": content_type})

    app = web.Application()
    app.router.add_route(method, path, handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(f"ready http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4].encode()))
