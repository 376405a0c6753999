import pytest

from dure.sites.api import access, limits


@pytest.fixture(autouse=True)
def _fresh():
    """What a process remembers of keys and their use does not outlive a test."""
    limits.forget()
    access.forget_keys()
    access._used.clear()


@pytest.fixture
def seller_of():
    """Somebody who works for the seller of a line; signed in by `client.force_login`."""
    from builders import a_person
    from dure.commerce.sellers.models import Member

    def hired(line, role="OWNER"):
        person = a_person()
        Member.objects.create(seller=line.seller, user=person, role=role)
        return person

    return hired
