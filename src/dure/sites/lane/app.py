"""The lane's application: hot orders and live rooms. Each topic has a module that registers its routes on `app`."""

from __future__ import annotations

from dure.sites.lane import live, orders
from dure.sites.lane.asgi import Asgi

app = Asgi("lane")
live.register(app)
orders.register(app)
