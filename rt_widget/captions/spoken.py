"""How long a written word takes to be said.

Seconds of a voice at its normal pace: right in proportion, not in sum. The weights
are a least-squares fit to the words of the local voice, whose durations are known.
"""

from __future__ import annotations

import re

SHORTENED = {"dr": 2, "mr": 2, "mrs": 2, "prof": 3, "st": 1, "vs": 2, "etc": 4}
"""Syllables of words that are written short."""

_WORD_S, _SYLLABLE_S, _CONSONANT_S, _LIGHT_S = 0.06, 0.12, 0.023, 0.09
_UNSEEN_S = 0.2
"""A syllable of what is written in figures and signs: no consonants are seen."""

_SHORTEST_S = 0.05

_PART = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_]+|[^\w\s]")
_APOSTROPHES = str.maketrans("", "", "'\u2019")
_AROUND = '.,;:!?"()*_'
_SIGNS = {"$": 2, "€": 2, "£": 2, "¥": 1, "%": 2, "&": 1, "+": 1, "=": 2, "°": 2}
_LIGHT = frozenset(
    [
        *("a", "an", "and", "are", "as", "at", "be", "by", "for", "he", "i", "if"),
        *("in", "is", "it", "its", "of", "on", "or", "that", "the", "they", "to"),
        *("was", "we", "will", "with", "would", "you", "your"),
    ]
)
_VOWELS = re.compile(r"[aeiouyà-åè-ïò-öù-ýαεηιουωаеёиоуыэюя]+")
_MUTE = re.compile(r"[^aeiouyl]e$|[^aeiouytd]ed$|[^aeiouyszxcg]es$")
# Kana, Chinese characters, Hangul.
_SYLLABIC = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
_LETTERS_A_SYLLABLE = 2.3
_SPELLED_LENGTHS = (2, 3)
_DIGITS_READ_SINGLY = 10
_YEAR_DIGITS = 4


def spoken_length(word: str) -> float:
    """Seconds without a pause after it; 0 when it is not read."""
    plain = word.translate(_APOSTROPHES)
    seconds = sum(map(_part_s, _PART.findall(plain)))
    if not seconds:
        return 0.0
    light = _LIGHT_S if plain.casefold().strip(_AROUND) in _LIGHT else 0.0
    return max(_SHORTEST_S, _WORD_S + seconds - light)


def _part_s(part: str) -> float:
    if part[0].isdecimal():
        return _UNSEEN_S * _number_syllables(part)
    if part[0].isalpha():
        return _letters_s(part)
    return _UNSEEN_S * _SIGNS.get(part, 0)


def _letters_s(letters: str) -> float:
    lower = letters.casefold()
    groups = len(_VOWELS.findall(lower))
    unseen: float = SHORTENED.get(lower, 0) or len(_SYLLABIC.findall(lower))
    if letters.isupper() and len(letters) in _SPELLED_LENGTHS:
        unseen = len(letters)
    elif not groups and not unseen:
        unseen = max(1.0, len(letters) / _LETTERS_A_SYLLABLE)
    if unseen:
        return _UNSEEN_S * unseen
    syllables = max(1, groups - (_MUTE.search(lower) is not None))
    return _SYLLABLE_S * syllables + _CONSONANT_S * len(_VOWELS.sub("", lower))


def _number_syllables(number: str) -> int:
    whole, _, fraction = number.replace(",", "").partition(".")
    decimals = 1 + len(fraction) if fraction else 0
    if len(whole) >= _DIGITS_READ_SINGLY or (whole[0] == "0" and len(whole) > 1):
        return len(whole) + decimals
    if len(number) == _YEAR_DIGITS == len(whole):
        return max(1, _hundreds(whole[:2])) + max(1, _hundreds(whole[2:]))
    groups = [whole[max(0, at - 3) : at] for at in range(len(whole), 0, -3)]
    syllables = [_hundreds(group) for group in groups]
    names = sum(2 for each in syllables[1:] if each)
    return max(1, sum(syllables) + names) + decimals


def _hundreds(digits: str) -> int:
    """Syllables of a number below 1,000; none of 0."""
    number = int(digits)
    hundreds, tens, ones = number // 100, number // 10 % 10, number % 10
    few = ones != 0 and tens != 1
    return 3 * (hundreds > 0) + 2 * (tens > 0) + few
