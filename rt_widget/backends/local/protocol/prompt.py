"""What an answer is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rt_widget.backends.local.calling.deciding import deciding_messages
from rt_widget.backends.local.conversation.items import Message
from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.protocol.outcome import Prime
from rt_widget.backends.local.settings import FunctionChoice
from rt_widget.backends.local.speaking.voices import NO_VOICE

if TYPE_CHECKING:
    from rt_widget.backends.local.conversation.items import Items
    from rt_widget.backends.local.hearing.g711 import AudioFormat
    from rt_widget.backends.local.settings import Settings
    from rt_widget.config import ToolSpec

LONGEST_ANSWER_TOKENS = 400
"""Where the session sets no limit."""

MOST_CALLS = 8
"""Calls of one turn after which it is answered in words."""

_STOPS = " .,"

_SILENCE = ChatMessage("user", "Are you there?")
"""What a person who has said nothing is taken to ask.

Told of the silence itself, the small model excuses itself or talks about it.
"""


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that an answer depends on.

    Args:
        messages: The conversation.
        temperature: Of the sampling.
        voice: Who speaks; `none` for text.
        speed: Of the voice, as a factor.
        tools: What may be called; none once the turn has had its calls.
        must_call: Whether one of them must be called.
        question: What the person has said last.
        verbatim: Words to say in place of an answer.
        max_tokens: Most that the language model may write.
        audio_format: Of the sound.
    """

    messages: tuple[ChatMessage, ...]
    temperature: float
    voice: str
    speed: float
    tools: tuple[ToolSpec, ...] = ()
    must_call: bool = False
    question: str = ""
    verbatim: str = ""
    max_tokens: int = LONGEST_ANSWER_TOKENS
    audio_format: AudioFormat = "audio/pcm"

    @property
    def is_spoken(self) -> bool:
        """Whether the answer has sound."""
        return self.voice != NO_VOICE

    def is_like(self, other: Prompt) -> bool:
        """Whether an answer to it answers the other.

        The same words may be heard with a comma, a full stop or nothing after them.
        """
        return self._unstopped == other._unstopped

    @property
    def _unstopped(self) -> Prompt:
        *before, last = self.messages or (_SILENCE,)
        if last.role == "user":
            last = replace(last, content=last.content.rstrip(_STOPS))
        question = self.question.rstrip(_STOPS)
        return replace(self, messages=(*before, last), question=question)


def prompt_of(
    settings: Settings,
    items: Items,
    *,
    coming: str = "",
    verbatim: str = "",
    even_silence: bool = False,
) -> Prompt | None:
    """What the next answer depends on.

    None when there is nothing to answer: the person's last message has no words.

    Args:
        settings: The session's, or those of one response.
        items: What is answered.
        coming: Words of the person that are taken as said.
        verbatim: Words to say in place of an answer.
        even_silence: Whether a last message without words is answered too.
    """
    last = items.last
    is_message = isinstance(last, Message) and last.role == "user"
    question = coming.strip() or items.question
    is_silent = is_message and not question and not verbatim
    if is_silent and not even_silence:
        return None
    tools = tools_of(settings)
    may_call = items.calls_of_turn < MOST_CALLS or bool(coming)
    said = items.chat(settings.instructions, coming)
    return Prompt(
        messages=(*said, _SILENCE) if is_silent else said,
        temperature=settings.temperature,
        voice=NO_VOICE if settings.text_only else settings.voice,
        speed=settings.speed,
        tools=tools if may_call else (),
        must_call=bool(tools) and may_call and _must_call(settings),
        question=question,
        verbatim=verbatim,
        max_tokens=settings.max_output_tokens or LONGEST_ANSWER_TOKENS,
        audio_format=settings.output_format,
    )


def tools_of(settings: Settings) -> tuple[ToolSpec, ...]:
    """What may be called: nothing, all, or the one that must be."""
    match settings.tool_choice:
        case "none":
            return ()
        case FunctionChoice(name):
            return tuple(tool for tool in settings.tools if tool.name == name)
        case _:
            return settings.tools


def _must_call(settings: Settings) -> bool:
    return settings.tool_choice not in ("auto", "none")


def ahead(
    settings: Settings, items: Items, coming: str = "", *, as_turn: bool = False
) -> Prime:
    """What a model may read of the next prompt, whose question has begun."""
    tools = tools_of(settings)
    if tools:
        return Prime(deciding_messages(tools, coming))
    turn = (ChatMessage("user", coming),) if as_turn else ()
    return Prime((*items.chat(settings.instructions), *turn))
