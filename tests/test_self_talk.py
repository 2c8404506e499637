from __future__ import annotations

import pytest

from rt_widget import events
from rt_widget.self_talk import LATEST_WORDS, SelfTalk

STORY = "Once upon a time there was a fox, who lived in the woods behind the town."


def saying(*deltas: str) -> SelfTalk:
    talk = SelfTalk()
    for delta in deltas:
        talk.apply(events.TranscriptDelta("resp", "item", delta))
    return talk


def hints(talk: SelfTalk, *said: str) -> list[bool]:
    return [talk.apply(events.InputTranscriptDone("said", words)) for words in said]


def test_the_second_echo_is_told_and_no_other() -> None:
    said = ["there was a fox", "who lived in the woods", "behind the town."]

    assert hints(saying(STORY), *said) == [False, True, False]


def test_case_marks_and_a_misheard_word_change_nothing() -> None:
    said = "THERE was a fog who lived in the woods"

    assert hints(saying(STORY), said, said) == [False, True]


@pytest.mark.parametrize(
    "said",
    [
        "What did the fox do in the town after that?",
        "the fox",
        "",
        "town the behind woods the in lived who",
    ],
)
def test_what_a_person_says_of_it_is_no_echo(said: str) -> None:
    assert hints(saying(STORY), said, said) == [False, False]


def test_words_may_be_torn_between_deltas() -> None:
    talk = saying("Once up", "on a ti", "me there")

    assert hints(talk, "once upon a time", "upon a time there") == [False, True]


def test_an_answer_ends_its_last_word() -> None:
    talk = saying("Come to the win")
    talk.apply(events.TranscriptDone("resp", "item", "Come to the win"))
    talk.apply(events.TranscriptDelta("next", "item", "dow or stay"))

    assert hints(talk, "to the win", "dow or stay") == [False, True]


def test_what_was_said_long_ago_does_not_come_back() -> None:
    talk = saying(STORY, " and so on" * LATEST_WORDS)

    assert hints(talk, "there was a fox", "there was a fox") == [False, False]


def test_scripts_without_spaces_are_compared_by_character() -> None:
    talk = saying("今日はパリの天気がいいです")

    assert hints(talk, "パリの天気が", "パリの天気が") == [False, True]
