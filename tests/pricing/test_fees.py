"""What shipping costs: the golden table, and what holds for any terms and basket.

A row: terms | basket | postcode | won | reason | sentence. Change a row only when what a buyer pays is meant to change.

terms     무료                        FREE
          3000                        PAID
          3000<30000                  CONDITIONAL_FREE: 3,000 won, free from 30,000
          3000/5                      UNIT_QUANTITY_PAID: 3,000 won for every 5 pieces
          3000,3:+1000,6:+2500        RANGE_QUANTITY_PAID: from 3 pieces 1,000 more, from 6 pieces 2,500 more
          MIN(… & …), MAX(… & …)      a bundle group of several templates
          착불 …, 선택 …                paid at the door; the buyer chooses (and wants the door)
basket    2x10000 15000               two pieces for 10,000 won together is `2@10000`; `2x10000` is 20,000
          b:1x5000                    goods under the second template of the group
Everywhere Jeju costs 3,000 and the other islands 5,000 more.
"""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dure.commerce.pricing.rules import (
    COLLECT,
    COLLECT_OR_PREPAID,
    CONDITIONAL_FREE,
    FREE,
    MAX,
    MIN,
    PAID,
    RANGE_QUANTITY_PAID,
    UNIT_QUANTITY_PAID,
    Bundle,
    DeliveryTerms,
    Fee,
    Item,
    first_freight,
    shipping_fee,
)
from dure.commerce.pricing.words import charge_reasons, fee_reasons
from dure.kit import money

