"""A QR code as SVG, drawn here: no picture file, no outside service."""

from __future__ import annotations

import io

import segno
from django.utils.safestring import SafeString, mark_safe


def qr(text: str) -> SafeString:
    """A QR code as inline SVG, black on white whatever the theme, so that every camera reads it."""
    out = io.BytesIO()
    segno.make(text, error="m").save(
        out, kind="svg", xmldecl=False, svgns=True, scale=1, border=3, omitsize=True, light="#fff"
    )
    return mark_safe(out.getvalue().decode())  # noqa: S308 - drawn by segno from numbers; the text is not in it
