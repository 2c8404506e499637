"""What a strict GA server takes: the service's own voices, PCM only, no temperature."""

from __future__ import annotations

from rt_widget.backends.local.requests import specs
from rt_widget.backends.local.requests.item_specs import IMAGE, message_items
from rt_widget.backends.local.requests.schema import Choice

VOICES = (
    "alloy",
    "ash",
    "ballad",
    "coral",
    "echo",
    "sage",
    "shimmer",
    "verse",
    "marin",
    "cedar",
)

_VOICE = specs.voices(Choice(VOICES))
SESSION = specs.session(specs.PCM, _VOICE)
RESPONSE = specs.response(specs.PCM, _VOICE)
MESSAGES = message_items("output_text", IMAGE)
