"""The embedded language model, with its real weights."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local.engines.base import ChatMessage
from rt_widget.backends.local.engines.llm import SLOTS, LlamaLlm
from rt_widget.errors import BackendError

if TYPE_CHECKING:
    from rt_widget.backends.local.engines.base import Engines, Llm, LlmUsage

pytestmark = [pytest.mark.weights, pytest.mark.timeout(240)]

SYSTEM = ChatMessage("system", "You answer in one short spoken sentence.")


def user(text: str) -> ChatMessage:
    return ChatMessage("user", text)


def answered(
    engines: Engines,
    *messages: ChatMessage,
    temperature: float = 0.0,
    max_tokens: int = 40,
) -> tuple[str, LlmUsage]:
    return answer_of(
        engines.llm, *messages, temperature=temperature, max_tokens=max_tokens
    )


def answer_of(
    llm: Llm,
    *messages: ChatMessage,
    temperature: float = 0.0,
    max_tokens: int = 40,
) -> tuple[str, LlmUsage]:
    pieces: list[str] = []

    def take(piece: str) -> bool:
        pieces.append(piece)
        return True

    usage = llm.chat(
        messages, temperature=temperature, max_tokens=max_tokens, on_delta=take
    )
    return "".join(pieces), usage


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("What is the capital of France?", "Paris"),
        ("Who wrote Romeo and Juliet?", "Shakespeare"),
        ("What is the largest planet in our solar system?", "Jupiter"),
    ],
)
def test_simple_questions_have_sane_answers(
    engines: Engines, question: str, word: str
) -> None:
    text, usage = answered(engines, SYSTEM, user(question))
    assert word in text
    assert usage.finish_reason in {"stop", "length"}
    assert usage.input_tokens
    assert usage.output_tokens


def test_what_was_said_before_is_known(engines: Engines) -> None:
    text, _ = answered(
        engines,
        SYSTEM,
        user("My name is Ada."),
        ChatMessage("assistant", "Nice to meet you, Ada."),
        user("What is my name?"),
    )
    assert "Ada" in text


def test_low_temperature_repeats_itself_and_high_does_not(engines: Engines) -> None:
    question = user("Invent a name for a cat and say why.")
    # A prompt that is read anew rounds otherwise than one from the cache.
    answered(engines, SYSTEM, question)
    cold = {answered(engines, SYSTEM, question)[0] for _ in range(2)}
    hot = {answered(engines, SYSTEM, question, temperature=1.2)[0] for _ in range(4)}
    assert len(cold) == 1
    assert len(hot) > 1


def test_length_is_limited(engines: Engines) -> None:
    _, usage = answered(engines, SYSTEM, user("Count to fifty."), max_tokens=5)
    assert usage.output_tokens == 5
    assert usage.finish_reason == "length"


def test_stopping_gives_no_further_piece(engines: Engines) -> None:
    pieces: list[str] = []

    def take(piece: str) -> bool:
        if piece:
            pieces.append(piece)
        return len(pieces) < 3

    usage = engines.llm.chat(
        [SYSTEM, user("Tell me a long story.")],
        temperature=0.8,
        max_tokens=300,
        on_delta=take,
    )
    assert len(pieces) == 3
    assert usage.output_tokens == 3
    assert usage.finish_reason is None
    assert answered(engines, SYSTEM, user("What is the capital of Italy?"))[0]


def test_stopping_works_while_the_prompt_is_read(engines: Engines) -> None:
    pieces: list[str] = []

    def take(piece: str) -> bool:
        pieces.append(piece)
        return len(pieces) < 2

    long = user("The cat sat on the mat and looked at the moon. " * 40)
    engines.llm.chat([SYSTEM, long], temperature=0.8, max_tokens=9, on_delta=take)
    assert pieces == ["", ""]


def test_what_was_read_ahead_is_not_read_again(engines: Engines) -> None:
    history = [SYSTEM, user("Please remember the word tangerine for later on.")]
    begins_to_answer = len(("<|im_start|>", "assistant", "\n"))
    engines.llm.warm(history)
    _, usage = answered(engines, *history, max_tokens=2)
    assert usage.input_tokens is not None
    assert usage.cached_tokens is not None
    assert usage.cached_tokens >= usage.input_tokens - begins_to_answer


def test_reading_ahead_gives_way_to_an_answer(engines: Engines) -> None:
    long = user("Every leaf on the old tree moved in the evening wind. " * 60)
    reader = threading.Thread(target=engines.llm.warm, args=([SYSTEM, long],))
    reader.start()
    # It may begin before the first answer, or after it and before the second.
    while reader.is_alive():
        text, _ = answered(engines, SYSTEM, user("What is the capital of France?"))
        assert "Paris" in text
    _, usage = answered(engines, SYSTEM, long, max_tokens=1)
    assert usage.cached_tokens is not None
    assert usage.input_tokens is not None
    assert usage.cached_tokens < usage.input_tokens - 1


def test_letters_of_many_bytes_come_whole(engines: Engines) -> None:
    text, _ = answered(
        engines, user("Repeat exactly: Grüße aus 東京 🙂"), max_tokens=30
    )
    assert "�" not in text
    assert "ü" in text


def test_long_conversations_lose_their_oldest_turns(engines: Engines) -> None:
    history = [SYSTEM, user("My name is Ada. " + "I like trees. " * 500)]
    history.append(ChatMessage("assistant", "Trees are lovely. " * 150))
    history += [user("My dog is called Rex."), ChatMessage("assistant", "Good dog.")]
    text, usage = answered(engines, *history, user("What is my dog called?"))
    assert "Rex" in text
    assert usage.input_tokens is not None
    assert usage.input_tokens < 200


def test_a_turn_that_does_not_fit_is_an_error_in_words(engines: Engines) -> None:
    with pytest.raises(BackendError, match="too long") as failure:
        answered(engines, SYSTEM, user("word " * 4_000))
    assert failure.value.code == "context_exceeded"


def test_engine_writes_nothing_to_the_notebook(
    engines: Engines, capfd: pytest.CaptureFixture[str]
) -> None:
    answered(engines, SYSTEM, user("Hello."))
    assert capfd.readouterr() == ("", "")


def test_nobody_else_can_reach_the_engine(engines: Engines) -> None:
    """It listens on no port, and on no socket file that still exists."""
    assert isinstance(engines.llm, LlamaLlm)
    address = engines.llm._server.listening_address
    assert address.startswith("unix://")
    assert not Path(address.removeprefix("unix://")).parent.exists()


def test_answers_of_several_sessions_are_written_side_by_side(engines: Engines) -> None:
    assert engines.new_llm is not None
    both = threading.Barrier(2, timeout=60)
    texts = ["", ""]

    def write(number: int, llm: Llm) -> None:
        def take(piece: str) -> bool:
            if piece and not texts[number]:
                # The first word of each comes before the second of either.
                both.wait()
            texts[number] += piece
            return True

        question = user("Count from one to ten.")
        llm.chat([SYSTEM, question], temperature=0.0, max_tokens=20, on_delta=take)

    writers = [
        threading.Thread(target=write, args=(number, engines.new_llm()))
        for number in range(2)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert all(texts)


def test_sessions_that_take_turns_read_only_what_is_new(engines: Engines) -> None:
    assert engines.new_llm is not None
    # One more than there are slots: one that lost its own is read from memory.
    sessions = [(engines.new_llm(), [SYSTEM]) for _ in range(SLOTS + 1)]
    for turn in range(2):
        for number, (llm, said) in enumerate(sessions):
            word = f"{number}{number} " * 10
            said.append(user(f"The secret of number {number} is {word}. Say yes."))
            text, usage = answer_of(llm, *said, max_tokens=3)
            said.append(ChatMessage("assistant", text))
            assert usage.input_tokens is not None
            assert usage.cached_tokens is not None
            if turn:
                fresh = usage.input_tokens - usage.cached_tokens
                assert fresh < usage.input_tokens * 0.6
