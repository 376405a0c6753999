"""The demo travels as one file; what comes out is what went in, some weeks later."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from dure.demo import archive
from dure.kit import clock
from dure.people.models import Grant, User

pytestmark = pytest.mark.django_db(transaction=True)
BUILT = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)  # a Monday


@pytest.fixture
def packed(tmp_path):
    home = tmp_path / "home"
    (home / "uploads/products").mkdir(parents=True)
    for name in ("a.webp", "b.webp"):
        (home / "uploads/products" / name).write_bytes(b"the same picture")
    with clock.at(BUILT):
        user = User.objects.create_user("md@example.com", name="엠디\t탭")
        Grant.objects.create(user=user, role="MD")
        archive.write(tmp_path / "demo.tar.xz", home, say=lambda _: None)
    Grant.objects.all().delete()
    User.objects.all().delete()
    return tmp_path / "demo.tar.xz"


def test_rows_and_files_come_back_and_dates_move_by_whole_weeks(packed, tmp_path):
    with clock.at(BUILT + timedelta(days=17)):
        assert archive.load(packed, tmp_path / "new", say=lambda _: None) >= 2
    user = User.objects.get()
    assert user.name == "엠디\t탭" and user.roles == {"MD"}
    assert user.date_joined == BUILT + timedelta(weeks=2)
    assert (tmp_path / "new/uploads/products/b.webp").read_bytes() == b"the same picture"


def test_new_rows_go_on_after_the_loaded_ones(packed, tmp_path):
    archive.load(packed, tmp_path / "new", say=lambda _: None)
    first = User.objects.get()
    assert User.objects.create_user("next@example.com", name="다음").pk > first.pk


def test_an_archive_made_for_other_tables_is_refused_with_what_to_do(packed, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "fingerprint", lambda tables: "another")
    with pytest.raises(archive.ArchiveError, match="dure demo build"):
        archive.load(packed, tmp_path / "new", say=lambda _: None)
    assert not User.objects.exists()


def test_an_archive_of_older_tables_is_loaded_into_them_and_then_migrated(tmp_path):
    (tmp_path / "home").mkdir()
    archive._tables_of(
        {"contenttypes": "0002_remove_content_type_name", "people": "0001_initial", "kit": "0001_initial"}
    )
    assert "people_user" in archive.schema() and "orders_order" not in archive.schema()
    with connection.cursor() as cursor:  # today's User has columns that this table does not
        cursor.execute(
            "INSERT INTO people_user (email, password, name, phone, language, is_superuser, is_staff, is_active, date_joined)"
            " VALUES ('md@example.com', '!', '엠디', '', 'ko', false, false, true, now())"
        )
    archive.write(tmp_path / "old.tar.xz", tmp_path / "home", say=lambda _: None)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_user")
    call_command("migrate", verbosity=0)
    assert archive.load(tmp_path / "old.tar.xz", tmp_path / "new", say=lambda _: None) == 1
    assert User.objects.get().name == "엠디" and "orders_order" in archive.schema()
