"""What is written, and the words that are given to the voice for it."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rt_widget.backends.local.speaking.reading import read

MARKUP = [
    ("**Bold** and *soft* `code`", "Bold and soft code"),
    ("## A title", "A title."),
    ("- one\n- two", "one two."),
    ("12. Dry it", "12: Dry it."),
    ("- [x] milk", "milk."),
    ("> He **said** so", "He said so"),
    ("> - one", "one."),
    ("see [the page](http://a.example/b?c)", "see the page"),
    ('![a cat](a.png "b")', "a cat"),
    ("so[^1] it is [2] good [3, 4].", "so it is good."),
    ("[^1]: A note", "A note"),
    ("see <https://a.example/b>", "see a dot example"),
    ("Hi \U0001f44b\U0001f3fd there ❤️!", "Hi there!"),
    ("<b>really</b><br>good", "really good"),
    ("a &amp; b &lt; c", "a & b < c"),
    (r"1 \* 2 and \_so\_", "1 times 2 and so"),
    ("_this_ and __that__", "this and that"),
    ("~~old~~ new", "old new"),
    ("| Anna | 31 |", "Anna, 31."),
    ("|:---|---:|", ""),
    ("---", ""),
    ("===", ""),
    ("\U0001f600", ""),
    ("...", ""),
    ("日本", ""),
    ("Say 日本 now", "Say now"),
]
NUMBERS = [
    ("It is 1,234.5 m", "It is 1,234.5 meters"),
    ("3.0, 2.50 and 3.14.", "3 point 0, 2 point 5 0 and 3.14."),
    ("take 1,2 or 3", "take 1, 2 or 3"),
    ("1.5M, 20k, 3B", "1.5 million, 20 thousand, 3 billion"),
    ("a 4K film", "a 4K film"),
    ("-5 to \u22123", "minus 5 to minus 3"),
    ("6.02e23 or 1e-5", "6.02 times 10 to the 23 or 1 times 10 to the minus 5"),
    ("2 1/2 or 1½ cups", "2 and 1/2 or 1 and one half cups"),
    ("3\u20135%, 5-10. 1990\u20131995", "3 to 5%, 5 to 10. 1990 to 1995"),
    ("$5-$10", "$5 to $10"),
    ("2024-03-15", "2024-03-15"),
    ("2024-03-15T10:05:00Z", "2024-03-15 at 10:05"),
    ("15.03.2024", "2024-03-15"),
    ("on Jan. 5, 2024", "on January 5, 2024"),
    ("at 10:05, 3:1", "at 10:05, 3 to 1"),
    ("open 24/7.", "open 24 7."),
    ("5€ and 20 €, US$5", "€5 and €20, $5"),
    ("50 USD", "50 US dollars"),
    ("5 kg, 1 km/h, 80 m²", "5 kilograms, 1 kilometer per hour, 80 square meters"),
    ("9.8 m/s², 2h 30min", "9.8 meters per second squared, 2 hours 30 minutes"),
    ("the 80s, 5m, 5 m", "the 80s, 5m, 5 meters"),
    ("5'10\" tall", "5 foot 10 tall"),
    ("+44 20 7946 0958", "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8"),
    ("(555) 123-4567", "5 5 5, 1 2 3, 4 5 6 7"),
    ("Python 3.11.7, Python 3.11", "Python 3 point 11 point 7, Python 3 point 11"),
    ("192.168.0.1", "1 9 2 dot 1 6 8 dot 0 dot 1"),
    ("v2.0", "version 2 point 0"),
    ("agent 007", "agent 0 0 7"),
    ("10 000 of 1 234 567", "10000 of 1234567"),
    ("9:00\u201317:00, 10am-2pm", "9:00 to 17:00, 10 AM to 2pm"),
    ("Mon\u2013Fri", "Monday to Friday"),
    ("5 - 10 minutes", "5 to 10 minutes"),
    ("5 \u20ac/h, in km/h", "\u20ac5 per hour, in kilometers per hour"),
    ("a 16 GB disk", "a 16 gigabyte disk"),
    ("Call 911", "Call 9 1 1"),
    ("GPT-4.1", "GPT-4 point 1"),
    ("3x faster, 1st-3rd", "3 times faster, 1st to 3rd"),
]
WORDS = [
    ("e.g. this, i.e. that", "for example this, that is that"),
    ("pens, etc. are", "pens, et cetera are"),
    ("pens, etc.", "pens, et cetera."),
    ("approx. 5 mi. away", "approximately 5 miles away"),
    ("Fig. 3, pp. 4-5, No. 7", "figure 3, pages 4 to 5, number 7"),
    ("No. It is.", "No. It is."),
    ("tea w/ milk, w/o sugar", "tea with milk, without sugar"),
    ("World War II, Chapter IV", "World War 2, Chapter 4"),
    ("Mehmed II and Henry VIII", "Mehmed the 2nd and Henry the 8th"),
    ("Super Bowl LIX, Part I", "Super Bowl 59, Part 1"),
    ("Charles I was, Peter I think", "Charles the 1st was, Peter I think"),
    ("Queen Victoria, type Ctrl", "Queen Victoria, type Control"),
    ("Henry Cavill", "Henry Cavill"),
    ("a-b@uni.de", "a dash b at uni dot D E"),
    ("in kg and m/s\u00b2", "in kilograms and meters per second squared"),
    ("max. 8 p.a. now", "maximum 8 per year now"),
    ("(v2.31.0)", "(version 2 point 31 point 0)"),
    ("I am, e.g., I", "I am, for example, I"),
    ("H2O, CO₂ and O2", "H 2 O, C O 2 and O 2"),
    ("a.b@c.com", "a dot b at c dot com"),
    ("go to https://www.example.org/a/b.", "go to example dot org."),
    ("http://localhost:8000/x", "localhost port 8000"),
    ("main.py and README.md", "main dot P Y and readme dot M D"),
    ("`my_var` of `getUserName()`", "my var of get User Name"),
    ("numpy.array", "numpy dot array"),
    ("cats and/or dogs", "cats and/or dogs"),
    ("pick #5 of C#", "pick number 5 of C sharp"),
    ("~/.config", "slash dot config"),
    ("the --quiet flag", "the quiet flag"),
]
MATHS = [
    ("2 + 3 = 5, 5 - 3, 4*5", "2 plus 3 = 5, 5 minus 3, 4 times 5"),
    ("9 / 3, 3 \u00d7 4 ÷ 2", "9 divided by 3, 3 times 4 divided by 2"),
    ("x² + 10^6 + y^3", "x squared plus 10 to the power of 6 plus y cubed"),
    ("5 ± 2, b ≤ c", "5 plus or minus 2, b is at most c"),
    ("x == 1, b != 2", "x equals 1, b is not equal to 2"),
    ("√16 → 4", "the square root of 16 to 4"),
    ("3x + 5 = 20", "3x plus 5 = 20"),
    ("x = -y", "x = minus y"),
    ("5! = 120", "5 factorial = 120"),
    ("~20 or ½", "about 20 or one half"),
    ("\u03b1 and β", "alpha and beta"),
    ("well - he said", "well - he said"),
    (r"$\frac{a}{b}$ is", "A over b is"),
    (r"$E = mc^2$", "E equals m c squared"),
    (r"\(\sqrt[3]{x_1} \geq \pi\)", "the cube root of x 1 is at least pi"),
    (r"$\sum_{i=1}^{n} i$", "the sum from i equals 1 to n of i"),
    (r"$$20\% \text{ of it}$$", "20 percent of it"),
    ("$f(x) = 2x$", "f of x equals 2 x"),
    ("it costs $5 and $6", "it costs $5 and $6"),
    (r"$\frac{1}{", "frac1"),
]


@pytest.mark.parametrize(("written", "words"), MARKUP + NUMBERS + WORDS + MATHS)
def test_it_is_read_as_a_person_would(written: str, words: str) -> None:
    text, ends = read(written, ends_line=True)
    assert text == words
    assert len(ends) == len(text.split())


@pytest.mark.parametrize(
    ("written", "ends"),
    [
        ("run 5 km today", [3, 5, 8, 14]),
        ("at 6.02e23 it", [2, 2, 2, 2, 2, 2, 10, 13]),
        ("my_var is", [0, 6, 9]),
        ("e.g. cats", [0, 4, 9]),
        ("see [the long page](http://a.b/c) now", [3, 8, 13, 33, 37]),
        ("so **yes** \U0001f600 now.", [2, 10, 17]),
        (r"is $\frac{a}{b}$ so", [2, 2, 2, 16, 19]),
    ],
)
def test_a_written_word_is_said_once_the_last_of_its_words_is(
    written: str, ends: list[int]
) -> None:
    assert read(written)[1] == ends


def test_what_stands_before_on_the_line_tells_what_a_piece_is() -> None:
    assert read("- 3 is it") == ("3 is it", [3, 6, 9])
    assert read("- 3 is it", "Well, 5 ")[0] == "- 3 is it"
    assert read("31 | Rome |\n", "| Anna | ", ends_line=True)[0] == "31, Rome."
    assert read("and so on\n", "- one thing ", ends_line=True)[0] == "and so on."
    assert read("\n- one", "Before")[0] == "one"


@pytest.mark.parametrize("part", [r"\frac{", "^{", r"\sqrt", "[", "- ", "1,", "|-"])
def test_nonsense_without_an_end_is_read_too(part: str) -> None:
    written = f"${part * 700}x$ ok"
    text, ends = read(written, ends_line=True)
    assert text.endswith("ok")
    assert ends[-1] == len(written)


SIGNS = st.text("ab1 2.,-\u2013/*_`#|~^$\\{}[]()<>&%€°²½+=:;!?'\"\n@eEkK²", max_size=60)


@given(SIGNS, SIGNS)
@example("^{}", "")
@example("x^{ }", "")
def test_any_signs_can_be_read(written: str, before: str) -> None:
    text, ends = read(written, before.replace("\n", " "), ends_line=True)
    assert len(ends) == len(text.split())
    assert ends == sorted(ends)
    assert all(0 <= end <= len(written) for end in ends)
    assert not set(text) & set("`|{}[]\\^~")
