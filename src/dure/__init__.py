"""dure: a marketplace that takes a small merchant from a stall to paid online sales.

Floors, from the bottom: kit, people and integrations, commerce, finance, the wings (partnership, live, ...), sites.
Imports only go down; see docs/architecture.md.
"""

__version__ = "0.1.0"
