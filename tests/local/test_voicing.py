from __future__ import annotations

from rt_widget.backends.local.protocol.prompt import Prompt
from rt_widget.backends.local.speaking.voicing import Voicing
from tests.local.scripted import ToneTts


def voicing(tts: ToneTts) -> Voicing:
    prompt = Prompt((), temperature=0.0, voice="heart", speed=1.0)
    return Voicing(tts, prompt, lambda: False)


def test_a_clause_that_was_got_ready_is_not_made_again() -> None:
    tts = ToneTts()
    voice = voicing(tts)
    assert voice.feed("Two plus three") == []
    guess = voice.guess()
    assert guess is not None
    assert guess.text == "Two plus three"
    assert voice.guess() is None
    voice.prepare(guess)
    (clause,) = voice.flush()
    sound = list(voice.speak(clause))
    assert tts.texts == ["Two plus three"]
    assert sum(len(piece.audio) for piece in sound) == 3 * 2_400 * 2
    assert sound[-1].text_end == len("Two plus three")


def test_a_wrong_guess_is_never_heard() -> None:
    tts = ToneTts()
    voice = voicing(tts)
    voice.feed("They live under")
    guess = voice.guess()
    assert guess is not None
    voice.feed("ground and")
    voice.prepare(guess)
    clauses = voice.flush()
    assert " ".join(each.text for each in clauses) == "They live underground and"
    assert sum(len(list(voice.speak(each))) for each in clauses) > 0
    assert tts.texts == [guess.text, *(each.text for each in clauses)]


def test_a_guess_that_is_out_of_date_costs_nothing() -> None:
    tts = ToneTts()
    voice = voicing(tts)
    voice.feed("They live under")
    early = voice.guess()
    voice.feed("ground")
    late = voice.guess()
    assert early is not None
    assert late is not None
    assert late.text == "They live underground"
    voice.prepare(early)
    assert tts.texts == []


def test_after_the_first_clause_nothing_is_guessed() -> None:
    voice = voicing(ToneTts())
    assert voice.feed("Yes, of course. And there") != []
    assert voice.guess() is None