GOLDEN = """
# 무료: the seller ships for nothing; islands still cost
무료 | 1x10 | 03086 | 0 | FREE | 무료배송
무료 | 1x10000 | 03086 | 0 | FREE | 무료배송
무료 | 99x10000 | 03086 | 0 | FREE | 무료배송
무료 | 1x10000 | | 0 | FREE | 무료배송
무료 | 1x10000 | 63122 | 3000 | FREE | 무료배송 · 제주 +3,000원
무료 | 9x10000 | 63122 | 3000 | FREE | 무료배송 · 제주 +3,000원
무료 | 1x10000 | 40205 | 5000 | FREE | 무료배송 · 도서산간 +5,000원
0 | 1x10000 | 03086 | 0 | FREE | 무료배송
0<30000 | 1x10000 | 03086 | 0 | FREE | 무료배송
0/3 | 7x10000 | 03086 | 0 | FREE | 무료배송

# 유료: once, whatever is bought
3000 | 1x10 | 03086 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | 03086 | 3000 | BASE | 기본 배송비 3,000원
3000 | 2x10000 | 03086 | 3000 | BASE | 기본 배송비 3,000원
3000 | 50x10000 | 03086 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 1x20000 3x500 | 03086 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | 63122 | 6000 | BASE | 기본 배송비 3,000원 · 제주 +3,000원
3000 | 50x10000 | 63122 | 6000 | BASE | 기본 배송비 3,000원 · 제주 +3,000원
3000 | 1x10000 | 40205 | 8000 | BASE | 기본 배송비 3,000원 · 도서산간 +5,000원
2500 | 1x10000 | 03086 | 2500 | BASE | 기본 배송비 2,500원
100000 | 1x10000 | 03086 | 100000 | BASE | 기본 배송비 100,000원
10 | 1x10 | 03086 | 10 | BASE | 기본 배송비 10원

# 조건부 무료: the bound, and the won on either side of it
3000<30000 | 1x10 | 03086 | 3000 | BASE | 29,990원 더 담으면 무료배송
3000<30000 | 1x10000 | 03086 | 3000 | BASE | 20,000원 더 담으면 무료배송
3000<30000 | 1x27600 | 03086 | 3000 | BASE | 2,400원 더 담으면 무료배송
3000<30000 | 1x29999 | 03086 | 3000 | BASE | 1원 더 담으면 무료배송
3000<30000 | 1x30000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송
3000<30000 | 1x30001 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송
3000<30000 | 3x10000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송
3000<30000 | 2x10000 1x9999 | 03086 | 3000 | BASE | 1원 더 담으면 무료배송
3000<30000 | 2x10000 1x10000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송
3000<30000 | 1x900000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송
3000<30000 | 1x27600 | 63122 | 6000 | BASE | 2,400원 더 담으면 무료배송 · 제주 +3,000원
3000<30000 | 1x30000 | 63122 | 3000 | FREE_OVER | 30,000원 이상이라 무료배송 · 제주 +3,000원
3000<30000 | 1x10000 | 40205 | 8000 | BASE | 20,000원 더 담으면 무료배송 · 도서산간 +5,000원
3000<30000 | 1x30000 | 40205 | 5000 | FREE_OVER | 30,000원 이상이라 무료배송 · 도서산간 +5,000원
3000<30000 | 1x10000 | | 3000 | BASE | 20,000원 더 담으면 무료배송
3000<30000 | 3@29000 | 03086 | 3000 | BASE | 1,000원 더 담으면 무료배송
2500<50000 | 1x49990 | 03086 | 2500 | BASE | 10원 더 담으면 무료배송
2500<50000 | 1x50000 | 03086 | 0 | FREE_OVER | 50,000원 이상이라 무료배송
4000<10 | 1x10 | 03086 | 0 | FREE_OVER | 10원 이상이라 무료배송
3500<19800 | 2x9900 | 03086 | 0 | FREE_OVER | 19,800원 이상이라 무료배송
3500<19800 | 1x9900 | 03086 | 3500 | BASE | 9,900원 더 담으면 무료배송

# 할인 뒤의 금액으로 본다: three pieces for 29,990 after a coupon do not reach the bound
3000<30000 | 3@29990 | 03086 | 3000 | BASE | 10원 더 담으면 무료배송
3000<30000 | 3@30000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송
3000<30000 | 5@0 | 03086 | 3000 | BASE | 30,000원 더 담으면 무료배송

# 수량별: a fee for every n pieces begun
3000/1 | 1x10000 | 03086 | 3000 | UNIT | 1개마다 3,000원 × 1
3000/1 | 2x10000 | 03086 | 6000 | UNIT | 1개마다 3,000원 × 2
3000/1 | 3x10000 | 03086 | 9000 | UNIT | 1개마다 3,000원 × 3
3000/1 | 100x10000 | 03086 | 300000 | UNIT | 1개마다 3,000원 × 100
3000/2 | 1x10000 | 03086 | 3000 | UNIT | 2개마다 3,000원 × 1
3000/2 | 2x10000 | 03086 | 3000 | UNIT | 2개마다 3,000원 × 1
3000/2 | 3x10000 | 03086 | 6000 | UNIT | 2개마다 3,000원 × 2
3000/2 | 4x10000 | 03086 | 6000 | UNIT | 2개마다 3,000원 × 2
3000/2 | 5x10000 | 03086 | 9000 | UNIT | 2개마다 3,000원 × 3
3000/5 | 1x10000 | 03086 | 3000 | UNIT | 5개마다 3,000원 × 1
3000/5 | 4x10000 | 03086 | 3000 | UNIT | 5개마다 3,000원 × 1
3000/5 | 5x10000 | 03086 | 3000 | UNIT | 5개마다 3,000원 × 1
3000/5 | 6x10000 | 03086 | 6000 | UNIT | 5개마다 3,000원 × 2
3000/5 | 10x10000 | 03086 | 6000 | UNIT | 5개마다 3,000원 × 2
3000/5 | 11x10000 | 03086 | 9000 | UNIT | 5개마다 3,000원 × 3
3000/5 | 2x10000 3x500 | 03086 | 3000 | UNIT | 5개마다 3,000원 × 1
3000/5 | 3x10000 3x500 | 03086 | 6000 | UNIT | 5개마다 3,000원 × 2
3000/5 | 1x10000 1x10000 1x10000 1x10000 1x10000 1x10000 | 03086 | 6000 | UNIT | 5개마다 3,000원 × 2
3000/5 | 5x10000 | 63122 | 6000 | UNIT | 5개마다 3,000원 × 1 · 제주 +3,000원
3000/5 | 6x10000 | 63122 | 9000 | UNIT | 5개마다 3,000원 × 2 · 제주 +3,000원
3000/5 | 6x10000 | 40205 | 11000 | UNIT | 5개마다 3,000원 × 2 · 도서산간 +5,000원
3000/1 | 3x10000 | 63122 | 12000 | UNIT | 1개마다 3,000원 × 3 · 제주 +3,000원
2000/3 | 3x1000000 | 03086 | 2000 | UNIT | 3개마다 2,000원 × 1
2000/3 | 999x10 | 03086 | 666000 | UNIT | 3개마다 2,000원 × 333

# 구간별, 2구간: from the band on its extra
3000,3:+2000 | 1x10000 | 03086 | 3000 | RANGE | 1개부터 3,000원
3000,3:+2000 | 2x10000 | 03086 | 3000 | RANGE | 1개부터 3,000원
3000,3:+2000 | 3x10000 | 03086 | 5000 | RANGE | 3개부터 5,000원
3000,3:+2000 | 4x10000 | 03086 | 5000 | RANGE | 3개부터 5,000원
3000,3:+2000 | 500x10000 | 03086 | 5000 | RANGE | 3개부터 5,000원
3000,3:+2000 | 1x10000 1x10000 | 03086 | 3000 | RANGE | 1개부터 3,000원
3000,3:+2000 | 1x10000 2x10000 | 03086 | 5000 | RANGE | 3개부터 5,000원
3000,3:+2000 | 2x10000 | 63122 | 6000 | RANGE | 1개부터 3,000원 · 제주 +3,000원
3000,3:+2000 | 3x10000 | 63122 | 8000 | RANGE | 3개부터 5,000원 · 제주 +3,000원
3000,3:+2000 | 3x10000 | 40205 | 10000 | RANGE | 3개부터 5,000원 · 도서산간 +5,000원
0,3:+2000 | 2x10000 | 03086 | 0 | FREE | 무료배송
0,3:+2000 | 3x10000 | 03086 | 2000 | RANGE | 3개부터 2,000원
0,3:+2000 | 2x10000 | 63122 | 3000 | FREE | 무료배송 · 제주 +3,000원
3000,2:+0 | 2x10000 | 03086 | 3000 | RANGE | 2개부터 3,000원

# 구간별, 3구간: the band's own extra, not the sum of both
3000,3:+1000,6:+2500 | 1x10000 | 03086 | 3000 | RANGE | 1개부터 3,000원
3000,3:+1000,6:+2500 | 2x10000 | 03086 | 3000 | RANGE | 1개부터 3,000원
3000,3:+1000,6:+2500 | 3x10000 | 03086 | 4000 | RANGE | 3개부터 4,000원
3000,3:+1000,6:+2500 | 5x10000 | 03086 | 4000 | RANGE | 3개부터 4,000원
3000,3:+1000,6:+2500 | 6x10000 | 03086 | 5500 | RANGE | 6개부터 5,500원
3000,3:+1000,6:+2500 | 7x10000 | 03086 | 5500 | RANGE | 6개부터 5,500원
3000,3:+1000,6:+2500 | 3x10000 3x10 | 03086 | 5500 | RANGE | 6개부터 5,500원
3000,3:+1000,6:+2500 | 6x10000 | 63122 | 8500 | RANGE | 6개부터 5,500원 · 제주 +3,000원
3000,3:+1000,6:+2500 | 6x10000 | 40205 | 10500 | RANGE | 6개부터 5,500원 · 도서산간 +5,000원
4000,11:+4000,21:+8000 | 10x500 | 03086 | 4000 | RANGE | 1개부터 4,000원
4000,11:+4000,21:+8000 | 11x500 | 03086 | 8000 | RANGE | 11개부터 8,000원
4000,11:+4000,21:+8000 | 20x500 | 03086 | 8000 | RANGE | 11개부터 8,000원
4000,11:+4000,21:+8000 | 21x500 | 03086 | 12000 | RANGE | 21개부터 12,000원

# 묶음배송 그룹: the lowest or the highest fee, once; the surcharge once
MIN(2500 & 4000) | 1x10000 | 03086 | 2500 | BASE | 기본 배송비 2,500원
MIN(2500 & 4000) | b:1x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원
MIN(2500 & 4000) | 1x10000 b:1x10000 | 03086 | 2500 | BASE | 기본 배송비 2,500원 · 묶음배송, 가장 싼 배송비 한 번만
MAX(2500 & 4000) | 1x10000 | 03086 | 2500 | BASE | 기본 배송비 2,500원
MAX(2500 & 4000) | b:1x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원
MAX(2500 & 4000) | 1x10000 b:1x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(2500 & 4000) | 1x10000 b:1x10000 | 63122 | 7000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 비싼 배송비 한 번만 · 제주 +3,000원
MIN(2500 & 4000) | 1x10000 b:1x10000 | 63122 | 5500 | BASE | 기본 배송비 2,500원 · 묶음배송, 가장 싼 배송비 한 번만 · 제주 +3,000원
MIN(2500 & 4000) | 1x10000 b:1x10000 | 40205 | 7500 | BASE | 기본 배송비 2,500원 · 묶음배송, 가장 싼 배송비 한 번만 · 도서산간 +5,000원
MAX(3000 & 3000) | 1x10000 b:1x10000 | 03086 | 3000 | BASE | 기본 배송비 3,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MIN(무료 & 3000) | 1x10000 b:1x10000 | 03086 | 0 | FREE | 무료배송 · 묶음배송, 가장 싼 배송비 한 번만
MAX(무료 & 3000) | 1x10000 b:1x10000 | 03086 | 3000 | BASE | 기본 배송비 3,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MIN(무료 & 3000) | b:1x10000 | 03086 | 3000 | BASE | 기본 배송비 3,000원
MIN(무료 & 3000) | 1x10000 b:1x10000 | 63122 | 3000 | FREE | 무료배송 · 묶음배송, 가장 싼 배송비 한 번만 · 제주 +3,000원
MAX(무료 & 무료) | 1x10000 b:1x10000 | 03086 | 0 | FREE | 무료배송 · 묶음배송, 가장 비싼 배송비 한 번만

# A bound in a group counts the goods of the whole group
MIN(3000<30000 & 4000) | 1x20000 b:1x10000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송 · 묶음배송, 가장 싼 배송비 한 번만
MIN(3000<30000 & 4000) | 1x20000 b:1x9999 | 03086 | 3000 | BASE | 1원 더 담으면 무료배송 · 묶음배송, 가장 싼 배송비 한 번만
MIN(3000<30000 & 4000) | 1x20000 | 03086 | 3000 | BASE | 10,000원 더 담으면 무료배송
MIN(3000<30000 & 4000) | b:9x20000 | 03086 | 4000 | BASE | 기본 배송비 4,000원
MAX(3000<30000 & 4000) | 1x20000 b:1x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000<30000 & 2000) | 1x20000 b:1x9000 | 03086 | 3000 | BASE | 1,000원 더 담으면 무료배송 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000<30000 & 2000) | 1x20000 b:1x10000 | 03086 | 2000 | BASE | 기본 배송비 2,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000<30000 & 3000<50000) | 1x20000 b:1x20000 | 03086 | 3000 | BASE | 10,000원 더 담으면 무료배송 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000<30000 & 3000<50000) | 1x20000 b:1x30000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송 · 묶음배송, 가장 비싼 배송비 한 번만
MIN(3000<30000 & 3000<50000) | 1x20000 b:1x20000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송 · 묶음배송, 가장 싼 배송비 한 번만
MIN(3000<30000 & 3000<50000) | b:1x40000 | 03086 | 3000 | BASE | 10,000원 더 담으면 무료배송
MIN(3000<30000 & 무료) | 1x10 b:1x10 | 03086 | 0 | FREE | 무료배송 · 묶음배송, 가장 싼 배송비 한 번만
MAX(3000<30000 & 무료) | 1x29999 b:1x1 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송 · 묶음배송, 가장 비싼 배송비 한 번만

# Pieces in a group are counted per template
MAX(3000/2 & 4000) | 2x10000 b:3x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000/2 & 4000) | 3x10000 b:1x10000 | 03086 | 6000 | UNIT | 2개마다 3,000원 × 2 · 묶음배송, 가장 비싼 배송비 한 번만
MIN(3000/2 & 4000) | 3x10000 b:1x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 싼 배송비 한 번만
MIN(3000/2 & 4000) | 2x10000 b:9x10000 | 03086 | 3000 | UNIT | 2개마다 3,000원 × 1 · 묶음배송, 가장 싼 배송비 한 번만
MAX(3000/2 & 3000/5) | 2x10000 b:5x10000 | 03086 | 3000 | UNIT | 2개마다 3,000원 × 1 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000/2 & 3000/5) | 2x10000 b:6x10000 | 03086 | 6000 | UNIT | 5개마다 3,000원 × 2 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000,3:+2000 & 4000) | 2x10000 b:1x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MAX(3000,3:+2000 & 4000) | 3x10000 b:1x10000 | 03086 | 5000 | RANGE | 3개부터 5,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MIN(3000,3:+2000 & 4000) | 3x10000 b:1x10000 | 03086 | 4000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 싼 배송비 한 번만
MIN(3000,3:+2000 & 3000<30000) | 3x10000 b:1x10 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송 · 묶음배송, 가장 싼 배송비 한 번만
MAX(2500 & 4000 & 3500) | 1x10 b:1x10 c:1x10 | 03086 | 4000 | BASE | 기본 배송비 4,000원 · 묶음배송, 가장 비싼 배송비 한 번만
MIN(2500 & 4000 & 3500) | b:1x10 c:1x10 | 03086 | 3500 | BASE | 기본 배송비 3,500원 · 묶음배송, 가장 싼 배송비 한 번만

# 착불: nothing with the order, all of it at the door
착불 3000 | 1x10000 | 03086 | 0+3000 | BASE | 착불 3,000원 · 기본 배송비 3,000원
착불 3000 | 1x10000 | 63122 | 0+6000 | BASE | 착불 6,000원 · 기본 배송비 3,000원 · 제주 +3,000원
착불 3000 | 1x10000 | 40205 | 0+8000 | BASE | 착불 8,000원 · 기본 배송비 3,000원 · 도서산간 +5,000원
착불 3000<30000 | 1x10000 | 03086 | 0+3000 | BASE | 착불 3,000원 · 20,000원 더 담으면 무료배송
착불 3000<30000 | 3x10000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송
착불 3000<30000 | 3x10000 | 63122 | 0+3000 | FREE_OVER | 착불 3,000원 · 30,000원 이상이라 무료배송 · 제주 +3,000원
착불 3000/2 | 3x10000 | 03086 | 0+6000 | UNIT | 착불 6,000원 · 2개마다 3,000원 × 2
착불 3000,3:+2000 | 3x10000 | 03086 | 0+5000 | RANGE | 착불 5,000원 · 3개부터 5,000원
착불 무료 | 1x10000 | 03086 | 0 | FREE | 무료배송
선택 3000 | 1x10000 | 03086 | 0+3000 | BASE | 착불 3,000원 · 기본 배송비 3,000원
선택 3000 | 1x10000 | 63122 | 0+6000 | BASE | 착불 6,000원 · 기본 배송비 3,000원 · 제주 +3,000원
선택 3000<30000 | 3x10000 | 03086 | 0 | FREE_OVER | 30,000원 이상이라 무료배송

# Where Jeju and the islands begin and end
3000 | 1x10000 | 62999 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | 63000 | 6000 | BASE | 기본 배송비 3,000원 · 제주 +3,000원
3000 | 1x10000 | 63644 | 6000 | BASE | 기본 배송비 3,000원 · 제주 +3,000원
3000 | 1x10000 | 63645 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | 40199 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | 40200 | 8000 | BASE | 기본 배송비 3,000원 · 도서산간 +5,000원
3000 | 1x10000 | 40240 | 8000 | BASE | 기본 배송비 3,000원 · 도서산간 +5,000원
3000 | 1x10000 | 40241 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | 23108 | 8000 | BASE | 기본 배송비 3,000원 · 도서산간 +5,000원
3000 | 1x10000 | 56348 | 8000 | BASE | 기본 배송비 3,000원 · 도서산간 +5,000원
3000 | 1x10000 | 59785 | 8000 | BASE | 기본 배송비 3,000원 · 도서산간 +5,000원
3000 | 1x10000 | 6312 | 3000 | BASE | 기본 배송비 3,000원
3000 | 1x10000 | 제주시 | 3000 | BASE | 기본 배송비 3,000원

# Nothing to send costs nothing
3000 | | 03086 | 0 | NOTHING | 보낼 상품이 없어요
3000<30000 | 0x10000 | 63122 | 0 | NOTHING | 보낼 상품이 없어요
MAX(3000/2 & 4000) | | 40205 | 0 | NOTHING | 보낼 상품이 없어요
"""


