"""Offers by HTTP, as the probe makes them: /readyz, POST /v1/realtime/calls, and POST .../hangup."""

import asyncio
import sys
from urllib.parse import urlsplit

LARGEST = 64 * 1024


async def serve(url, answer, hang_up):
    """`answer(offer)` gives (id, SDP); `hang_up(id)` ends that call. Serves until it is ended."""
    place = urlsplit(url)

    async def caller(reader, writer):
        try:
            while await one(reader, writer, answer, hang_up):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(caller, place.hostname, place.port)
    async with server:
        await server.serve_forever()


async def one(reader, writer, answer, hang_up):
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *fields = head.split("\r\n")
    method, path, _ = line.split(" ", 2)
    fields = dict(field.lower().split(": ", 1) for field in fields if ": " in field)
    length = int(fields.get("content-length", "0"))
    if length > LARGEST:
        return False
    body = (await reader.readexactly(length)).decode()
    status, headers, text = "404 Not Found", "", ""
    try:
        if path == "/readyz":
            status = "200 OK"
        elif method == "POST" and path == "/v1/realtime/calls":
            call, text = await answer(body)
            status, headers = "201 Created", f"Location: {path}/{call}\r\n"
        elif method == "POST" and path.endswith("/hangup"):
            await hang_up(path.split("/")[-2])
            status = "200 OK"
    except Exception as error:  # whatever goes wrong is the caller's to know
        print(repr(error), file=sys.stderr, flush=True)
        status, text = "500 Internal Server Error", str(error)
    data = text.encode()
    writer.write(f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(data)}\r\n\r\n".encode() + data)
    await writer.drain()
    return True
