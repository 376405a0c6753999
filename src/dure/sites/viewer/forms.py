from __future__ import annotations

from typing import ClassVar

from django import forms

from dure.live.models import Report


class ReportForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Report
        fields: ClassVar = ["reason", "detail"]
        widgets: ClassVar = {"reason": forms.RadioSelect, "detail": forms.TextInput}
