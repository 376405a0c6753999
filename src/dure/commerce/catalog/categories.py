"""The shelves of the shop: (code, Korean, English, icon, notice form, shelves below it). Kept in step at every migration."""

from __future__ import annotations

from typing import Any

CATEGORIES: list[tuple[str, str, str, str, str, list[tuple[str, str, str, str, str]]]] = [
    (
        "fresh",
        "신선식품",
        "Fresh food",
        "leaf",
        "AGRO",
        [
            ("fruit", "과일", "Fruit", "leaf", "AGRO"),
            ("vegetable", "채소", "Vegetables", "leaf", "AGRO"),
            ("grain", "쌀·잡곡·견과", "Rice, grains and nuts", "leaf", "AGRO"),
            ("seafood", "수산·건어물", "Seafood and dried fish", "leaf", "AGRO"),
            ("meat", "정육·달걀", "Meat and eggs", "leaf", "AGRO"),
        ],
    ),
    (
        "kitchen-food",
        "반찬·가공식품",
        "Side dishes and groceries",
        "utensils",
        "FOOD",
        [
            ("banchan", "반찬·김치", "Side dishes and kimchi", "utensils", "FOOD"),
            ("sauce", "장·양념·기름", "Pastes, seasonings and oils", "utensils", "FOOD"),
            ("meal", "간편식·면", "Ready meals and noodles", "utensils", "FOOD"),
            ("sweets", "떡·과자·빵", "Rice cakes, sweets and bread", "gift", "FOOD"),
            ("tea", "차·커피·음료", "Tea, coffee and drinks", "utensils", "FOOD"),
        ],
    ),
    (
        "home",
        "생활·주방",
        "Home and kitchen",
        "house",
        "LIVING",
        [
            ("kitchen", "주방용품", "Kitchenware", "utensils", "LIVING"),
            ("living", "생활용품", "Household goods", "house", "LIVING"),
            ("bedding", "침구·수건", "Bedding and towels", "house", "LIVING"),
            ("storage", "수납·정리", "Storage", "box", "LIVING"),
        ],
    ),
    (
        "style",
        "패션·잡화",
        "Clothes and accessories",
        "tag",
        "WEAR",
        [
            ("fashion", "의류", "Clothes", "tag", "WEAR"),
            ("hanbok", "한복", "Hanbok", "tag", "WEAR"),
            ("bag", "가방·모자·양말", "Bags, hats and socks", "shopping-bag", "WEAR"),
        ],
    ),
    (
        "handmade",
        "공예·취미",
        "Crafts and hobbies",
        "sparkles",
        "CRAFT",
        [
            ("craft", "손공예", "Handicrafts", "sparkles", "CRAFT"),
            ("pottery", "도자기", "Pottery", "sparkles", "CRAFT"),
            ("flower", "꽃·식물", "Flowers and plants", "leaf", "ETC"),
            ("stationery", "문구·책", "Stationery and books", "pencil", "ETC"),
        ],
    ),
    ("etc", "그 밖의 상품", "Everything else", "package", "ETC", []),
]


def sync(categories: Any) -> None:
    """Make the table say what this module says; `categories` is its manager. Shelves made by an operator are left alone."""
    known = {row.code: row for row in categories.all()}

    def put(code: str, parent: Any, position: int, name_ko: str, name_en: str, icon: str, notice_type: str) -> Any:
        wanted = {
            "parent_id": parent and parent.pk,
            "position": position,
            "name_ko": name_ko,
            "name_en": name_en,
            "icon": icon,
            "notice_type": notice_type,
        }
        row = known.get(code)
        if row is None or any(getattr(row, name) != value for name, value in wanted.items()):
            row, _created = categories.update_or_create(code=code, defaults=wanted)
        return row

    for i, (code, *words, shelves) in enumerate(CATEGORIES):
        parent = put(code, None, i * 100, *words)
        for j, (below, *its_words) in enumerate(shelves, 1):
            put(below, parent, i * 100 + j, *its_words)
