"""A picture enters the house one way."""

from io import BytesIO

import pytest
from PIL import Image

from dure.kit import images


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def a_file(width=1600, height=900, mode="RGB", format="JPEG", **save):
    out = BytesIO()
    Image.new(mode, (width, height), "red" if mode == "RGB" else None).save(out, format, **save)
    return out


def stored(uploads, name):
    return Image.open(uploads / name)


def test_a_picture_is_kept_as_webp_in_three_sizes(uploads):
    kept = images.keep(a_file(), "products")
    assert (kept.width, kept.height) == (1280, 720)
    for size in images.SIZES:
        picture = stored(uploads, kept.name.replace("-1280", f"-{size}"))
        assert (picture.format, picture.width) == ("WEBP", size)


def test_a_small_picture_is_never_blown_up(uploads):
    kept = images.keep(a_file(500, 400), "products")
    assert (kept.width, kept.height) == (500, 400)
    assert stored(uploads, kept.name.replace("-1280", "-800")).width == 500


def test_where_a_picture_was_taken_is_not_kept_and_it_stands_upright(uploads):
    exif = Image.Exif()
    exif[0x0112] = 6  # held on its side: turn by 90 degrees
    exif[0x010E] = "서울 종로구 어느 집"
    kept = images.keep(a_file(800, 400, exif=exif.tobytes()), "reviews")
    picture = stored(uploads, kept.name)
    assert picture.size == (400, 800)
    assert not picture.getexif()
    assert "서울".encode() not in (uploads / kept.name).read_bytes()


@pytest.mark.parametrize(
    ("mode", "format"), [("RGBA", "PNG"), ("P", "GIF"), ("CMYK", "JPEG"), ("L", "PNG"), ("1", "PNG"), ("I;16", "PNG")]
)
def test_pictures_of_every_mode_are_taken(mode, format, uploads):
    assert images.keep(a_file(mode=mode, format=format), "products").width == 1280


@pytest.mark.parametrize(
    "body", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\xff\xd8\xff\xe0 not really"]
)
def test_what_is_no_picture_is_refused_whatever_it_is_called(body, uploads):
    with pytest.raises(images.NotAPicture):
        images.keep(BytesIO(body), "products")
    assert list(uploads.iterdir()) == []


def test_a_truncated_picture_is_refused(uploads):
    whole = a_file(format="PNG").getvalue()
    with pytest.raises(images.NotAPicture):
        images.keep(BytesIO(whole[: len(whole) // 2]), "products")


def test_too_many_bytes_or_pixels_are_refused_before_they_are_decoded(monkeypatch, uploads):
    monkeypatch.setattr(images, "MAX_PIXELS", 1000)
    with pytest.raises(images.PictureTooLarge):
        images.keep(a_file(100, 100), "products")
    monkeypatch.setattr(images, "MAX_BYTES", 10)
    with pytest.raises(images.PictureTooLarge):
        images.keep(a_file(100, 100), "products")


def test_a_picture_nobody_could_see_is_refused(uploads):
    with pytest.raises(images.PictureTooSmall):
        images.keep(a_file(20, 20), "products")


def test_the_other_sizes_are_found_by_the_name_alone(uploads):
    kept = images.keep(a_file(), "products")
    assert images.url(kept.name, 320).endswith("-320.webp")
    assert images.srcset(kept.name).count("w,") == 2
    assert images.srcset("somewhere/else.png") == ""
    images.forget(kept.name)
    assert not list((uploads / "products").iterdir())
