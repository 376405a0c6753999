"""How a product is made, improved, reviewed and sold.

Every change of its composition (words, shelf, notice, options) leaves a `Revision` with what differed, so that the
seller sees what the MD changed and can take it back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Min, ProtectedError

from dure.commerce.catalog import errors, notices, queries, rules
from dure.commerce.catalog.models import Category, Option, Photo, Product, ProductStatus, Revision
from dure.commerce.sellers.models import Seller
from dure.kit import audit, clock, images
from dure.kit.outbox import emit
from dure.kit.states import move
from dure.people.models import User

MOST_OPTIONS = 100
MOST_PHOTOS = 10
WORDS = ("name", "tagline", "story", "keywords")
CLOSED = (ProductStatus.ENDED, ProductStatus.PROHIBITED)


@dataclass(frozen=True)
class OptionRow:
    """An option as a form gives it; without `id` a new one."""

    name: str
    price: int
    id: int | None = None
    seller_code: str = ""


# ── Composition ──────────────────────────────────────────────────────────────────────────────────────────────────


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
        _write_options(product, options)
    _index(product)
    audit.record("catalog.created", product, by=by)
    return product


@transaction.atomic
def update_product(
    product: Product, *, by: User | None, note: str = "", suggested: bool = False, **fields: Any
) -> Revision | None:
    """Change name, tagline, story, keywords or category; None when nothing differs. Raises NameNeeded, NotEditable."""
    unknown = set(fields) - {*WORDS, "category"}
    if unknown:
        raise TypeError(f"update_product does not know {sorted(unknown)}")
    product = _held(product)
    if "name" in fields and not fields["name"].strip():
        raise errors.NameNeeded()
    before = composition(product)
    for name, value in fields.items():
        setattr(product, name, value.strip() if name in WORDS else value)
    if not product.notice:
        product.notice_type = product.category.notice_type
    product.save(update_fields=[*WORDS, "category", "notice_type"])
    return _revise(product, before, by, note, suggested)


def improve(product: Product, *, by: User, note: str, **fields: Any) -> Revision | None:
    """The MD helps with the words; the seller sees what changed and may undo it."""
    with transaction.atomic():
        revision = update_product(product, by=by, note=note, suggested=True, **fields)
        if revision:
            emit("catalog.improved", product, revision=revision.pk, by=by.pk)
        return revision


@transaction.atomic
def set_options(
    product: Product, options: Sequence[OptionRow], *, by: User | None, note: str = "", suggested: bool = False
) -> list[Option]:
    """The options on offer, in this order. One left out is taken off sale; what has a history is never deleted.

    Raises OptionNeeded, TooManyOptions, DuplicateOption, BadPrice, NotEditable.
    """
    product = _held(product)
    before = composition(product)
    kept = _write_options(product, options)
    _revise(product, before, by, note, suggested)
    return kept


@transaction.atomic
def save_notice(
    product: Product,
    notice_type: str,
    values: Mapping[str, Any],
    *,
    by: User | None,
    note: str = "",
    suggested: bool = False,
) -> Revision | None:
    """Keep what was filled in of the notice, complete or not. Raises NoticeInvalid, NotEditable."""
    product = _held(product)
    texts = notices.clean(notice_type, values)
    sentences = notices.wrong(notice_type, texts)
    if sentences:
        raise errors.NoticeInvalid(errors=sentences)
    before = composition(product)
    product.notice_type, product.notice = notices.form_of(notice_type).code, texts
    product.save(update_fields=["notice_type", "notice"])
    return _revise(product, before, by, note, suggested)


@transaction.atomic
def undo(revision: Revision, *, by: User) -> None:
    """Put back what the revision changed, as far as nobody has changed it since. Raises NothingToUndo, NotEditable."""
    held = Revision.objects.select_for_update(of=("self",)).select_related("product").get(pk=revision.pk)
    product = _held(held.product)
    now = composition(product)
    back = {k: held.before[k] for k, value in held.after.items() if now[k] == value}
    if held.undone_at or not back:
        raise errors.NothingToUndo()
    for name in {"notice", "notice_type", *WORDS} & back.keys():
        setattr(product, name, back[name])
    if "category" in back:
        product.category = Category.objects.get(code=back["category"])
    product.save(update_fields=["notice", "notice_type", "category", *WORDS])
    if "options" in back:
        _write_options(product, [OptionRow(**row) for row in back["options"]])
    held.undone_at = clock.now()
    held.save(update_fields=["undone_at"])
    _revise(product, now, by, "", False)
    audit.record("catalog.undone", product, by=by, revision=held.pk)


def composition(product: Product) -> dict[str, Any]:
    """What a revision compares: words, shelf, notice and the options on offer, as JSON."""
    options = Option.objects.filter(product=product, active=True)
    return {
        **{name: getattr(product, name) for name in WORDS},
        "category": product.category.code,
        "notice_type": product.notice_type,
        "notice": dict(product.notice),
        "options": [{"id": o.pk, "name": o.name, "price": o.price, "seller_code": o.seller_code} for o in options],
    }


def _held(product: Product) -> Product:
    """The product, locked for this transaction. Raises NotEditable when its sale is over for good."""
    held = Product.objects.select_for_update(of=("self",)).select_related("category", "seller").get(pk=product.pk)
    if held.status in CLOSED:
        raise errors.NotEditable(status=held.get_status_display())
    return held


def _revise(product: Product, before: dict[str, Any], by: User | None, note: str, suggested: bool) -> Revision | None:
    after = composition(product)
    changed = [k for k in after if after[k] != before[k]]
    if not changed:
        return None
    _index(product)
    audit.record("catalog.changed", product, by=by, why=note, fields=changed)
    emit("catalog.changed", product, fields=changed)
    return Revision.objects.create(
        product=product,
        by=by,
        at=clock.now(),
        before={k: before[k] for k in changed},
        after={k: after[k] for k in changed},
        note=note[:200],
        suggested=suggested,
    )


def _write_options(product: Product, rows: Sequence[OptionRow]) -> list[Option]:
    _check_options(rows)
    all_options = {o.pk: o for o in Option.objects.select_for_update().filter(product=product).order_by("id")}
    by_name = {o.name: o for o in all_options.values() if not o.active}
    chosen: list[tuple[OptionRow, Option | None]] = []
    for row in rows:
        old = all_options.get(row.id) if row.id else by_name.get(row.name.strip())
        chosen.append((row, old))
    kept_ids = {old.pk for _row, old in chosen if old}
    for option in all_options.values():
        if option.pk not in kept_ids:
            _take_off(product, option)
    # Names are unique among the options on offer: step aside first, so that two of them may swap names.
    Option.objects.filter(pk__in=kept_ids).update(active=False)
    kept = []
    for position, (row, old) in enumerate(chosen):
        option = old or Option(product=product)
        option.name, option.price, option.position = row.name.strip(), row.price, position
        option.seller_code, option.active = row.seller_code.strip(), True
        option.save()
        kept.append(option)
    return kept


def _check_options(rows: Sequence[OptionRow]) -> None:
    if not rows:
        raise errors.OptionNeeded()
    if len(rows) > MOST_OPTIONS:
        raise errors.TooManyOptions(most=MOST_OPTIONS)
    seen: set[str] = set()
    for row in rows:
        name = row.name.strip()
        if not name:
            raise errors.OptionNeeded()
        if name in seen:
            raise errors.DuplicateOption(name=name)
        if not 10 <= row.price <= 100_000_000:
            raise errors.BadPrice(name=name)
        seen.add(name)


def _take_off(product: Product, option: Option) -> None:
    """Delete an option nobody has seen; else take it off sale."""
    if product.submitted_at is None:
        try:
            with transaction.atomic():
                option.delete()
            return
        except ProtectedError:
            pass
    Option.objects.filter(pk=option.pk).update(active=False)


def _index(product: Product) -> None:
    """Keep what lists and searches read: the lowest price, the words and their grams."""
    words = rules.folded(" ".join([product.name, product.tagline, product.seller.name, product.keywords]))
    lowest = Option.objects.filter(product=product, active=True).aggregate(price=Min("price"))["price"]
    product.search_text, product.search_grams = words, rules.grams(words)
    product.list_price, product.updated_at = lowest or 0, clock.now()
    product.save(update_fields=["search_text", "search_grams", "list_price", "updated_at"])


def reindex(products: Iterable[Product]) -> None:
    """After something outside the product changed what it is found by (its seller's name)."""
    for product in products:
        _index(product)


# ── Photos ───────────────────────────────────────────────────────────────────────────────────────────────────────


def add_photo(product: Product, image_file: Any, *, by: User | None, alt: str = "") -> Photo:
    """Checked and re-encoded by kit.images. Raises TooManyPhotos, NotEditable and what `images.keep` raises."""
    if product.photos.count() >= MOST_PHOTOS:
        raise errors.TooManyPhotos(most=MOST_PHOTOS)
    picture = images.keep(image_file, "products")
    with transaction.atomic():
        held = _held(product)
        last = held.photos.aggregate(last=Max("position"))["last"]
        if held.photos.count() >= MOST_PHOTOS:
            raise errors.TooManyPhotos(most=MOST_PHOTOS)
        photo = Photo.objects.create(
            product=held,
            image=picture.name,
            width=picture.width,
            height=picture.height,
            alt=alt.strip(),
            position=0 if last is None else last + 1,
        )
        audit.record("catalog.photo_added", held, by=by, photo=photo.pk)
    return photo


@transaction.atomic
def remove_photo(photo: Photo, *, by: User | None) -> None:
    """The file stays until the house cleans up: an order's page may still show it."""
    _held(photo.product)
    audit.record("catalog.photo_removed", photo.product, by=by, image=photo.image)
    photo.delete()


@transaction.atomic
def order_photos(product: Product, photo_ids: Sequence[int], *, by: User | None) -> None:
    """The named photos first, in this order; the others after them. The first is the face of the product."""
    held = _held(product)
    rank = {photo_id: i for i, photo_id in enumerate(photo_ids)}
    photos = sorted(held.photos.all(), key=lambda p: (rank.get(p.pk, len(rank)), p.position, p.pk))
    for position, photo in enumerate(photos):
        photo.position = position
    Photo.objects.bulk_update(photos, ["position"])
    audit.record("catalog.photos_ordered", held, by=by, order=[p.pk for p in photos])


# ── Review and sale ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def submit_for_review(product: Product, *, by: User | None) -> None:
    """Raises NotComplete with what is still to be done."""
    open_points = queries.missing(product)
    if open_points:
        raise errors.NotComplete(missing=", ".join(str(point.label) for point in open_points))
    move(product, ProductStatus.IN_REVIEW, by=by, submitted_at=clock.now(), review_note="")
    emit("catalog.submitted", product, seller=product.seller_id)


@transaction.atomic
def withdraw(product: Product, *, by: User | None) -> None:
    """Back to a draft before anybody decided."""
    move(product, ProductStatus.DRAFT, by=by)


@transaction.atomic
def approve(product: Product, *, by: User | None) -> None:
    move(
        product,
        ProductStatus.ON_SALE,
        by=by,
        only_from=[ProductStatus.IN_REVIEW],
        on_sale_at=clock.now(),
        review_note="",
    )
    emit("catalog.product_on_sale", product, seller=product.seller_id, name=product.name)


@transaction.atomic
def reject(product: Product, *, why: str, by: User | None) -> None:
    """Back to the seller with what has to be mended. Raises ReasonNeeded."""
    _stop(product, ProductStatus.REJECTED, why, by)
    emit("catalog.rejected", product, seller=product.seller_id, why=why)


@transaction.atomic
def prohibit(product: Product, *, why: str, by: User | None) -> None:
    """May never be sold here. Raises ReasonNeeded."""
    _stop(product, ProductStatus.PROHIBITED, why, by)
    emit("catalog.taken_off", product, seller=product.seller_id)


@transaction.atomic
def suspend(product: Product, *, by: User | None, why: str = "") -> None:
    """The seller stops selling for a while."""
    move(product, ProductStatus.SUSPENDED, by=by, why=why)
    emit("catalog.taken_off", product, seller=product.seller_id)


@transaction.atomic
def resume(product: Product, *, by: User | None) -> None:
    move(product, ProductStatus.ON_SALE, by=by, only_from=[ProductStatus.SUSPENDED])
    emit("catalog.product_on_sale", product, seller=product.seller_id, name=product.name)


@transaction.atomic
def end(product: Product, *, by: User | None) -> None:
    """For good; its page stays for those who bought it."""
    move(product, ProductStatus.ENDED, by=by)
    emit("catalog.taken_off", product, seller=product.seller_id)


def _stop(product: Product, to: str, why: str, by: User | None) -> None:
    if not why.strip():
        raise errors.ReasonNeeded()
    move(product, to, by=by, why=why, review_note=why.strip())
