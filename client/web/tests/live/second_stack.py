"""A call from aiortc, a WebRTC stack that shares nothing with ours: typed, spoken, muted.

    second_stack.py URL WAV        says WAV, types a question, prints what came back as JSON
"""

import asyncio
import fractions
import json
import sys
import urllib.request
import wave

import av
import numpy
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription

RATE = 48_000
FRAME = RATE // 50
PATIENCE_S = 60


class Voice(MediaStreamTrack):
    """Silence, and between it whatever it is given to say."""

    kind = "audio"

    def __init__(self):
        super().__init__()
        self.waiting = numpy.zeros(0, dtype=numpy.int16)
        self.position = 0
        self.began = None

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.began = self.began or loop.time()
        await asyncio.sleep(max(0.0, self.began + self.position / RATE - loop.time()))
        said, self.waiting = self.waiting[:FRAME], self.waiting[FRAME:]
        sound = numpy.zeros((1, FRAME), dtype=numpy.int16)
        sound[0, : len(said)] = said
        frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self.position, fractions.Fraction(1, RATE)
        self.position += FRAME
        return frame


def read(path):
    with wave.open(path) as file:
        samples = numpy.frombuffer(file.readframes(file.getnframes()), dtype=numpy.int16)
        return numpy.repeat(samples, RATE // file.getframerate())


def post(url, offer):
    request = urllib.request.Request(
        url + "/v1/realtime/calls", offer.encode(), {"Content-Type": "application/sdp"}
    )
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


async def main(url, path):
    events, news = [], asyncio.Condition()
    peer, voice, loudest = RTCPeerConnection(), Voice(), 0
    peer.addTrack(voice)
    channel = peer.createDataChannel("oai-events")

    @channel.on("message")
    async def message(text):
        async with news:
            events.append(json.loads(text))
            news.notify_all()

    async def listen(track):
        nonlocal loudest
        while True:
            loudest = max(loudest, int(abs((await track.recv()).to_ndarray()).max()))

    peer.on("track", lambda track: asyncio.ensure_future(listen(track)))

    async def event(kind, after=0):
        def found():
            return next((index for index, one in enumerate(events) if index >= after and one["type"] == kind), None)

        async with news:
            await asyncio.wait_for(news.wait_for(lambda: found() is not None), PATIENCE_S)
            return found()

    await peer.setLocalDescription(await peer.createOffer())
    answer = await asyncio.to_thread(post, url, peer.localDescription.sdp)
    await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
    await event("session.created")

    voice.waiting = read(path)
    heard = await event("conversation.item.input_audio_transcription.completed")
    spoken = await event("response.done")
    stopped = await event("output_audio_buffer.stopped")
    text = "What is Repartee?"
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    channel.send(json.dumps({"type": "conversation.item.create", "item": item}))
    channel.send(json.dumps({"type": "response.create"}))
    typed = await event("response.done", stopped)
    await event("output_audio_buffer.stopped", typed)
    await peer.close()

    def words(index):
        return events[index]["response"]["output"][0]["content"][0]["transcript"]

    errors = [one for one in events if one["type"] == "error"]
    print(json.dumps({
        "heard": events[heard]["transcript"],
        "spoken": words(spoken),
        "typed": words(typed),
        "loudest": loudest,
        "errors": errors,
    }))


asyncio.run(main(sys.argv[1], sys.argv[2]))
