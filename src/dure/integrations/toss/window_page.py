"""The page of the simulated payment window: what a buyer in Korea expects to see, marked as no real payment."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

METHODS = (
    ("카드", "신용·체크카드"),
    ("간편결제", "토스페이"),
    ("계좌이체", "퀵계좌이체"),
    ("가상계좌", "가상계좌"),
    ("휴대폰", "휴대폰"),
)
CARDS = ("신한", "KB국민", "현대", "삼성", "롯데", "하나", "우리", "NH농협", "BC")
BANKS = (("088", "신한"), ("004", "KB국민"), ("011", "NH농협"), ("020", "우리"), ("003", "IBK기업"), ("071", "우체국"))
CARRIED = ("orderId", "orderName", "amount", "successUrl", "failUrl", "customerName", "validHours")

STYLE = """
:root{color-scheme:light;--ink:#191f28;--soft:#4e5968;--line:#e5e8eb;--blue:#1f6feb;--wash:#f2f4f6}
*{box-sizing:border-box}body{margin:0;background:var(--wash);color:var(--ink);
font:16px/1.6 Pretendard,"Noto Sans KR","Noto Sans CJK KR",system-ui,sans-serif;word-break:keep-all}
main{max-width:27rem;margin:0 auto;min-height:100vh;background:#fff;padding:1.5rem;display:flex;flex-direction:column;gap:1.25rem}
h1{font-size:1.25rem;margin:0}.sum{font-size:1.9rem;font-weight:800;letter-spacing:-.02em;margin:.25rem 0 0}
.note{background:#fff7e6;border-radius:.75rem;padding:.75rem 1rem;font-size:.9rem;color:#7a4f00;margin:0}
fieldset{border:0;padding:0;margin:0;display:grid;gap:.5rem}legend{font-weight:700;margin-bottom:.5rem}
label{display:flex;gap:.75rem;align-items:center;border:1.5px solid var(--line);border-radius:.9rem;padding:.9rem 1rem;cursor:pointer}
label:has(:checked){border-color:var(--blue);background:#f0f6ff}input{accent-color:var(--blue);width:1.15rem;height:1.15rem}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;margin:0;font-size:.95rem}dt{color:var(--soft)}dd{margin:0;text-align:right}
.row{display:flex;gap:.75rem;align-items:center;justify-content:space-between}
.row label{border:0;padding:0;flex:1;justify-content:space-between}.row label:has(:checked){background:none}
select{font:inherit;color:inherit;background:#fff;border:1.5px solid var(--line);border-radius:.75rem;
padding:.6rem .75rem;min-height:2.75rem}
.keys{margin-top:auto;display:grid;gap:.6rem}button{font:inherit;font-weight:700;border:0;border-radius:.9rem;padding:1rem;cursor:pointer;
min-height:3.25rem}
.pay{background:var(--blue);color:#fff;font-size:1.1rem}.no,.fail{background:var(--wash);color:var(--soft)}
details{font-size:.95rem;color:var(--soft)}summary{cursor:pointer;padding:.75rem 0;text-align:center;border-radius:.75rem}
details div{display:grid;gap:.6rem}.fail{font-weight:400;text-align:left;line-height:1.45}.fail strong{display:block;color:var(--ink)}
button:focus-visible,label:focus-within,summary:focus-visible{outline:3px solid #9ec5ff;outline-offset:2px}
@media(min-width:40rem){main{min-height:auto;margin:4rem auto;border-radius:1.5rem;box-shadow:0 1rem 3rem rgba(25,31,40,.08);padding:2rem}}
"""


def page(fields: Mapping[str, str]) -> str:
    """`fields` are the window's own (toss.window); everything shown is escaped."""
    hidden = "".join(f'<input type="hidden" name="{n}" value="{escape(fields.get(n, ""))}">' for n in CARRIED)
    asked = fields.get("method") or METHODS[0][0]
    methods = "".join(
        f'<label><input type="radio" name="method" value="{value}"{" checked" if value == asked else ""}>{name}</label>'
        for value, name in METHODS
    )
    banks = "".join(f'<option value="{code}">{name}</option>' for code, name in BANKS)
    cards = "".join(f"<option>{card}</option>" for card in CARDS)
    several = int(fields["amount"]) >= 50_000  # cards take instalments from 50,000 won on
    months = "".join(f"<option>{n}개월</option>" for n in range(2, 13)) if several else ""
    return f"""<!doctype html><html lang="ko"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>결제하기</title><style>{STYLE}</style></head><body><main>
<p class="note">연습용 결제창이에요. 실제 돈은 빠져나가지 않아요.</p>
<div><h1>{escape(fields["orderName"])}</h1><p class="sum">{int(fields["amount"]):,}원</p></div>
<dl><dt>주문번호</dt><dd>{escape(fields["orderId"])}</dd><dt>구매자</dt><dd>{escape(fields.get("customerName", "")) or "-"}</dd></dl>
<form method="post" action="window" style="display:contents">{hidden}
<fieldset><legend>결제 수단</legend>{methods}
<div class="row"><label>카드사 <select name="card">{cards}</select></label>
<label>할부 <select name="months"><option>일시불</option>{months}</select></label></div>
<div class="row"><label>입금 은행 <select name="bank">{banks}</select></label></div></fieldset>
<div class="keys"><button class="pay" name="outcome" value="pay">결제하기</button>
<button class="no" name="outcome" value="cancel">그만두기</button>
<details><summary>실패로 만들기</summary><div>
<button class="fail" name="outcome" value="reject"><strong>카드사가 거절해요</strong>창은 끝나지만, 승인할 때 한도 초과로 거절돼요.</button>
<button class="fail" name="outcome" value="fail"><strong>결제창에서 실패해요</strong>인증이 중단되어 바로 가게로 돌아가요.</button>
</div></details></div></form></main></body></html>"""
