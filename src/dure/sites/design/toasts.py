"""A short word about what was just done, with a way back.

    toast(request, _("장바구니에서 뺐어요."), undo=(reverse("shop:cart_put"), {"option": 12, "quantity": 2}))

`django.contrib.messages` works as well, without undo; an error message stays in the same place.
"""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest


def toast(request: HttpRequest, text: str, *, undo: tuple[str, dict[str, Any]] | None = None) -> None:
    """`undo` is an address to POST to and its form fields; the page adds the CSRF token and the button."""
    extra = json.dumps({"url": undo[0], "fields": undo[1]}) if undo else ""
    messages.success(request, text, extra_tags=extra)
