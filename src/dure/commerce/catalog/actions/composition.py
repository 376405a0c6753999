"""What a product is made of: made, changed, compared, taken back.

Every change of the composition (words, shelf, terms, notice, blocks, options) leaves a `Revision` with what differed, so
that the seller sees what the MD changed and can take it back. A seller's changes of what the house has approved
(`parts.REVIEWED`) wait in a `ChangeRequest` instead, see `actions.changes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db import transaction

from dure.commerce.catalog import blocks as detail
from dure.commerce.catalog import errors, notices, rules
from dure.commerce.catalog.actions import changes
from dure.commerce.catalog.actions.option_rows import OptionRow, write_options
from dure.commerce.catalog.actions.parts import (
    LIMITS,
    LOOKS,
    PERIOD,
    TEXTS,
    WORDS,
    apply,
    composition,
    held,
    index,
    moment_text,
    option_words,
    refuse_stale,
    revise,
)
from dure.commerce.catalog.models import Category, Option, Photo, Product, Revision
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock
from dure.kit.outbox import emit
from dure.people.models import User


@transaction.atomic
def create_product(
    seller: Seller,
    *,
    name: str,
    category: Category,
    tagline: str = "",
    story: str = "",
    keywords: str = "",
    options: Sequence[OptionRow] = (),
    key: UUID | None = None,
    by: User | None,
) -> Product:
    """A draft. The same `key` twice is one product. Raises NameNeeded and what `set_options` raises."""
    if not name.strip():
        raise errors.NameNeeded()
    defaults = {
        "seller": seller,
        "category": category,
        "name": name.strip(),
        "tagline": tagline.strip(),
        "story": story.strip(),
        "keywords": keywords.strip(),
        "notice_type": category.notice_type,
        "adults_only": category.adults_only,
        "created_at": clock.now(),
        "updated_at": clock.now(),
    }
    if key:
        product, created = Product.objects.get_or_create(key=key, seller=seller, defaults=defaults)
        if not created:
            return product
    else:
        product = Product.objects.create(**defaults)
    if options:
        write_options(product, options)
    index(product)
    audit.record("catalog.created", product, by=by)
    return product


@transaction.atomic
def copy_product(product: Product, *, key: UUID | None = None, by: User | None) -> Product:
    """A draft like this one: words, terms, notice, blocks, options and photos, without its history and its stock."""
    name = f"{product.name[:94]} (복사)"
    copied = create_product(product.seller, name=name, category=product.category, key=key, by=by)
    if copied.options.exists():  # the same form again
        return copied
    for field in (*LOOKS, "notice_type", "notice", "axes"):
        if field != "name":
            setattr(copied, field, getattr(product, field))
    copied.save(update_fields=[*LOOKS, "notice_type", "notice", "axes"])
    rows = [OptionRow(**{**row, "id": None}) for row in option_words(product)]
    if rows:
        write_options(copied, rows, axes=product.axes)
    copied.photos.bulk_create(_copy_of(photo, copied) for photo in product.photos.all())
    index(copied)
    return copied


def _copy_of(photo: Photo, product: Product) -> Photo:
    photo.pk, photo.product = None, product
    return photo


@transaction.atomic
def update_product(
    product: Product,
    *,
    by: User | None,
    note: str = "",
    suggested: bool = False,
    seen: int | None = None,
    **fields: Any,
) -> Revision | None:
    """Change words, category, terms or blocks; None when nothing changed at once.

    What a seller (`by`) changes of an approved product and the house has to read goes into a `ChangeRequest`; the rest
    counts at once. `seen` is the version the editor was looking at. Raises NameNeeded, BadLimits, BadSalePeriod,
    BadKcNumber, BadBlock, ChangedMeanwhile, NotEditable.
    """
    unknown = set(fields) - {*LOOKS, "category"}
    if unknown:
        raise TypeError(f"update_product does not know {sorted(unknown)}")
    product = held(product)
    wanted = _checked(product, fields)
    refuse_stale(product, seen, wanted)
    if by and not suggested:
        wanted = changes.hold_back(product, wanted, by=by)
    before = composition(product)
    apply(product, wanted)
    return revise(product, before, by, note, suggested)


def _checked(product: Product, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields trimmed and in order, as JSON would hold them."""
    given = {k: v.strip() if k in WORDS or k in TEXTS else v for k, v in fields.items()}
    if "name" in given and not given["name"]:
        raise errors.NameNeeded()
    if "category" in given:
        given["category"] = given["category"].code
    if "kc_numbers" in given:
        given["kc_numbers"] = kc_numbers(given["kc_numbers"])
    if "blocks" in given:
        given["blocks"] = detail.clean(given["blocks"])
    least, most, each = (given.get(name, getattr(product, name)) for name in LIMITS[:3])
    if least < 1 or (most is not None and most < least) or (each is not None and each < least):
        raise errors.BadLimits()
    begins, ends = (given.get(name, getattr(product, name)) for name in PERIOD)
    if begins and ends and ends <= begins:
        raise errors.BadSalePeriod()
    return {k: moment_text(v) if k in PERIOD else v for k, v in given.items()}


