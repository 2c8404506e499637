"""How freely a small model draws its words."""

from __future__ import annotations

_COLD = 0.6
_LOOSENS = 2.4
_LEAST = 0.1


def sampling(temperature: float) -> dict[str, float]:
    """Options of llama.cpp for a temperature of the session.

    The likeliest word is the right one in most facts that so small a model knows, but
    by so little ("Jupiter" at 0.26, "Mars" at 0.16) that drawing at 0.8 finds a wrong
    one every few answers. So at 0.6 it is taken always, at the usual 0.8 others count
    where they are nearly as likely (`min_p`, a share of it), and above ever more do.

    The other options are the model's own recommendation (its generation_config.json).
    """
    likely = 1.0 - _LOOSENS * max(0.0, temperature - _COLD) ** 2
    return {
        "temperature": temperature,
        "min_p": round(max(_LEAST, likely), 3),
        "top_k": 20,
        "top_p": 0.8,
        "repeat_penalty": 1.05,
    }
