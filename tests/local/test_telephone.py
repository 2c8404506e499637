"""Whole turns in the sound of a telephone, through a session of scripted engines."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import numpy as np
import pytest

from rt_widget.backends.local.hearing.g711 import decode, pieces, recording, sound_ms
from rt_widget.backends.local.requests.values import (
    AppendAudio,
    CommitAudio,
    CreateResponse,
    RetrieveItem,
    TruncateItem,
    UpdateSession,
)
from rt_widget.config import PushToTalk, SessionConfig
from tests.local.scripted import ScriptedTalk, loud, silence, talk

if TYPE_CHECKING:
    from rt_widget.backends.local.hearing.g711 import AudioFormat
    from rt_widget.backends.local.requests.values import Wire

TONE = (8_000 * np.sin(np.arange(24_000) / 8)).astype("<i2").tobytes()
LAWS: tuple[AudioFormat, ...] = ("audio/pcmu", "audio/pcma")


def formats(spoken: AudioFormat, answered: AudioFormat) -> UpdateSession:
    audio = {
        "input": {"format": {"type": spoken}},
        "output": {"format": {"type": answered}},
    }
    return UpdateSession(patch={"type": "realtime", "audio": audio})


def coded(pcm: bytes, law: AudioFormat) -> bytes:
    return recording(decode(pcm, "audio/pcm"), 24_000, law)


def dial(talking: ScriptedTalk, sound: bytes, step: int = 160) -> None:
    """Append the sound in pieces of so many bytes, as a telephone network does."""
    for at in range(0, len(sound), step):
        talking.submit(AppendAudio(audio=sound[at : at + step]))


def deltas(talking: ScriptedTalk) -> list[bytes]:
    kind = "response.output_audio.delta"
    told = [event for event in talking.raw if event["type"] == kind]
    return [base64.b64decode(str(event["delta"])) for event in told]


def sound_in(item: Wire) -> bytes:
    content = item["content"]
    assert isinstance(content, list)
    return base64.b64decode(content[0]["audio"])


@pytest.mark.parametrize("law", LAWS)
async def test_a_turn_by_telephone_is_answered_by_telephone(law: AudioFormat) -> None:
    async with talk() as talking:
        talking.submit(formats(law, law))
        dial(talking, coded(silence(0.5) + loud(0.8) + silence(0.6), law))
        done = await talking.wire("response.done")
        started = next(e for e in talking.raw if "audio_start_ms" in e)
        stopped = next(e for e in talking.raw if "audio_end_ms" in e)
        assert started["audio_start_ms"] == pytest.approx(200, abs=32)
        assert stopped["audio_end_ms"] == pytest.approx(1_700, abs=64)
        # The words are looked for at the first pause.
        assert talking.asr.lengths[-1] == pytest.approx(0.1 + 0.8 + 0.1, abs=0.07)
        answer = b"".join(deltas(talking))
        assert all(deltas(talking))
        # Four words of a tenth of a second each, none of it lost.
        assert sound_ms(answer, law) == 400
        response = done["response"]
        assert isinstance(response, dict)
        assert response["status"] == "completed"
        assert response["audio"]["output"]["format"] == {"type": law}


async def test_who_speaks_pcm_may_be_answered_by_telephone() -> None:
    async with talk(config=SessionConfig(turn_detection=PushToTalk())) as talking:
        talking.submit(formats("audio/pcm", "audio/pcma"))
        for piece in pieces(loud(0.5), "audio/pcm"):
            talking.submit(AppendAudio(audio=piece))
        talking.submit(CommitAudio(), CreateResponse())
        await talking.wire("response.done")
        assert sound_ms(b"".join(deltas(talking)), "audio/pcma") == 400


async def test_a_format_counts_from_the_next_piece_of_sound_and_the_next_answer() -> (
    None
):
    async with talk(config=SessionConfig(turn_detection=PushToTalk())) as talking:
        talking.submit(AppendAudio(audio=loud(0.5)), formats("audio/pcmu", "audio/pcm"))
        dial(talking, coded(loud(0.5), "audio/pcmu"))
        talking.submit(CommitAudio(), CreateResponse())
        await talking.wire("response.done")
        assert talking.asr.lengths == [pytest.approx(1, abs=0.01)]
        assert sound_ms(b"".join(deltas(talking)), "audio/pcm") == 400
        told = len(deltas(talking))
        talking.submit(formats("audio/pcmu", "audio/pcmu"), CreateResponse())
        await talking.wire("response.done")
        answer = b"".join(deltas(talking)[told:])
        assert sound_ms(answer, "audio/pcmu") == 400


@pytest.mark.parametrize("law", LAWS)
async def test_what_was_said_comes_back_as_it_was_sent(law: AudioFormat) -> None:
    async with talk(config=SessionConfig(turn_detection=PushToTalk())) as talking:
        talking.submit(formats(law, law))
        sent = coded(TONE, law)
        dial(talking, sent)
        talking.submit(CommitAudio(), CreateResponse())
        done = await talking.wire("response.done")
        committed = next(e for e in talking.raw if "previous_item_id" in e)
        talking.submit(RetrieveItem(item_id=str(committed["item_id"])))
        retrieved = await talking.wire("conversation.item.retrieved")
        item = retrieved["item"]
        assert isinstance(item, dict)
        again = sound_in(item)
        assert len(sent) - len(again) <= 20
        inside = slice(100, 7_800)
        off = decode(again, law)[inside].astype(int) - decode(sent, law)[inside]
        assert np.abs(off).max() < 520
        response = done["response"]
        assert isinstance(response, dict)
        answer = response["output"][0]["id"]
        talking.submit(
            TruncateItem(item_id=answer, content_index=0, audio_end_ms=150),
            RetrieveItem(item_id=answer),
        )
        retrieved = await talking.wire("conversation.item.retrieved")
        assert isinstance(retrieved["item"], dict)
        assert sound_in(retrieved["item"]) == b"".join(deltas(talking))[:1_200]
