"""The widget as the page sees it: synced traits, and the door for its messages."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import traitlets

from rt_widget import messages, updates
from rt_widget._loop import background_loop
from rt_widget.audio import Audio
from rt_widget.backends.base import InstallableBackend
from rt_widget.cells import Cells, current_run
from rt_widget.chunks import Chunk, check_chunk, empty_chunk
from rt_widget.errors import ClosedError, InputError
from rt_widget.listed import Listed
from rt_widget.live import Live
from rt_widget.observed import Observed, Observers
from rt_widget.page_requests import PageRequests
from rt_widget.settings import SETTINGS, SettingError, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rt_widget.backends.base import Backend

_log = logging.getLogger(__name__)

_STATIC = Path(__file__).parent / "static"

PACED = {"status", "error", "notice", "usage", "latency"}
"""Traits that a server can change at any rate; the page gets the latest value."""

STREAMS = {"output_chunk", "text"}
"""Traits that carry an answer; they stay in Python while no page is there."""


class _InputChunk(traitlets.TraitType[Chunk, "Chunk | Mapping[str, object]"]):
    """A checked chunk. An equal one after it is a piece of its own, and a change."""

    def set(
        self, obj: traitlets.HasTraits, value: Chunk | Mapping[str, object]
    ) -> None:
        check_chunk(value)
        obj._trait_values.pop(str(self.name), None)  # noqa: SLF001 - else an equal value is no change
        super().set(obj, value)


class PageModel(Observed, Listed, Settings):
    """Traits, and nothing that a person calls; see `RealtimeWidget` for that.

    Example:
        >>> w.status, w.text, w.audio
        ('disconnected', '', None)
        >>> w.error, w.notice, w.local_voice, w.latency
        ({}, '', {}, {})
        >>> pieces = []
        >>> w.observe(lambda change: pieces.append(change["new"]), "output_chunk")
        >>> w.chunk = {"content": "Good morning", "done": True}
        >>> reply = w.ask_sync("Goodbye")
        >>> pieces[0]["type"], w.output_chunk["type"]
        ('chunk', 'chunk')
        >>> w.capabilities["backend"], w.usage["total_tokens"] > 0
        ('openai', True)
    """

    # ipywidgets closes a widget that is collected, also one that was never whole.
    _life: Literal["unmade", "open", "closed"] = "unmade"
    _pid = 0

    _esm = _STATIC / "widget.js"
    _css = _STATIC / "widget.css"

    status = traitlets.Unicode("disconnected").tag(sync=True)
    """disconnected, connecting, ready, listening, thinking or speaking."""

    error = traitlets.Dict().tag(sync=True)
    """The latest failure: `code`, `message`, `hint`, `retryable`; {} when none."""

    notice = traitlets.Unicode("").tag(sync=True)
    """Something to know that is no failure."""

    capabilities = traitlets.Dict().tag(sync=True)
    """What the backend can do; the pickers and sliders obey it."""

    local_voice = traitlets.Dict().tag(sync=True)
    """Whether the local voice's files are here; {} with other backends."""

    usage = traitlets.Dict().tag(sync=True)
    """Tokens of the conversation so far."""

    latency = traitlets.Dict().tag(sync=True)
    """Seconds from the end of the turn: `first_text`, `first_audio`."""

    output_chunk = traitlets.Dict().tag(sync=True)
    """The latest piece of an answer; an empty one that is `done` closes each answer."""

    text = traitlets.Unicode("").tag(sync=True)
    """The answer's text, growing while it is spoken; at most 15 updates a second, and
    whole when the answer has ended."""

    audio: traitlets.Instance[Audio | None] = traitlets.Instance(Audio, allow_none=True)
    """The finished answer's sound; None before the first. Not synced."""

    chunk = _InputChunk(empty_chunk())
    """Input by the piece: assigning a chunk is the same as `send`."""

    def __init__(self, backend: Backend, **traits: object) -> None:
        # Traits are set by the kernel's main thread, by a subshell's and by the
        # background loop's; ipywidgets swaps notify_change while it applies a state.
        self._lock = threading.RLock()
        self._pid = os.getpid()
        self._observers = Observers(self._tell_person)
        # The page may speak as soon as super().__init__ has opened the comm.
        self._live = Live(backend, lambda: self.session_config, self)
        self._requests = PageRequests(self._live, backend, self)
        empty = empty_chunk()
        traits |= {"output_chunk": empty, "chunk": empty}
        traits["capabilities"] = asdict(backend.capabilities)
        if isinstance(backend, InstallableBackend):
            traits["local_voice"] = asdict(backend.availability())
        super().__init__(**traits)
        self._keep_messages_off_the_main_shell()
        traitlets.HasTraits.observe(self, self._take_setting, names=list(SETTINGS))
        self._take_the_place_of_an_earlier_run()

    def show(self, **traits: object) -> None:
        """Set traits from the background loop; an observer's failure stays its own."""
        with self._lock:
            for name, value in traits.items():
                try:
                    setattr(self, name, value)
                except Exception:  # noqa: BLE001 - a user's observer may raise anything
                    _log.exception("An observer of `%s` failed.", name)

    def sync(self, names: Iterable[str]) -> None:
        """Send the page these traits as they stand, in one message."""
        with self._lock:
            self.send_state(set(names))

    def tell(self, content: messages.Content) -> None:
        """Send the page a message."""
        with self._lock:
            super().send(content)

    def set_state(self, sync_data: dict[str, object]) -> None:
        """Take in what the page has changed: settings, each checked, and no others."""
        with self._lock, self._observers.handing_over():
            for name in SETTINGS:
                if name not in sync_data:
                    continue
                try:
                    super().set_state({name: sync_data[name]})
                except (SettingError, traitlets.TraitError) as error:
                    refused = {"code": "invalid_input", "message": str(error)}
                    self.error = {**refused, "hint": "", "retryable": False}
                    self.send_state(name)

    @traitlets.validate("chunk", *SETTINGS)
    def _take_no_more(self, proposal: Mapping[str, object]) -> object:
        self._check_open()
        return proposal["value"]

    def _check_open(self) -> None:
        if self._life == "closed":
            msg = "This widget was closed."
            raise ClosedError(msg)
        if self._belongs_elsewhere:
            msg = "This widget belongs to the process that this one was forked from."
            hint = "Make a new RealtimeWidget() in this process."
            raise ClosedError(msg, code="other_process", hint=hint)

    @property
    def _belongs_elsewhere(self) -> bool:
        """Whether this process was forked from the widget's: the session is not its."""
        return os.getpid() != self._pid

    def _tell_person(self, said: str) -> None:
        background_loop().call(self._live.publisher.hear, updates.Noticed(said))

    def _keep_messages_off_the_main_shell(self) -> None:
        # ipykernel 7.4 answers a comm's messages on whichever shell published on it
        # last, so a busy cell would hold up the microphone. Leave the choice to the
        # front end, which opens a subshell for comms.
        if hasattr(self.comm, "_reply_subshell_for"):
            self.comm._reply_subshell_for = lambda _, default: default  # noqa: SLF001 - there is no public way

    def _handle_custom_msg(self, content: object, buffers: object) -> None:
        del buffers
        try:
            message = messages.decode(content)
        except InputError as error:
            _log.warning("A message of the page was left out. %s", error)
            return
        ear = None
        with suppress(RuntimeError):
            ear = asyncio.get_running_loop()
        background_loop().call(self._requests.handle, message, ear)

    def _should_send_property(self, key: str, value: object) -> bool:
        is_due: bool = super()._should_send_property(key, value)
        if is_due and key in PACED:
            background_loop().call(self._live.publisher.change_state, key)
            return False
        return is_due and (key not in STREAMS or self._live.publisher.is_watched)

    def _take_the_place_of_an_earlier_run(self) -> None:
        run = current_run()
        for widget in [] if run is None else _cells.enter(run, self):
            background_loop().submit(widget._give_way())  # noqa: SLF001 - of the same kind

    async def _give_way(self) -> None:
        """A new run of the same cell has made another widget: end the session."""
        self._requests.let_go()
        await self._live.disconnect()

    async def _end(self) -> None:
        """The widget is gone."""
        self._requests.stop()
        await self._live.close()

    def _take_setting(self, _: object) -> None:
        background_loop().call(self._live.update)


_cells: Cells[PageModel] = Cells()
"""The widgets of each notebook cell."""