def _terms(text: str) -> DeliveryTerms:
    if text == "무료":
        return DeliveryTerms(FREE)
    if "<" in text:
        fee, bound = text.split("<")
        return DeliveryTerms(CONDITIONAL_FREE, int(fee), free_over=int(bound))
    if "/" in text:
        fee, unit = text.split("/")
        return DeliveryTerms(UNIT_QUANTITY_PAID, int(fee), unit=int(unit))
    if "," in text:
        fee, *bands = text.split(",")
        pairs = [band.split(":+") for band in bands]
        return DeliveryTerms(RANGE_QUANTITY_PAID, int(fee), bands=tuple((int(n), int(won)) for n, won in pairs))
    return DeliveryTerms(PAID, int(text))


def _bundle(text: str) -> Bundle:
    pay = "PREPAID"
    if text.startswith(("착불 ", "선택 ")):
        word, text = text.split(" ", 1)
        pay = COLLECT if word == "착불" else COLLECT_OR_PREPAID
    group = re.fullmatch(r"(MIN|MAX)\((.+)\)", text)
    method, parts = (group[1], group[2].split(" & ")) if group else (MAX, [text])
    return Bundle(tuple(map(_terms, parts)), method, pay, jeju_extra=3000, remote_extra=5000)


def _items(text: str) -> list[Item]:
    items = []
    for word in text.split():
        part, _colon, goods = word.rpartition(":")
        quantity, sign, won = re.fullmatch(r"(\d+)([x@])(\d+)", goods).groups()
        total = int(won) * (int(quantity) if sign == "x" else 1)
        items.append(Item(total, int(quantity), "abc".index(part or "a")))
    return items


