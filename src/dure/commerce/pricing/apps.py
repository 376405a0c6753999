from datetime import date
from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

FIRST_PLAN = {"category": None, "basis_points": 500, "since": date(2020, 1, 1)}


class PricingConfig(AppConfig):
    name = "dure.commerce.pricing"

    def ready(self) -> None:
        post_migrate.connect(first_plan, sender=self)


def first_plan(sender: AppConfig, using: str, apps: Any = None, **_: Any) -> None:
    """A new house takes 5% of everything until somebody writes another plan."""
    registry: Any = apps or sender.apps
    plans = registry.get_model("pricing", "CommissionPlan")._default_manager.using(using)
    if not plans.exists():
        plans.create(**FIRST_PLAN)
