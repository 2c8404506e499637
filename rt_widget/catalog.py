"""Models, voices and prices, read from the dated data file `catalog.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt


@dataclass(frozen=True, slots=True)
class Model:
    """A model that the service has, had, or will switch off.

    `price` is in USD for a million tokens, by kind: `text_in`, `text_cached`,
    `text_out`, `audio_in`, `audio_cached`, `audio_out`; empty when not known.
    """

    name: str
    shutdown: dt.date | None
    successor: str
    price: dict[str, float]

    def is_retired(self, today: dt.date) -> bool:
        """Whether the service has switched it off."""
        return self.shutdown is not None and self.shutdown <= today


@dataclass(frozen=True, slots=True)
class Catalog:
    """The whole data file."""

    as_of: dt.date
    default_model: str
    fallback_voice: str
    transcription_model: dict[str, str]
    models: tuple[Model, ...]
    voices: tuple[str, ...]
    speech_only_voices: tuple[str, ...]

    def offered_models(self, today: dt.date) -> tuple[str, ...]:
        """Names of the models that can be picked today."""
        return tuple(m.name for m in self.models if not m.is_retired(today))

    def current_model(self, name: str, today: dt.date) -> tuple[str, str]:
        """`name`, or its successor once it is retired, and a notice that says so."""
        for model in self.models:
            retired = model.name == name or name.startswith(f"{model.name}-20")
            if retired and model.is_retired(today) and model.successor:
                notice = (
                    f"{name} was switched off on {model.shutdown}; "
                    f"using {model.successor}."
                )
                return model.successor, notice
        return name, ""

    def realtime_voice(self, name: str) -> tuple[str, str]:
        """`name`, or a voice in its place where no session takes it, and a notice."""
        if name not in self.speech_only_voices:
            return name, ""
        notice = (
            f"The voice {name} is not offered in Realtime sessions; "
            f"using {self.fallback_voice}."
        )
        return self.fallback_voice, notice


@cache
def catalog() -> Catalog:
    """The catalog that ships with this version."""
    text = resources.files("rt_widget").joinpath("catalog.toml").read_text("utf-8")
    raw = tomllib.loads(text)
    voices = [(v["names"], v.get("realtime", True)) for v in raw["voices"]]
    return Catalog(
        as_of=raw["as_of"],
        default_model=raw["default_model"],
        fallback_voice=raw["fallback_voice"],
        transcription_model=raw["transcription_model"],
        models=tuple(
            Model(
                m["name"], m.get("shutdown"), m.get("successor", ""), m.get("price", {})
            )
            for m in raw["models"]
        ),
        voices=tuple(name for names, realtime in voices if realtime for name in names),
        speech_only_voices=tuple(
            n for ns, realtime in voices if not realtime for n in ns
        ),
    )
