"""Papers people hand in (certificates, bank books): kept where no address leads, shown by a view that asks who wants to see.

    kept = documents.keep(request.FILES["file"], "sellers")      # Kept(name, mime, size, digest)
    documents.open_file(kept.name)                               # for a FileResponse

What a browser says about a file is never believed: the first bytes decide. Pictures are re-encoded (upright, without
the place they were taken at); a PDF is kept as it came and only ever sent with a policy that runs nothing in it.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.translation import gettext_lazy as _

from dure.kit import images
from dure.kit.errors import DureError

PDF, PICTURE = "application/pdf", "image/webp"
MAX_BYTES = 12 * 1024 * 1024
LONGEST_SIDE = 2400  # pixels: small print stays readable
ACCEPT = f"application/pdf,.pdf,{images.ACCEPT}"


class NotADocument(DureError):
    code = "not_a_document"
    message = _("PDF나 사진(JPG, PNG)만 올릴 수 있어요. 휴대전화로 찍은 사진도 좋아요.")
    field = "file"


class DocumentTooLarge(DureError):
    code = "document_too_large"
    message = _("파일이 너무 커요. %(megabytes)dMB 이하로 올려 주세요.")
    field = "file"
    status = 413


@dataclass(frozen=True)
class Kept:
    name: str
    mime: str
    size: int
    digest: str  # SHA-256 of what is kept


def keep(upload: IO[bytes] | Any, folder: str) -> Kept:
    """Raises NotADocument, DocumentTooLarge; nothing is stored then."""
    upload.seek(0)
    raw = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise DocumentTooLarge(megabytes=MAX_BYTES // 1024 // 1024)
    mime, kept = (PDF, raw) if raw.startswith(b"%PDF-") and b"%%EOF" in raw[-2048:] else (PICTURE, _as_picture(raw))
    ending = "pdf" if mime == PDF else "webp"
    name = storages["private"].save(f"{folder.strip('/')}/{uuid.uuid4().hex}.{ending}", ContentFile(kept))
    return Kept(name, mime, len(kept), hashlib.sha256(kept).hexdigest())


def open_file(name: str) -> IO[bytes]:
    return storages["private"].open(name, "rb")


def _as_picture(raw: bytes) -> bytes:
    try:
        picture = images.upright(BytesIO(raw))
    except images.PictureTooLarge as error:
        raise DocumentTooLarge(megabytes=MAX_BYTES // 1024 // 1024) from error
    except DureError as error:
        raise NotADocument() from error
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    encoded = BytesIO()
    picture.save(encoded, "WEBP", quality=85, method=4)
    return encoded.getvalue()
