"""Which settings a live session has, and what may be sent of a change. A fold.

The service refuses a `session.update` as a whole when one part of it is not allowed,
so each update holds only what changed and what is allowed at that moment: the voice
before the first sound, the speed between turns, the temperature where there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rt_widget.config import ALL_SETTINGS, PushToTalk, SessionConfig
from rt_widget.events import ServerFault, SessionUpdate

if TYPE_CHECKING:
    from rt_widget.backends.base import Capabilities

VOICE_LATER = (
    "The voice can be changed only before the first spoken answer; "
    "it applies from the next session."
)
MODEL_LATER = "The model is chosen when connecting; it applies from the next session."

_BETWEEN_TURNS = frozenset({"speed"})

_VOICE_LOCKED = "cannot_update_voice"


class LiveSettings:
    """The settings that were sent, and those that wait until they may be."""

    def __init__(self, config: SessionConfig, capabilities: Capabilities) -> None:
        self._sent = config
        self._wanted = config
        self._capabilities = capabilities
        self._pending: dict[str, SessionUpdate] = {}
        self.has_spoken = False

    @property
    def wanted(self) -> SessionConfig:
        """What the person has set."""
        return self._wanted

    @property
    def ends_by_hand(self) -> bool:
        """Whether the person says when a turn ends."""
        return isinstance(self._wanted.turn_detection, PushToTalk)

    @property
    def answers_unasked(self) -> bool:
        """Whether the server answers a spoken turn by itself."""
        detection = self._wanted.turn_detection
        return not isinstance(detection, PushToTalk) and detection.create_response

    @property
    def server_interrupts(self) -> bool:
        """Whether the server stops an answer, at the first sound of speech."""
        detection = self._wanted.turn_detection
        return not isinstance(detection, PushToTalk) and detection.server_interrupts

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
        is_locked = "voice" not in self._allowed(ALL_SETTINGS)
        if "voice" in changed and is_locked and config.voice != self._sent.voice:
            notices.append(VOICE_LATER)
        return self.due(between_turns=between_turns), tuple(notices)

    def due(self, *, between_turns: bool) -> SessionUpdate | None:
        """What is to be sent now of that which has not been."""
        changed = self._allowed(self._wanted.changed_from(self._sent)) - {"model"}
        if not between_turns:
            changed -= _BETWEEN_TURNS
        return self._update(changed) if changed else None

    def refused(self, fault: ServerFault) -> SessionUpdate | None:
        """A smaller update in place of one that was refused for one of its settings."""
        pending = self._pending.pop(fault.event_id, None)
        if pending is None:
            return None
        if fault.code == _VOICE_LOCKED:
            self.has_spoken = True
        rest = pending.changed - {_setting_at_fault(fault)}
        return self._update(rest) if rest and rest != pending.changed else None

    def accepted(self) -> None:
        """The server has taken the oldest update that it had not answered."""
        for event_id in list(self._pending)[:1]:
            del self._pending[event_id]

    def _allowed(self, names: frozenset[str]) -> frozenset[str]:
        if self._capabilities.temperature is None:
            names -= {"temperature"}
        if self._capabilities.speed is None:
            names -= {"speed"}
        if not self._capabilities.noise_reduction:
            names -= {"noise_reduction"}
        if self.has_spoken and self._capabilities.voice_locked:
            names -= {"voice"}
        return names

    def _update(self, changed: frozenset[str]) -> SessionUpdate:
        kept = {
            name: getattr(self._wanted if name in changed else self._sent, name)
            for name in ALL_SETTINGS
        }
        self._sent = SessionConfig(**kept)
        update = SessionUpdate(config=self._sent, changed=changed)
        self._pending[update.event_id] = update
        return update


def _setting_at_fault(fault: ServerFault) -> str:
    """The setting that a refusal is about; empty when it names none."""
    if fault.code == _VOICE_LOCKED:
        return "voice"
    last = fault.param.rpartition("session.")[2].replace("instructions", "system")
    return next((name for name in sorted(ALL_SETTINGS) if name in last), "")
