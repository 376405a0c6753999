"""What every page may ask: the house's mode and addresses."""

from typing import Any

from django.http import HttpRequest

from dure.config import load


def house(request: HttpRequest) -> dict[str, Any]:
    config = load()
    return {
        "house": {"demo": config.mode == "demo", "lane_url": config.lane_base_url, "media_url": config.media_base_url}
    }
