"""The media process: takes a show's camera in, gives its pictures out."""

from __future__ import annotations

from dure.sites.lane.asgi import Asgi

app = Asgi("media")
