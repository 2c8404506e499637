from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from rt_widget.backends.local.protocol.prompt import Prompt
from rt_widget.backends.local.speaking import voicing
from rt_widget.backends.local.speaking.voicing import Voicing
from tests.local.scripted import ToneTts

if TYPE_CHECKING:
    from rt_widget.backends.local.speaking.clauses import Clause

SLOW_S = 0.04
FAST_S = 0.013


class Talk:
    """An answer whose words come one after the other, at a pace."""

    def __init__(self) -> None:
        self.now = 10.0
        self.tts = ToneTts()
        prompt = Prompt((), temperature=0.0, voice="heart", speed=1.0)
        self.voice = Voicing(self.tts, prompt, lambda: False)

    def monotonic(self) -> float:
        return self.now

    def write(self, *words: str, each_s: float = SLOW_S) -> list[Clause]:
        clauses = []
        for word in words:
            clauses += self.voice.feed(word)
            self.now += each_s
        self.now -= each_s
        return clauses

    def say(self, *clauses: Clause) -> str:
        sounds = [sound for each in clauses for sound in self.voice.speak(each)]
        assert sounds[-1].text_end == clauses[-1].ends[-1]
        return " ".join(each.text for each in clauses)


@pytest.fixture
def talk(monkeypatch: pytest.MonkeyPatch) -> Talk:
    made = Talk()
    monkeypatch.setattr(voicing, "time", made)
    return made


def test_a_clause_that_was_got_ready_is_not_made_again(talk: Talk) -> None:
    assert talk.write("Two", " plus", " three") == []
    guess = talk.voice.guess()
    assert guess is not None
    assert guess.text == "Two plus three"
    assert talk.voice.guess() is None
    talk.voice.prepare(guess)
    (clause,) = talk.voice.flush()
    assert talk.say(clause) == "Two plus three"
    assert talk.tts.texts == ["Two plus three"]


def test_a_wrong_guess_is_never_heard(talk: Talk) -> None:
    talk.write("They", " live", " under")
    guess = talk.voice.guess()
    assert guess is not None
    talk.voice.prepare(guess)
    clauses = [*talk.write("ground", " and"), *talk.voice.flush()]
    assert talk.say(*clauses) == "They live underground and"
    assert talk.tts.texts == [guess.text, *(each.text for each in clauses)]


def test_a_guess_that_is_out_of_date_costs_nothing(talk: Talk) -> None:
    talk.write("They", " live", " under")
    early = talk.voice.guess()
    talk.write("ground")
    late = talk.voice.guess()
    assert early is not None
    assert late is not None
    assert late.text == "They live underground"
    talk.voice.prepare(early)
    assert talk.tts.texts == []


def test_nothing_is_guessed_while_words_come_fast(talk: Talk) -> None:
    talk.write("Two", " plus", " three", each_s=FAST_S)
    assert talk.voice.guess() is None
    talk.write(" is", " more", " than", " four", each_s=FAST_S)
    assert talk.voice.guess() is not None


def test_after_the_first_clause_nothing_is_guessed(talk: Talk) -> None:
    assert talk.write("Yes, of course.", " And", " there", " we")
    assert talk.voice.guess() is None
