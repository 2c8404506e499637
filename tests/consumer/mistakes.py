"""What a type checker finds in a notebook: each line here is an error.

An ignore that is not needed is an error itself, so that none goes unseen.
"""

from __future__ import annotations

from rt_widget import Audio, RealtimeWidget, Reply, ServerVad


def widgets() -> None:
    RealtimeWidget(sped=1.0)  # type: ignore[arg-type]
    RealtimeWidget("marin")  # type: ignore[call-arg]
    RealtimeWidget(speed="fast")  # type: ignore[arg-type]
    RealtimeWidget(noise_reduction="some")  # type: ignore[arg-type]
    RealtimeWidget(backend=ServerVad())  # type: ignore[arg-type]
    RealtimeWidget(api_key=3)  # type: ignore[arg-type]


def settings(w: RealtimeWidget) -> None:
    w.speed = "fast"  # type: ignore[assignment]
    w.voice = 3  # type: ignore[assignment]
    w.noise_reduction = "some"  # type: ignore[assignment]
    w.turn_detection = 3  # type: ignore[assignment]
    w.transcript = "nothing"  # type: ignore[misc]


async def turns(w: RealtimeWidget) -> None:
    await w.ask(None)  # type: ignore[arg-type]
    len(w.ask("Hello").text)  # type: ignore[attr-defined]
    await w.ask_sync("Hello")  # type: ignore[misc]
    await w.stream("Hello")  # type: ignore[misc]
    w.say(Audio([0.0]))  # type: ignore[arg-type]


def tools_and_callbacks(w: RealtimeWidget) -> None:
    w.tool("a name")  # type: ignore[call-overload]
    w.tool(confirm="yes")  # type: ignore[call-overload]
    RealtimeWidget(tools=["a name"])  # type: ignore[list-item]
    w.on("answer", len)  # type: ignore[call-overload]
    w.on("turn", lambda reply: reply.txt)  # type: ignore[call-overload]

    @w.on("error")  # type: ignore[arg-type]
    def note(reply: Reply) -> None:
        """An error is no reply."""


def values(reply: Reply) -> None:
    reply.text = ""  # type: ignore[misc]
    len(reply.txt)  # type: ignore[attr-defined]
    Audio(None)  # type: ignore[arg-type]
    Audio.from_wav(3)  # type: ignore[arg-type]
