from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CatalogConfig(AppConfig):
    name = "dure.commerce.catalog"

    def ready(self) -> None:
        post_migrate.connect(put_up_the_shelves, sender=self)


def put_up_the_shelves(sender: AppConfig, using: str, apps: Any = None, **_: Any) -> None:
    from dure.commerce.catalog.categories import sync

    registry: Any = apps or sender.apps
    sync(registry.get_model("catalog", "Category")._default_manager.using(using))
