from __future__ import annotations

import asyncio
import base64
from typing import TYPE_CHECKING

from rt_widget.chunks import make_chunk
from rt_widget.live_settings import MODEL_LATER, VOICE_LATER
from tests.conftest import silence, speech, until

if TYPE_CHECKING:
    from tests.conftest import StartTalk


async def test_speed_holds_from_the_next_answer(talk: StartTalk) -> None:
    widget, wire = talk("slow_text,words=4,interval=0.05")
    question = asyncio.create_task(widget.ask("One"))
    await until(widget, "status", "speaking")
    widget.speed = 1.5
    widget.system = "Be brief."
    await question
    await widget.ask("Two")

    updates = [e["session"] for e in wire.received("session.update")][1:]
    assert updates == [
        {"type": "realtime", "instructions": "Be brief."},
        {"type": "realtime", "audio": {"output": {"speed": 1.5}}},
    ]
    speed_at = wire.types().index("session.update", 4)
    assert wire.types()[speed_at + 1 :] == [
        "conversation.item.create",
        "response.create",
    ]
    assert wire.sent("error") == []


async def test_settings_made_while_connecting_hold(talk: StartTalk) -> None:
    widget, wire = talk()
    connecting = asyncio.create_task(widget.connect())
    await until(widget, "status", "connecting")
    widget.speed = 1.25
    await connecting
    await widget.ask("Hello")

    effective = wire.sent("session.updated")[-1]["session"]
    assert effective["audio"]["output"]["speed"] == 1.25


async def test_a_voice_after_the_first_sound_is_a_notice_and_no_refusal(
    talk: StartTalk,
) -> None:
    widget, wire = talk()
    await widget.connect()
    widget.voice = "cedar"
    await wire.soon(lambda w: len(w.received("session.update")) == 2)
    await widget.ask("Hello")
    widget.voice = "sage"
    await until(widget, "notice", VOICE_LATER)
    widget.speed = 1.25
    await widget.ask("Again")

    assert wire.sent("error") == []
    effective = wire.sent("session.updated")[-1]["session"]["audio"]["output"]
    assert (effective["voice"], effective["speed"]) == ("cedar", 1.25)
    assert widget.voice == "sage"


async def test_another_model_waits_for_the_next_session(talk: StartTalk) -> None:
    widget, wire = talk()
    await widget.connect()
    widget.model = f"{wire.model},next=1"
    await until(widget, "notice", MODEL_LATER)
    await widget.disconnect()
    await widget.ask("Hello")

    opened = [line["model"] for line in wire.server.log("opened")]
    assert opened[-2:] == [wire.model, f"{wire.model},next=1"]


async def test_retired_names_are_mapped_with_a_notice(talk: StartTalk) -> None:
    widget, wire = talk(model="gpt-4o-mini-realtime-preview", voice="nova")
    assert widget.model == wire.model == "gpt-realtime-2.1-mini"
    assert "gpt-4o-mini-realtime-preview was switched off" in widget.notice
    assert "nova is not offered" in widget.notice
    reply = await widget.ask("Hello")
    widget.speed = 1.25
    await widget.ask("Hello again")

    assert reply.text == "You said: Hello"
    effective = wire.sent("session.updated")[-1]["session"]
    assert effective["model"] == "gpt-realtime-2.1-mini"
    assert effective["audio"]["output"]["voice"] == "marin"
    assert effective["audio"]["output"]["speed"] == 1.25
    assert wire.sent("error") == []


async def test_temperature_is_never_said_to_a_ga_server(talk: StartTalk) -> None:
    widget, wire = talk(temperature=1.2)
    assert widget.capabilities["temperature"] is None
    assert (
        "GA protocol takes no temperature" in widget.capabilities["temperature_reason"]
    )
    await widget.connect()
    widget.temperature = 0.7
    await widget.ask("Hello")

    assert "temperature" not in repr(wire.received())


async def test_turn_detection_can_be_changed_while_live(talk: StartTalk) -> None:
    widget, wire = talk("echo,heard=hello")
    await widget.connect()
    widget.turn_detection = "push_to_talk"
    await wire.soon(lambda w: len(w.sent("session.updated")) == 2)
    turn = base64.b64encode(speech(0.6) + silence(0.8)).decode()
    widget.send(make_chunk("audio", turn, done=True))
    await wire.soon(lambda w: bool(w.sent("response.done")))

    assert "input_audio_buffer.speech_started" not in [e["type"] for e in wire.sent()]


async def test_turn_detection_and_noise_reduction_go_out_at_once(
    talk: StartTalk,
) -> None:
    widget, wire = talk("slow_text,words=4,interval=0.05")
    question = asyncio.create_task(widget.ask("One"))
    await until(widget, "status", "speaking")
    widget.set_state({"turn_detection": {"type": "semantic_vad", "eagerness": "low"}})
    await wire.soon(lambda w: len(w.received("session.update")) == 2)
    widget.noise_reduction = "far_field"
    await wire.soon(lambda w: len(w.received("session.update")) == 3)
    widget.noise_reduction = "none"
    await wire.soon(lambda w: len(w.sent("session.updated")) == 4)
    await question

    detection, noise, quiet = (
        event["session"]["audio"]["input"]
        for event in wire.received("session.update")[1:]
    )
    assert detection["turn_detection"]["eagerness"] == "low"
    assert noise == {"noise_reduction": {"type": "far_field"}}
    assert quiet == {"noise_reduction": None}
    assert wire.sent("error") == []