ROWS = [[cell.strip() for cell in line.split("|")] for line in GOLDEN.splitlines() if line.strip() and line[0] != "#"]


def test_the_table_is_long_enough_and_says_nothing_twice():
    assert len(ROWS) >= 150
    asked = [tuple(row[:3]) for row in ROWS]
    assert len(set(asked)) == len(asked)


@pytest.mark.parametrize(("terms", "basket", "postcode", "won", "reason", "sentence"), ROWS)
def test_the_golden_table(terms, basket, postcode, won, reason, sentence):
    fee = shipping_fee(_bundle(terms), _items(basket), postcode, at_the_door=True)
    now, _plus, door = won.partition("+")
    assert (fee.amount, fee.collect, fee.reason) == (int(now), int(door or 0), reason)
    assert " · ".join(fee_reasons(fee)) == sentence


def test_who_may_choose_pays_with_the_order_unless_the_door_is_chosen():
    bundle = _bundle("선택 3000")
    assert shipping_fee(bundle, [Item(10_000, 1)]).amount == 3000
    assert shipping_fee(bundle, [Item(10_000, 1)], at_the_door=True).collect == 3000
    assert shipping_fee(_bundle("3000"), [Item(10_000, 1)], at_the_door=True).amount == 3000  # no choice was given


def test_a_stored_charge_no_longer_asks_for_more():
    bundle = _bundle("3000<30000")
    fee = shipping_fee(bundle, [Item(27_600, 1)], "63122")
    kept = {**bundle.as_json(), "said": fee.params}
    assert charge_reasons(fee.reason, fee.extra, kept) == ["기본 배송비 3,000원", "제주 +3,000원"]


