"""A notebook's cells, as a type checker sees them: nothing here is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, assert_type

import numpy as np
from numpy.typing import NDArray

from rt_widget import (
    Audio,
    Backend,
    Call,
    Capabilities,
    Chunk,
    ImageShown,
    Item,
    LocalBackend,
    OpenAIBackend,
    PushToTalk,
    RealtimeWidget,
    RealtimeWidgetError,
    Reply,
    SemanticVad,
    ServerVad,
    Tool,
)


def widgets_are_made() -> None:
    RealtimeWidget()
    RealtimeWidget(
        model="gpt-realtime-2.1",
        system="Answer in one sentence.",
        voice="marin",
        speed=1.2,
        temperature=0.9,
        turn_detection="semantic_vad",
        noise_reduction="near_field",
        backend="openai",
        base_url="wss://example.com/v1",
        api_key=lambda: "a key",
    )
    RealtimeWidget(turn_detection={"type": "server_vad", "silence_duration_ms": 600})
    backend: Backend = OpenAIBackend("wss://example.com/v1", dialect="beta")
    assert_type(backend.capabilities, Capabilities)
    RealtimeWidget(backend=backend, turn_detection=ServerVad(threshold=0.4))
    RealtimeWidget(backend=LocalBackend(threads=2), turn_detection=PushToTalk())


def traits_are_typed(w: RealtimeWidget) -> None:
    assert_type(w.model, str)
    assert_type(w.voice, str)
    assert_type(w.system, str)
    assert_type(w.speed, float)
    assert_type(w.temperature, float)
    assert_type(w.noise_reduction, Literal["none", "near_field", "far_field"])
    assert_type(w.turn_detection, ServerVad | SemanticVad | PushToTalk)
    assert_type(w.status, str)
    assert_type(w.notice, str)
    assert_type(w.text, str)
    assert_type(w.audio, Audio | None)
    assert_type(w.error, dict[str, Any])
    assert_type(w.usage, dict[str, Any])
    assert_type(w.latency, dict[str, Any])
    assert_type(w.conversation, tuple[Item, ...])
    assert_type(w.transcript, str)


def settings_are_set(w: RealtimeWidget) -> None:
    w.speed = 1
    w.temperature = 0.6
    w.voice = "cedar"
    w.noise_reduction = "far_field"
    w.turn_detection = SemanticVad(eagerness="low")
    w.turn_detection = "push_to_talk"
    w.turn_detection = {"type": "semantic_vad", "eagerness": "high"}
    w.observe(print, names="text")


async def turns_are_values(w: RealtimeWidget) -> None:
    await w.connect()
    reply = await w.ask("What is the capital of France?")
    assert_type(reply, Reply)
    assert_type(reply.text, str)
    assert_type(reply.audio, Audio)
    assert_type(reply.audio.samples, NDArray[np.float32])
    assert_type(
        reply.status, Literal["completed", "interrupted", "incomplete", "failed"]
    )
    assert_type(reply.latency.first_audio, float | None)
    assert_type(reply.item_ids, tuple[str, ...])
    assert_type(w.ask_sync(reply.audio), Reply)
    for item in w.conversation:
        assert_type(item.heard_text, str)
    w.interrupt()
    await w.disconnect()


async def the_voice_says_and_hears(w: RealtimeWidget) -> str:
    w.say("Welcome to the lecture.")
    assert_type(await w.say("Goodbye."), Reply)
    assert_type(w.replies, tuple[Reply, ...])
    async for said in w.listen():
        assert_type(said.is_final, bool)
    for said in w.listen():
        assert_type(said.text, str)
        return said.text
    return ""


async def answers_are_streamed(w: RealtimeWidget) -> list[str]:
    words: list[str] = []
    async for chunk in w.stream("Tell me about cats."):
        assert_type(chunk, Chunk)
        if chunk["content_type"] == "text":
            words.append(chunk["content"])
        assert_type(chunk["content_metadata"].get("response_id"), str | None)
    stream = w.stream("And of dogs.")
    for chunk in stream:
        assert_type(chunk, Chunk)
    assert_type(stream.reply, Reply)
    return words


async def functions_become_tools() -> None:
    def add(a: int, b: int = 0) -> int:
        return a + b

    w = RealtimeWidget(tools=[add, Tool.of(add, name="plus", confirm=True)])

    @w.tool
    def double(number: float) -> float:
        """Twice the number."""
        return 2 * number

    @w.tool(confirm=True, timeout_s=5)
    async def look_up(word: str) -> list[str]:
        """Look a word up."""
        return [word]

    assert_type(double(2), float)
    assert_type(w.tool(double)(number=2), float)
    assert_type(await look_up("cat"), list[str])
    assert_type(w.tools, tuple[Tool, ...])


def calls_are_values(reply: Reply) -> list[bytes]:
    pictures: list[bytes] = []
    for call in reply.tool_calls:
        assert_type(call, Call)
        assert_type(call.arguments, str)
        assert_type(call.seconds, float | None)
        pictures += [shown.png for shown in call.shown if isinstance(shown, ImageShown)]
    return pictures


def functions_are_called_back(w: RealtimeWidget) -> None:
    @w.on("turn")
    def note(reply: Reply) -> str:
        return reply.text

    @w.on("text")
    def count(piece: str) -> int:
        return len(piece)

    w.on("user_text", count)
    w.on("status", lambda status: status.upper())
    w.on("tool", lambda call: call.shown)
    w.on("error", lambda error: error.hint)
    assert_type(count("piece"), int)
    w.off("text", count)
    w.off("turn")


def input_is_sent_by_the_piece(w: RealtimeWidget) -> None:
    w.send({"content_type": "text", "content": "Hello", "done": True})
    w.chunk = {
        "type": "chunk",
        "node_id": None,
        "content_type": "audio",
        "content": "AAAA",
        "content_metadata": {},
        "done": False,
    }


def sound_comes_from_anywhere() -> bytes:
    tone = Audio(np.sin(np.arange(2400) * 0.1))
    stereo = Audio(np.zeros((480, 2), np.int16), sample_rate=48_000)
    assert_type(stereo.resample(16_000), Audio)
    assert_type(tone.duration, float)
    assert_type(Audio.from_pcm16(tone.to_pcm16()).sample_rate, int)
    Path("tone.wav").write_bytes(tone.to_wav())
    return Audio.from_wav(Path("tone.wav")).to_wav()


async def a_widget_is_closed_in_the_end() -> None:
    with RealtimeWidget() as w:
        assert_type(w, RealtimeWidget)
    async with RealtimeWidget() as w:
        assert_type(w, RealtimeWidget)
    w.close()


def errors_say_what_to_do(w: RealtimeWidget) -> str:
    try:
        w.ask_sync("Hello")
    except RealtimeWidgetError as error:
        assert_type(error.code, str)
        assert_type(error.retryable, bool)
        return error.hint
    return ""
