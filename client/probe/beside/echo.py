"""aiortc sends back what it hears, decoded and encoded anew.

    python3 echo.py URL
"""

import asyncio
import itertools
import sys

from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription

from door import serve

calls = {}
numbers = itertools.count(1)


async def answer(offer):
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    call = str(next(numbers))
    calls[call] = connection

    @connection.on("track")
    def on_track(track):
        connection.addTrack(track)

    await connection.setRemoteDescription(RTCSessionDescription(sdp=offer, type="offer"))
    await connection.setLocalDescription(await connection.createAnswer())
    return call, connection.localDescription.sdp


async def hang_up(call):
    await calls.pop(call).close()


asyncio.run(serve(sys.argv[1], answer, hang_up))
