"""What looks as if it were a secret."""

from __future__ import annotations

import re

_NAMES = re.compile(
    r"(?:^|_)(?:api_?|access_?|secret_?|private_?)?"
    r"(?:keys?|tokens?|secrets?|passw(?:or)?ds?|pwd|credentials?|auth)(?:$|_)"
    r"|apikey|passphrase",
    re.IGNORECASE,
)
_VALUES = re.compile(r"(?:sk-|gh[a-z]_|github_pat_|hf_|AKIA|xox[a-z]-|eyJ|-----BEGIN )")
_INSIDE = re.compile(r"\b(sk-|gh[a-z]_|github_pat_|hf_|AKIA|xox[a-z]-|eyJ)[\w.-]{12,}")


def looks_secret(name: str, value: object = None) -> bool:
    """Whether a variable is better not told to a model, nor that it is there."""
    if _NAMES.search(name):
        return True
    return isinstance(value, str) and _VALUES.match(value) is not None


def masked(text: str) -> str:
    """Text in which all but the beginning of what looks like a key is left out."""
    return _INSIDE.sub(r"\1…", text)
