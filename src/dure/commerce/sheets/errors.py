from django.utils.translation import gettext_lazy as _

from dure.kit.errors import DureError


class NoHeadings(DureError):
    code = "no_headings"
    message = _("이 시트에서 제목 줄을 찾지 못했어요. 첫 줄에 ‘상품명’, ‘판매가’처럼 칸의 이름을 적어 주세요.")
    status = 422
    field = "file"


class NothingInside(DureError):
    code = "nothing_inside"
    message = _("제목 줄 아래에 적힌 것이 없어요. 한 줄 이상 채워서 올려 주세요.")
    status = 422
    field = "file"


class KeyColumnNeeded(DureError):
    """A sheet must say which product a row is about."""

    code = "key_column_needed"
    message = _(
        "어느 상품인지 알 수 있는 열이 필요해요. 상품명, 판매자 상품코드, 상품번호, 옵션번호 가운데 하나를 골라 주세요."
    )
    status = 422
    field = "columns"


class NothingToChange(DureError):
    code = "nothing_to_change"
    message = _("상품을 찾을 열만 있고 고칠 내용이 담긴 열이 없어요. 판매가나 재고 같은 열을 골라 주세요.")
    status = 422
    field = "columns"


class ColumnTwice(DureError):
    code = "column_twice"
    message = _("두 열을 같은 항목으로 골랐어요: %(name)s. 하나만 남겨 주세요.")
    status = 422
    field = "columns"


class WaybillColumnsNeeded(DureError):
    code = "waybill_columns_needed"
    message = _("이 칸을 찾지 못했어요: %(names)s. 내려받은 발주서에 택배사와 송장번호를 적어 올려 주세요.")
    status = 422
    field = "file"