def test_a_charge_of_the_time_of_flat_fees_is_still_understood():
    old = {"fee": 3000, "free_over": 30_000, "jeju_extra": 3000, "remote_extra": 5000, "return_fee": 2500}
    bundle = Bundle.read(old)
    assert bundle.terms == (_terms("3000<30000"),)
    assert bundle.return_fee == 2500
    assert charge_reasons("BASE", 3000, old) == ["기본 배송비 3,000원", "지역 추가 +3,000원"]
    assert charge_reasons("FREE_OVER", 0, old) == ["30,000원 이상이라 무료배송"]
    assert Bundle.read({"fee": 0, "free_over": None}).terms == (DeliveryTerms(FREE),)


@pytest.mark.parametrize(
    ("terms", "reason", "kept", "due"),
    [
        ("3000", "BASE", "", 0),  # it was paid
        ("3000<30000", "FREE_OVER", "1x30000", 0),  # what stays still reaches the bound
        ("3000<30000", "FREE_OVER", "1x29990", 3000),
        ("3000<30000", "FREE_OVER", "", 3000),
        ("무료", "FREE", "1x10000", 0),  # the seller's own choice, and some of it stays
        ("무료", "FREE", "", 2500),  # a parcel costs what its way back costs
        ("MIN(무료 & 4000)", "FREE", "1x10000", 0),
        ("MIN(무료 & 4000)", "FREE", "b:1x10000", 4000),  # what made it free came back
        ("MIN(3000<30000 & 4000)", "FREE_OVER", "b:1x40000", 4000),
        ("0,3:+2000", "FREE", "1x10000", 0),
        ("3000/2", "UNIT", "1x10000", 0),
    ],
)
def test_when_the_first_freight_is_due_after_all(terms, reason, kept, due):
    bundle = replace(_bundle(terms), return_fee=2500)
    assert first_freight(bundle, reason, _items(kept)) == due
    assert first_freight(replace(bundle, first_freight=False), reason, _items(kept)) == 0  # the seller waives it


