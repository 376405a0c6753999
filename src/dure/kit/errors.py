"""What a person is told when something cannot be done.

A room's `errors.py` subclasses `DureError` with a stable code, a sentence and an HTTP status. The sentence is
translated (Korean in the source, English in the catalogue) and says what to do. `field` names the form field at
fault, so that a page shows the sentence beside it.

    class SoldOut(DureError):
        code = "sold_out"
        message = _("방금 품절되었어요. 다른 옵션을 골라 주세요.")
        status = 409
"""

from __future__ import annotations

from typing import Any, ClassVar


class DureError(Exception):
    code: ClassVar[str] = "error"
    message: ClassVar[Any] = ""  # a lazy translation, may hold %(name)s placeholders
    status: ClassVar[int] = 400
    field: ClassVar[str | None] = None

    def __init__(self, **params: Any) -> None:
        self.params = params
        super().__init__(self.code)

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text

    def as_json(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": str(self), "field": self.field, **_plain(self.params)}}


def _plain(params: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in params.items() if isinstance(v, str | int | bool | None)}
