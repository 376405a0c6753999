"""A paper from the private store, sent so that nothing in it can run."""

from __future__ import annotations

from django.http import FileResponse

from dure.commerce.sellers.models import Document
from dure.kit import documents


def sent(document: Document) -> FileResponse:
    ending = "pdf" if document.mime == documents.PDF else "webp"
    name = f"{document.kind.lower()}-{document.pk}.{ending}"
    answer = FileResponse(documents.open_file(document.file), content_type=document.mime, filename=name)
    answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer
