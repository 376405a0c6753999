"""Secrets at rest."""

from __future__ import annotations

import pytest

from dure.kit import crypto


def test_what_is_sealed_is_read_back_and_never_looks_the_same_twice():
    one, two = crypto.seal("account", "110-123-456789"), crypto.seal("account", "110-123-456789")
    assert one != two
    assert b"456789" not in one
    assert crypto.unseal("account", one) == crypto.unseal("account", memoryview(two)) == "110-123-456789"


@pytest.mark.parametrize(
    "spoilt",
    [
        lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]),
        lambda sealed: b"\x02" + sealed[1:],
        lambda sealed: sealed[:20],
        lambda _sealed: b"",
    ],
)
def test_what_was_tampered_with_is_refused(spoilt):
    with pytest.raises(crypto.CannotUnseal):
        crypto.unseal("account", spoilt(crypto.seal("account", "110")))


def test_a_secret_serves_the_purpose_it_was_sealed_for():
    with pytest.raises(crypto.CannotUnseal):
        crypto.unseal("another", crypto.seal("account", "110"))