WON = st.integers(0, 200_000)
PIECES = st.integers(1, 60)
POSTCODES = st.sampled_from(["", "03086", "63122", "40205", "59785"])


@st.composite
def terms(draw) -> DeliveryTerms:
    kind = draw(st.sampled_from([FREE, PAID, CONDITIONAL_FREE, UNIT_QUANTITY_PAID, RANGE_QUANTITY_PAID]))
    fee = 0 if kind == FREE else draw(st.integers(0, 20_000))
    second, third = draw(st.integers(2, 20)), draw(st.integers(21, 50))
    return DeliveryTerms(
        kind,
        fee,
        free_over=draw(st.integers(1, 100_000)) if kind == CONDITIONAL_FREE else None,
        unit=draw(st.integers(1, 20)) if kind == UNIT_QUANTITY_PAID else None,
        bands=((second, draw(WON)), (third, draw(WON))) if kind == RANGE_QUANTITY_PAID else (),
    )


@st.composite
def bundles(draw) -> Bundle:
    several = tuple(draw(st.lists(terms(), min_size=1, max_size=3)))
    method, pay = draw(st.sampled_from([MIN, MAX])), draw(st.sampled_from(["PREPAID", COLLECT, COLLECT_OR_PREPAID]))
    return Bundle(several, method, pay, jeju_extra=draw(WON), remote_extra=draw(WON), return_fee=draw(WON))


