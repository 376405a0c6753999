import pytest

from dure.kit.privacy import masked_name, masked_text

TEXTS = [
    ("010-1234-5678로 전화 주세요", "***-****-****로 전화 주세요"),
    ("01012345678 연락", "*********** 연락"),
    ("02) 123 4567", "**) *** ****"),
    ("+82 10 1234 5678", "+** ** **** ****"),
    ("kim@example.kr 로", "***@*** 로"),
    ("국민 110-123-456789 김두레", "국민 ***-***-****** 김두레"),
    ("900101-1234567", "******-*******"),
    ("3kg 12,000원, 2026-11-24에 주문했어요. 사과 1234개", "3kg 12,000원, 2026-11-24에 주문했어요. 사과 1234개"),
    ("송장은 언제 오나요?", "송장은 언제 오나요?"),
]


@pytest.mark.parametrize(("written", "shown"), TEXTS)
def test_what_lets_strangers_call_write_or_pay_is_hidden(written, shown):
    assert masked_text(written) == shown


@pytest.mark.parametrize(("name", "shown"), [("김두레", "김**"), ("김두", "김*"), ("두", "두"), ("", "")])
def test_names_of_strangers(name, shown):
    assert masked_name(name) == shown
