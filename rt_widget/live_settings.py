"""Which settings a live session has, and what may be sent of a change. A fold.

The service refuses a `session.update` as a whole when one part of it is not allowed,
so each update holds only what changed and what is allowed at that moment: the voice
before the first sound, the speed between turns, the temperature where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.config import ALL_SETTINGS, SessionConfig
from rt_widget.events import ServerFault, SessionUpdate

if TYPE_CHECKING:
    from rt_widget.backends.base import Capabilities

VOICE_LATER = (
    "The voice can be changed only before the first spoken answer; "
    "it applies from the next session."
)
MODEL_LATER = "The model is chosen when connecting; it applies from the next session."

_BETWEEN_TURNS = frozenset({"speed"})


class LiveSettings:
    """The settings that were sent, and those that wait until they may be."""

    def __init__(self, config: SessionConfig, capabilities: Capabilities) -> None:
        self._sent = config
        self._wanted = config
        self._capabilities = capabilities
        self._pending: SessionUpdate | None = None
        self.has_spoken = False

    @property
    def wanted(self) -> SessionConfig:
        """What the person has set."""
        return self._wanted

    def first(self) -> SessionUpdate:
        """The session's first update: everything that the backend takes."""
        return self._update(self._allowed(ALL_SETTINGS))

    def change(
        self, config: SessionConfig, *, between_turns: bool
    ) -> tuple[SessionUpdate | None, tuple[str, ...]]:
        """Take in new settings; returns what to send now, and notices."""
        changed = config.changed_from(self._wanted)
        self._wanted = config
        notices = []
        if "model" in changed:
            notices.append(MODEL_LATER)
        if "voice" in changed and "voice" not in self._allowed(changed):
            notices.append(VOICE_LATER)
        return self.due(between_turns=between_turns), tuple(notices)

    def due(self, *, between_turns: bool) -> SessionUpdate | None:
        """What is to be sent now of that which has not been."""
        changed = self._allowed(self._wanted.changed_from(self._sent)) - {"model"}
        if not between_turns:
            changed -= _BETWEEN_TURNS
        return self._update(changed) if changed else None

    def refused(self, fault: ServerFault) -> SessionUpdate | None:
        """A smaller update in place of one that was refused for its voice."""
        pending = self._pending
        if pending is None or fault.event_id != pending.event_id:
            return None
        about_voice = fault.code == "cannot_update_voice" or "voice" in fault.param
        rest = pending.changed - {"voice"}
        if not about_voice or not rest or rest == pending.changed:
            return None
        self.has_spoken = self.has_spoken or fault.code == "cannot_update_voice"
        return self._update(rest)

    def _allowed(self, names: frozenset[str]) -> frozenset[str]:
        if self._capabilities.temperature is None:
            names -= {"temperature"}
        if self._capabilities.speed is None:
            names -= {"speed"}
        if self.has_spoken and self._capabilities.voice_locked:
            names -= {"voice"}
        return names

    def _update(self, changed: frozenset[str]) -> SessionUpdate:
        kept = {
            name: getattr(self._wanted if name in changed else self._sent, name)
            for name in ALL_SETTINGS
        }
        self._sent = SessionConfig(**kept)
        self._pending = SessionUpdate(config=self._sent, changed=changed)
        return self._pending
