"""The door of a local session: what a client sends, checked and made into values."""

from __future__ import annotations

from rt_widget.backends.local.requests.reading import read
from rt_widget.backends.local.requests.typed import of_client
from rt_widget.backends.local.requests.values import Request, RequestError, Wire

__all__ = ["Request", "RequestError", "Wire", "of_client", "read"]
