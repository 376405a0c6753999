"""Notice forms carry Naver's codes: our few early ones are renamed where they stand, in products and their revisions."""

from django.db import migrations

NEW = {"AGRO": "FOOD", "FOOD": "GENERAL_FOOD", "LIVING": "KITCHEN_UTENSILS", "CRAFT": "ETC"}
OLD = {new: old for old, new in NEW.items()} | {"ETC": "ETC"}


def case(column: str, words: dict[str, str]) -> str:
    whens = " ".join(f"WHEN '{old}' THEN '{new}'" for old, new in words.items())
    return f"CASE {column} {whens} ELSE {column} END"


def statements(words: dict[str, str]) -> list[str]:
    codes = ", ".join(f"'{code}'" for code in words)
    sql = [
        f"UPDATE catalog_{table} SET notice_type = {case('notice_type', words)} WHERE notice_type IN ({codes})"
        for table in ("category", "product")
    ]
    for side in ("before", "after"):
        told = f"{side} ->> 'notice_type'"
        sql.append(
            f"UPDATE catalog_revision SET {side} = jsonb_set({side}, '{{notice_type}}', "
            f"to_jsonb(({case(f'({told})', words)})::text)) WHERE {told} IN ({codes})"
        )
    return sql


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_product_terms")]
    operations = [migrations.RunSQL(statements(NEW), statements(OLD))]
