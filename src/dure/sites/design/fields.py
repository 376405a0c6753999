"""Form fields of the house."""

from __future__ import annotations

from typing import Any

from django import forms


class WonField(forms.IntegerField):
    """An amount in won, read with or without separators: `12,000`, `12 000원`."""

    def __init__(self, **told: Any) -> None:
        told.setdefault("widget", forms.TextInput(attrs={"data-won": "1", "inputmode": "numeric"}))
        super().__init__(**told)

    def to_python(self, value: Any) -> int | None:
        return super().to_python("".join(str(value).replace("원", "").replace(",", "").split()) if value else value)
