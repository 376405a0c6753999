"""What axe-core finds wrong with an open page for people who cannot see it or use a mouse.

assert serious(page) == []
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[1] / "frontend/node_modules/axe-core/axe.min.js"


def serious(page: Page) -> list[str]:
    """Findings of impact serious or critical, a line each: rule, what it says, the first elements it means."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{v['id']}: {v['help']}: " + "; ".join(str(node["target"][0]) for node in v["nodes"][:4])
        for v in found["violations"]
        if v["impact"] in {"serious", "critical"}
    ]


@cache
def _axe() -> str:
    return SCRIPT.read_text()
