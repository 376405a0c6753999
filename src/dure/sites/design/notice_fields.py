"""The fields of a product-information notice, for whoever fills one in: seller, MD.

A field shown as required may stay empty for now: a notice is kept half filled. Beside the text stand up to two boxes,
해당 없음 and 상세설명 참조, where the item allows them; ticking one is the answer instead of a text.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dure.commerce.catalog import notices

_KINDS = {notices.MONTH: {"type": "month"}, notices.DAY: {"type": "date"}, notices.PHONE: {"type": "tel"}}


def notice_field(item: notices.Item) -> forms.Field:
    told: dict[str, Any] = {"label": item.label, "help_text": item.help, "required": item.required}
    if item.kind == notices.CHOICE:
        return LaterChoice(choices=[("", _("고르기")), *item.choices], **told)
    answers = []
    if item.may_not_apply or item.kind == notices.DETAIL:
        answers.append(("na", notices.NOT_APPLICABLE, _("해당 없음")))
    if item.elsewhere:
        answers.append(("elsewhere", notices.ELSEWHERE, _("상세설명 참조")))
    if item.kind == notices.LONG:
        return LaterText(widget=AnswerTextarea(answers, attrs={"rows": 2}), **told)
    return LaterText(widget=AnswerInput(answers, attrs=_KINDS.get(item.kind, {})), **told)


class LaterText(forms.CharField):
    """Shown as required; empty for now is no mistake."""

    def validate(self, value: Any) -> None:
        if value and value.startswith(BOTH):
            raise forms.ValidationError(_("적은 글과 표시한 칸 가운데 하나만 남겨 주세요."))
        if value:
            super().validate(value)


class LaterChoice(forms.ChoiceField):
    def validate(self, value: Any) -> None:
        if value:
            super().validate(value)


BOTH = "\N{NULL}both:"  # before a text that came with a ticked box: which is meant cannot be known


class _Answers:
    """A text with boxes that stand for fixed answers; a box's name is the field's with the answer's key behind it."""

    def __init__(self, answers: list[tuple[str, str, Any]], attrs: dict[str, Any] | None = None):
        super().__init__(attrs)  # type: ignore[call-arg]
        self.answers = answers

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = (data.get(name) or "").strip()
        ticked = [answer for key, answer, _label in self.answers if data.get(f"{name}-{key}")]
        if not ticked or text == ticked[0]:
            return text
        return BOTH + text if text or len(ticked) > 1 else ticked[0]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:
        from django.template.loader import render_to_string

        fixed = {answer for _key, answer, _label in self.answers}
        typed = "" if value in fixed else (value or "").removeprefix(BOTH)
        control = super().render(name, typed, attrs, renderer)  # type: ignore[misc]
        if not self.answers:
            return str(control)
        boxes = [(f"{name}-{key}", label, value == answer) for key, answer, label in self.answers]
        context = {"control": control, "boxes": boxes, "id": (attrs or {}).get("id", f"id_{name}")}
        return render_to_string("design/ui/answers.html", context)


class AnswerInput(_Answers, forms.TextInput):
    pass


class AnswerTextarea(_Answers, forms.Textarea):
    pass