def kc_numbers(texts: Iterable[str]) -> list[str]:
    """The numbers as the certificate writes them, each once. Raises BadKcNumber with the first that cannot be one."""
    found: list[str] = []
    for text in texts:
        number = rules.kc_number(text)
        if number is None:
            raise errors.BadKcNumber(number=text)
        if number and number not in found:
            found.append(number)
    return found


def improve(product: Product, *, by: User, note: str, **fields: Any) -> Revision | None:
    """The MD helps with the words; the seller sees what changed and may undo it."""
    with transaction.atomic():
        revision = update_product(product, by=by, note=note, suggested=True, **fields)
        if revision:
            emit("catalog.improved", product, revision=revision.pk, by=by.pk)
        return revision


@transaction.atomic
def save_notice(
    product: Product,
    notice_type: str,
    values: Mapping[str, Any],
    *,
    by: User | None,
    note: str = "",
    suggested: bool = False,
    seen: int | None = None,
) -> Revision | None:
    """Keep what was filled in of the notice, complete or not; of an approved product, for review.

    Raises NoticeInvalid, ChangedMeanwhile, NotEditable.
    """
    product = held(product)
    texts = notices.clean(notice_type, values)
    sentences = notices.wrong(notice_type, texts)
    if sentences:
        raise errors.NoticeInvalid(errors=sentences)
    wanted: dict[str, Any] = {"notice_type": notices.form_of(notice_type).code, "notice": texts}
    refuse_stale(product, seen, wanted)
    if by and not suggested:
        wanted = changes.hold_back(product, wanted, by=by)
    before = composition(product)
    apply(product, wanted)
    return revise(product, before, by, note, suggested)


@transaction.atomic
def set_options(
    product: Product,
    options: Sequence[OptionRow],
    *,
    by: User | None,
    axes: Sequence[str] | None = None,
    note: str = "",
    suggested: bool = False,
    seen: int | None = None,
) -> list[Option]:
    """The options on offer, in this order. One left out is taken off sale; what has a history is never deleted.

    `axes` names what the rows' `values` stand for (None: as it is now, as far as the rows still fit). Counts at once, of
    an approved product too. Raises OptionNeeded, TooManyOptions, DuplicateOption, BadPrice, BadAxes, ChangedMeanwhile,
    NotEditable.
    """
    product = held(product)
    before = composition(product)
    if _nameless(before["options"]) != _nameless(asdict(row) for row in options):  # else the same form again
        refuse_stale(product, seen, {"options": None, "axes": None})
    kept = write_options(product, options, axes=axes)
    revise(product, before, by, note, suggested)
    return kept


def _nameless(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


@transaction.atomic
def undo(revision: Revision, *, by: User) -> None:
    """Put back what the revision changed, as far as nobody has changed it since. Raises NothingToUndo, NotEditable."""
    held_revision = Revision.objects.select_for_update(of=("self",)).select_related("product").get(pk=revision.pk)
    product = held(held_revision.product)
    now = composition(product)
    back = {k: held_revision.before[k] for k, value in held_revision.after.items() if _same(k, now.get(k), value)}
    if held_revision.undone_at or not back:
        raise errors.NothingToUndo()
    apply(product, {k: v for k, v in back.items() if k not in {"options", "axes"}})
    if "options" in back or "axes" in back:
        rows = [OptionRow(**row) for row in back.get("options", now["options"])]
        write_options(product, rows, axes=back.get("axes", now["axes"]))
    held_revision.undone_at = clock.now()
    held_revision.save(update_fields=["undone_at"])
    revise(product, now, by, "", False)
    audit.record("catalog.undone", product, by=by, revision=held_revision.pk)


def _same(name: str, now: Any, then: Any) -> bool:
    """Early revisions of options know fewer columns: those they do not name had their defaults."""
    if name != "options":
        return bool(now == then)
    return bool([asdict(OptionRow(**row)) for row in now] == [asdict(OptionRow(**row)) for row in then])