@st.composite
def sendings(draw) -> tuple[Bundle, list[Item]]:
    bundle = draw(bundles())
    parts = st.integers(0, len(bundle.terms) - 1)
    return bundle, draw(st.lists(st.builds(Item, WON, PIECES, parts), min_size=1, max_size=6))


def _whole(fee: Fee) -> int:
    return fee.amount + fee.collect


@given(sendings(), POSTCODES, st.booleans())
def test_no_fee_is_negative_and_each_won_is_paid_once(sending, postcode, door):
    bundle, items = sending
    fee = shipping_fee(bundle, items, postcode, at_the_door=door)
    assert fee.amount >= 0
    assert fee.collect >= 0
    assert 0 <= fee.extra <= _whole(fee)
    assert fee.amount == 0 or fee.collect == 0
    assert fee_reasons(fee)


@given(sendings(), POSTCODES)
def test_the_lowest_of_a_group_is_never_above_the_highest(sending, postcode):
    bundle, items = sending
    low = shipping_fee(replace(bundle, method=MIN), items, postcode)
    high = shipping_fee(replace(bundle, method=MAX), items, postcode)
    assert _whole(low) <= _whole(high)
    alone = [_whole(shipping_fee(bundle, [item], postcode)) for item in items]
    if not any(t.type in {CONDITIONAL_FREE, UNIT_QUANTITY_PAID, RANGE_QUANTITY_PAID} for t in bundle.terms):
        assert _whole(high) == max(alone)  # a group never costs more than its dearest part


