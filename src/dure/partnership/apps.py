from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PartnershipConfig(AppConfig):
    name = "dure.partnership"
    label = "partnership"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(first_rubric, sender=self)


def first_rubric(sender: AppConfig, using: str, **_: Any) -> None:
    """A house without a rubric gets ours; one that has its own keeps it."""
    from dure.partnership.models import Rubric
    from dure.partnership.rules import DEFAULT_CRITERIA

    if not Rubric.objects.using(using).exists():
        Rubric.objects.using(using).create(version="2026-11", criteria=DEFAULT_CRITERIA, active=True)
