"""Pictures people upload: look at the bytes, re-encode, keep three sizes. The one way a picture enters the house.

    picture = images.keep(request.FILES["photo"], "products")
    Photo.objects.create(image=picture.name, width=picture.width, height=picture.height)
    images.url(photo.image, 320)             # address of a thumbnail, for places without `{% photo %}`

What a browser says about a file (name, content type) is never believed. What is kept is WebP made by us: upright,
in sRGB, without EXIF (and so without the place where it was taken). `name` is the largest size; the other sizes
stand beside it and are found by its name alone, so one column is enough: `products/3f…-1280.webp`, `-800`, `-320`.

AVIF is lighter still and takes its time, so the worker makes it: `lighten(name)` puts `-1280.avif` … beside the WebP and
returns the name that says so, `products/3f…-1280.avif`. A picture is fit for every place before and after.
"""

from __future__ import annotations

import re
import uuid
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, ImageOps

from dure.kit.errors import DureError

SIZES = (320, 800, 1280)  # longest width in pixels; a smaller original is never blown up
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "MPO")  # MPO: what some phones call their JPEGs
MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 50_000_000
MIN_SIDE = 40
ACCEPT = "image/jpeg,image/png,image/webp,image/gif"  # for <input accept>: phones convert HEIC by themselves

_NAME = re.compile(r"-(\d+)\.(?:webp|avif)$")
_PLAIN = re.compile(r"[\w./-]+", re.ASCII).fullmatch


class NotAPicture(DureError):
    code = "not_a_picture"
    message = _("사진 파일이 아니거나 깨졌어요. JPG, PNG, WebP 사진을 올려 주세요.")
    field = "image"


class PictureTooLarge(DureError):
    code = "picture_too_large"
    message = _("사진이 너무 커요. %(megabytes)dMB, %(megapixels)d만 화소 이하로 올려 주세요.")
    field = "image"
    status = 413


class PictureTooSmall(DureError):
    code = "picture_too_small"
    message = _("사진이 너무 작아요. 가로와 세로 모두 %(side)d픽셀보다 큰 사진을 올려 주세요.")
    field = "image"


@dataclass(frozen=True)
class Picture:
    """A kept picture: storage name, width and height in pixels of its largest size."""

    name: str
    width: int
    height: int


def keep(upload: IO[bytes] | Any, folder: str) -> Picture:
    """Read, check and store `upload` (an UploadedFile or any binary file) in `folder`.

    Raises NotAPicture, PictureTooLarge, PictureTooSmall; nothing is stored then.
    """
    picture = _upright(_opened(upload))
    stem = f"{folder.strip('/')}/{uuid.uuid4().hex}"
    largest = None
    for size in SIZES:
        largest = _no_wider(picture, size)
        encoded = BytesIO()
        largest.save(encoded, "WEBP", quality=82, method=4)
        name = default_storage.save(f"{stem}-{size}.webp", ContentFile(encoded.getvalue()))
    assert largest is not None
    return Picture(name, largest.width, largest.height)


def url(name: Any, size: int = 1280) -> str:
    """Address of a kept picture at `size` (one of SIZES). `name` is its storage name or an ImageField's value."""
    return _address(_NAME.sub(f"-{size}.webp", str(name)))


def _address(name: str) -> str:
    """`default_storage.url` without its quoting and joining, which cost a list of cards more than all the rest of them."""
    base = getattr(default_storage, "base_url", None)  # our own folder; a store elsewhere may sign its addresses
    return f"{base}{name}" if base and _PLAIN(name) else default_storage.url(name)


def srcset(name: Any) -> str:
    """The picture's sizes for `<img srcset>`; empty for a picture that did not come through `keep`."""
    if not _NAME.search(str(name)):
        return ""
    stem = _NAME.sub("", str(name))
    return ", ".join(f"{_address(f'{stem}-{size}.webp')} {size}w" for size in SIZES)


def light_srcset(name: Any) -> str:
    """The same in AVIF, for a `<source type="image/avif">`; empty until `lighten` has made them."""
    if not has_light(name):
        return ""
    return ", ".join(f"{default_storage.url(_NAME.sub(f'-{size}.avif', str(name)))} {size}w" for size in SIZES)


def has_light(name: Any) -> bool:
    return str(name).endswith(".avif")


def lighten(name: str) -> str:
    """Make the AVIF of every size beside the WebP; returns the name to keep instead. Doing it again does no harm."""
    if has_light(name) or not _NAME.search(name):
        return name
    for size in SIZES:
        light = _NAME.sub(f"-{size}.avif", name)
        if default_storage.exists(light):
            continue
        with default_storage.open(_NAME.sub(f"-{size}.webp", name)) as file:
            picture = Image.open(file, formats=("WEBP",))
            encoded = BytesIO()
            picture.save(encoded, "AVIF", quality=60, speed=8)
        default_storage.save(light, ContentFile(encoded.getvalue()))
    return _NAME.sub(r"-\1.avif", name)


def upright(upload: IO[bytes] | Any) -> Image.Image:
    """The picture in `upload` as `keep` would store it, at full size. Raises as `keep` does."""
    return _upright(_opened(upload))


def forget(name: Any) -> None:
    """Delete every size of a kept picture."""
    for size in SIZES:
        for suffix in ("webp", "avif"):
            default_storage.delete(_NAME.sub(f"-{size}.{suffix}", str(name)))


def _opened(upload: IO[bytes] | Any) -> Image.Image:
    upload.seek(0)
    raw = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise _too_large()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is stricter
            picture = Image.open(BytesIO(raw), formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise _too_large()
            if min(picture.size) < MIN_SIDE:
                raise PictureTooSmall(side=MIN_SIDE)
            picture.draft("RGB", (2 * SIZES[-1], 2 * SIZES[-1]))  # JPEGs decode at the scale we need: fast
            picture.load()
    except DureError:
        raise
    except Image.DecompressionBombError as error:
        raise _too_large() from error
    except Exception as error:  # Pillow's decoders raise a dozen kinds on crafted bytes
        raise NotAPicture() from error
    return picture


def _too_large() -> PictureTooLarge:
    return PictureTooLarge(megabytes=MAX_BYTES // 1024 // 1024, megapixels=MAX_PIXELS // 10_000)


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera was held, in sRGB, transparency on white, and without metadata."""
    profile = picture.info.get("icc_profile")
    picture = ImageOps.exif_transpose(picture)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        picture = Image.new("RGB", layer.size, "white")
        picture.paste(layer, mask=layer.getchannel("A"))
    picture = picture.convert("RGB")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
            picture = converted or picture
        except ImageCms.PyCMSError:  # a broken profile, or one for another mode: the pixels are still good
            pass
    picture.info = {}
    return picture


def _no_wider(picture: Image.Image, width: int) -> Image.Image:
    if picture.width <= width:
        return picture
    return picture.resize((width, max(1, round(picture.height * width / picture.width))), Image.Resampling.LANCZOS)
