from __future__ import annotations

import pytest
from django.db import connection


@pytest.mark.django_db
def test_the_tests_run_on_the_embedded_database():
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 150000