@given(terms(), st.lists(st.builds(Item, WON, PIECES), min_size=1, max_size=4), st.builds(Item, WON, PIECES), POSTCODES)
def test_one_more_piece_never_makes_what_ships_free_cost_again(one, items, more, postcode):
    bundle = Bundle((one,), jeju_extra=3000)
    before, after = (shipping_fee(bundle, x, postcode) for x in (items, [*items, more]))
    if one.type in {FREE, PAID, CONDITIONAL_FREE}:
        assert after.amount <= before.amount
    if before.reason == "FREE_OVER":
        assert after.reason == "FREE_OVER"
    if before.params.get("left"):  # the page's promise: this much more, and shipping is free
        kept = shipping_fee(bundle, [*items, Item(before.params["left"], 1)], postcode)
        assert kept.reason == "FREE_OVER"
        assert kept.amount == kept.extra


@given(sendings(), POSTCODES)
def test_what_is_kept_of_a_charge_reckons_the_same_again(sending, postcode):
    bundle, items = sending
    kept = Bundle.read({**bundle.as_json(), "said": {"zone": "JEJU"}})
    assert kept == bundle
    assert shipping_fee(kept, items, postcode) == shipping_fee(bundle, items, postcode)


@given(sendings(), POSTCODES)
def test_the_order_of_the_lines_does_not_matter(sending, postcode):
    bundle, items = sending
    there, back = (shipping_fee(bundle, x, postcode) for x in (items, items[::-1]))
    assert there == back


@given(sendings(), POSTCODES, st.lists(st.integers(0, 1000), min_size=1, max_size=6))
def test_a_fee_shared_over_lines_adds_up_to_the_fee(sending, postcode, weights):
    bundle, items = sending
    fee = shipping_fee(bundle, items, postcode)
    assert sum(money.split(fee.amount, weights)) == fee.amount
