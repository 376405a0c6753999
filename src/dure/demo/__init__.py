"""The demo market: made by the journey's own actions (build), kept as one archive, loaded at the first start."""

from pathlib import Path

ARCHIVE = Path(__file__).parents[3] / "demo/market.tar.xz"
