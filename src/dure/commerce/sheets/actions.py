"""What a seller does with a sheet: hand it in, say what its columns are, start, pause, stop, take back.

The work itself is done in the background (`reading`, `applying`, `waybills`); these write what is wanted and send for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction

from dure.commerce.sellers.models import Seller
from dure.commerce.sheets import columns as cols
from dure.commerce.sheets import reading, waybills, words
from dure.commerce.sheets.errors import ColumnTwice, KeyColumnNeeded, NothingToChange, WaybillColumnsNeeded
from dure.commerce.sheets.models import ColumnMemory, Entry, Upload, UploadFile
from dure.kit import audit, clock
from dure.kit.states import move
from dure.people.models import User

AT_ONCE = 512 * 1024  # bytes: a file up to this size is opened while the seller waits
AT_ONCE_WAYBILLS = 50  # rows: as many waybills are sent while the seller waits
KEEP_DAYS = 90
KEYS = ("product_id", "code", "name", "option_id", "option_code")


def receive(
    seller: Seller, kind: str, name: str, content: bytes, *, by: User, anew: bool = False
) -> tuple[Upload, bool]:
    """Take a file in; (upload, whether it is new). The same file again is the upload that is there.

    `anew` compares it once more. Raises what `reading.look_at` raises.
    """
    digest = hashlib.sha256(content).hexdigest()
    last = Upload.objects.filter(seller=seller, kind=kind, sha256=digest).order_by("-round").first()
    if last and last.status not in Upload.OVER and not anew:
        return last, False
    look = reading.look_at(content, kind) if len(content) <= AT_ONCE or kind == Upload.Kind.WAYBILLS else None
    if kind == Upload.Kind.WAYBILLS and look:
        _waybill_columns(look.columns)
    try:
        with transaction.atomic():
            upload = Upload.objects.create(
                seller=seller,
                by=by,
                kind=kind,
                name=name.strip()[-200:] or "sheet",
                sha256=digest,
                round=last.round + 1 if last else 0,
                created_at=clock.now(),
                began_at=clock.now(),
            )
            UploadFile.objects.create(upload=upload, content=content)
            audit.record("sheets.received", upload, by=by, kind=kind, bytes=len(content))
            if look:
                reading.remember_look(upload, look)
                move(upload, Upload.Status.COLUMNS, by=by)
            else:
                _send_for(upload)
    except IntegrityError:  # handed in twice in one moment: the first is it
        return Upload.objects.filter(seller=seller, kind=kind, sha256=digest).latest("round"), False
    return upload, True


def compare_anew(upload: Upload, *, by: User) -> Upload:
    """The same file against the shop as it is now, as an upload of its own."""
    again, _new = receive(upload.seller, upload.kind, upload.name, bytes(upload.file.content), by=by, anew=True)
    return again


@transaction.atomic
def choose_sheet(upload: Upload, sheet: int, *, by: User) -> None:
    """Another sheet of the same file. Raises NoHeadings, NothingInside."""
    held = _held(upload)
    reading.remember_look(held, reading.look_at(bytes(held.file.content), held.kind, sheet))


@transaction.atomic
def set_columns(upload: Upload, chosen: Mapping[int, str], *, category: str = "", first_row: int = 0, by: User) -> None:
    """Say what each column is ({index: field}, "" for none), remember it for such sheets, and compare with the shop.

    Raises ColumnTwice, KeyColumnNeeded, NothingToChange, WrongState.
    """
    held = _held(upload)
    fields: dict[str, int] = {}
    for index, field in sorted(chosen.items()):
        if field in fields:
            raise ColumnTwice(name=words.name_of(field))
        if field and 0 <= index < len(held.headings) and _is_field(field):
            fields[field] = index
    if not any(key in fields for key in KEYS):
        raise KeyColumnNeeded()
    if (
        not set(fields) - {"product_id", "option_id", "value1", "value2", "value3", "option_name", *KEYS}
        and "name" not in fields
    ):
        raise NothingToChange()
    ColumnMemory.objects.update_or_create(
        seller_id=held.seller_id,
        kind=held.kind,
        fingerprint=held.fingerprint,
        defaults={
            "columns": {field: held.headings[index] for field, index in fields.items() if held.headings[index]},
            "category": category,
            "at": clock.now(),
        },
    )
    begin = first_row if first_row > held.head_row else held.first_row
    move(
        held,
        Upload.Status.READING,
        by=by,
        only_from=["COLUMNS", "READY"],
        columns=fields,
        category=category,
        first_row=begin,
        rows_read=0,
        wrong_rows=0,
        same_rows=0,
        began_at=clock.now(),
    )
    _send_for(held)


@transaction.atomic
def start(upload: Upload, *, by: User) -> None:
    """Write what the preview showed. Raises WrongState."""
    move(upload, Upload.Status.RUNNING, by=by, only_from=["READY"], began_at=clock.now(), cursor=0, rows_done=0)
    _send_for(upload)


@transaction.atomic
def pause(upload: Upload, *, by: User) -> None:
    """The chunk under way is finished, then it rests."""
    move(upload, Upload.Status.PAUSED, by=by, only_from=["RUNNING"])


@transaction.atomic
def go_on(upload: Upload, *, by: User) -> None:
    move(upload, Upload.Status.RUNNING, by=by, only_from=["PAUSED"])
    _send_for(upload)


@transaction.atomic
def stop(upload: Upload, *, by: User) -> None:
    """Before anything was written: called off. In the middle: ended where it is; what was written can be undone."""
    held = Upload.objects.select_for_update().get(pk=upload.pk)
    if held.status in ("RUNNING", "PAUSED"):
        move(upload, Upload.Status.DONE, by=by, only_from=["RUNNING", "PAUSED"], stopped=True, ended_at=clock.now())
    else:
        move(upload, Upload.Status.CANCELED, by=by, ended_at=clock.now())


@transaction.atomic
def take_back(upload: Upload, *, by: User) -> None:
    """Undo all that the upload wrote; what has been changed or ordered since is left and listed. Raises WrongState."""
    move(upload, Upload.Status.UNDOING, by=by, began_at=clock.now(), cursor=0, rows_done=0)
    _send_for(upload)


def send_waybills(upload: Upload, *, by: User) -> None:
    """Send what the rows say: a few at once, many in the background. Raises WaybillColumnsNeeded, WrongState."""
    _waybill_columns(upload.columns)
    with transaction.atomic():
        move(upload, Upload.Status.READING, by=by, only_from=["COLUMNS"], began_at=clock.now())
        if upload.rows > AT_ONCE_WAYBILLS:
            _send_for(upload)
    if upload.rows <= AT_ONCE_WAYBILLS:
        waybills.send(upload)


def forget_old_files() -> int:
    """Files are emptied after KEEP_DAYS: they may hold names and addresses. What they changed stays on record."""
    since = clock.now() - timedelta(days=KEEP_DAYS)
    old = Upload.objects.filter(created_at__lt=since).exclude(status__in=Upload.WORKING)
    Entry.objects.filter(upload__in=old, upload__kind=Upload.Kind.WAYBILLS).delete()
    return UploadFile.objects.filter(upload__in=old).delete()[0]


def _held(upload: Upload) -> Upload:
    return Upload.objects.select_for_update(of=("self",)).select_related("file").get(pk=upload.pk)


def _is_field(field: str) -> bool:
    return field in cols.FIELDS or field.startswith(cols.NOTICE)


def _waybill_columns(found: Mapping[str, Any]) -> None:
    missing = [words.name_of(name) for name in ("carrier", "waybill") if name not in found]
    if not {"line", "order", "bundle"} & set(found):
        missing.insert(0, words.name_of("line"))
    if missing:
        raise WaybillColumnsNeeded(names=", ".join(missing))


def _send_for(upload: Upload) -> None:
    from dure.commerce.sheets.tasks import work

    work.configure(lock=f"sheets.upload.{upload.pk}").defer(upload=upload.pk)
