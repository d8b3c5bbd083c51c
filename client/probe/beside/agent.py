"""Pipecat's agent behind its own SmallWebRTC transport and Silero, with services that follow a script.

    REPARTEE_SCRIPT=JSON python3 agent.py URL --window MS [--detector energy]

Its services are what our server's scripted engines are, by the same script: whatever was said is the script's text, so is
the answer, the voice is a tone of 440 Hz, 60 ms for each letter, and each takes a fixed time.
"""

import argparse
import asyncio
import dataclasses
import itertools
import json
import math
import os
import struct
import sys

import numpy as np
from loguru import logger

from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.audio.vad.vad_analyzer import VADAnalyzer, VADParams
from pipecat.frames.frames import (
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    TranscriptionFrame,
    TTSAudioRawFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.services.llm_service import LLMService
from pipecat.services.settings import LLMSettings, STTSettings, TTSSettings
from pipecat.services.stt_service import SegmentedSTTService
from pipecat.services.tts_service import TTSService
from pipecat.transports.base_transport import TransportParams
from pipecat.transports.smallwebrtc.connection import SmallWebRTCConnection
from pipecat.transports.smallwebrtc.transport import SmallWebRTCTransport
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.utils.time import time_now_iso8601
from pipecat.workers.runner import WorkerRunner

from door import serve

LETTER_MS = 60
RATE = 24_000
PIECE = RATE // 50


async def take(milliseconds):
    if milliseconds:
        await asyncio.sleep(milliseconds / 1000)


class Energy(VADAnalyzer):
    """A voice detector that costs nothing: 32 ms louder than -45 dBFS are voice. Our server's scripted one is the same."""

    def num_frames_required(self):
        return 512

    def voice_confidence(self, buffer):
        samples = np.frombuffer(buffer, np.int16).astype(np.float32) / 32_768
        return float(np.sqrt(np.mean(samples * samples)) > 0.0056)


class Recognizer(SegmentedSTTService):
    """Hears its text in whatever was said, as soon as the voice detector says that it is over."""

    def __init__(self, script):
        settings = STTSettings(model=None, language=None)
        super().__init__(settings=settings, trailing_silence_secs=0, ttfs_p99_latency=0.0)
        self.script = script

    @property
    def wants_wav_segments(self):
        return False

    async def run_stt(self, audio):
        await take(self.script["recognition_ms"])
        yield TranscriptionFrame(self.script["says"], "caller", time_now_iso8601())


class Words(LLMService):
    def __init__(self, script):
        names = [field.name for field in dataclasses.fields(LLMSettings) if field.name != "extra"]
        super().__init__(settings=LLMSettings(**dict.fromkeys(names)))
        self.script = script

    async def process_frame(self, frame, direction):
        await super().process_frame(frame, direction)
        if not isinstance(frame, LLMContextFrame):
            await self.push_frame(frame, direction)
            return
        await self.push_frame(LLMFullResponseStartFrame())
        await take(self.script["words_ms"])
        for word in self.script["says"].split(" "):
            await self.push_frame(LLMTextFrame(word + " "))
        await self.push_frame(LLMFullResponseEndFrame())


class Voice(TTSService):
    def __init__(self, script):
        super().__init__(
            push_start_frame=True,
            push_stop_frames=True,
            settings=TTSSettings(model=None, voice=None, language=None),
            sample_rate=RATE,
        )
        self.script = script
        step = 2 * math.pi * 440 / RATE
        # 440 Hz and 50 pieces a second do not meet in whole waves: one second does.
        second = [int(0.3 * 32_767 * math.sin(step * n)) for n in range(RATE)]
        self.pieces = [
            struct.pack(f"<{PIECE}h", *second[n : n + PIECE]) for n in range(0, RATE, PIECE)
        ]

    async def run_tts(self, text, context_id):
        await take(self.script["sound_ms"])
        letters = sum(letter.isalnum() for letter in text)
        for n in range(letters * LETTER_MS // 20):
            piece = self.pieces[n % len(self.pieces)]
            yield TTSAudioRawFrame(piece, RATE, 1, context_id=context_id)


def detector(asked):
    seconds = asked.window / 1000
    if asked.detector == "energy":
        return Energy(params=VADParams(stop_secs=seconds, min_volume=0.0))
    return SileroVADAnalyzer(params=VADParams(stop_secs=seconds))


def worker(connection, script, asked):
    transport = SmallWebRTCTransport(
        webrtc_connection=connection,
        params=TransportParams(audio_in_enabled=True, audio_out_enabled=True),
    )
    # The silence is over when the voice detector says so, and nothing is waited for behind it.
    stop = SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=0.0)
    caller = LLMUserAggregatorParams(
        user_turn_strategies=UserTurnStrategies(stop=[stop]),
        vad_analyzer=detector(asked),
    )
    context = LLMContextAggregatorPair(LLMContext(), user_params=caller)
    stages = [
        transport.input(),
        Recognizer(script),
        context.user(),
        Words(script),
        Voice(script),
        transport.output(),
        context.assistant(),
    ]
    rates = PipelineParams(audio_in_sample_rate=16_000, audio_out_sample_rate=RATE)
    return PipelineWorker(Pipeline(stages), params=rates, cancel_runner_on_idle_timeout=False)


class House:
    """All calls of this process."""

    def __init__(self, script, asked):
        self.script = script
        self.asked = asked
        self.calls = {}
        self.numbers = itertools.count(1)

    async def answer(self, offer):
        connection = SmallWebRTCConnection(ice_servers=[])
        await connection.initialize(sdp=offer, type="offer")
        runner = WorkerRunner(handle_sigint=False)
        await runner.add_workers(worker(connection, self.script, self.asked))
        call = str(next(self.numbers))
        self.calls[call] = connection, runner, asyncio.create_task(runner.run())
        return call, connection.get_answer()["sdp"]

    async def hang_up(self, call):
        connection, runner, running = self.calls.pop(call)
        await runner.cancel()
        await connection.disconnect()
        await running


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--window", type=int, required=True)
    parser.add_argument("--detector", choices=("silero", "energy"), default="silero")
    asked = parser.parse_args()
    # What is written to a log costs time, and nobody reads it.
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    house = House(json.loads(os.environ["REPARTEE_SCRIPT"]), asked)
    asyncio.run(serve(asked.url, house.answer, house.hang_up))


main()
