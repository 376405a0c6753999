"""What no event says, because it is the passing of time: found by asking, told once by the message's key.

Each may be run at any moment and as often as one likes; those for the day wait for the day.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Count, Min

from dure.commerce.orders.models import LineStatus, ProductOrder
from dure.commerce.promotions.models import Coupon, PointsEntry
from dure.commerce.sellers.models import Seller
from dure.finance.payments.models import VirtualAccount
from dure.kit import clock
from dure.kit.clock import KST
from dure.messaging import consents
from dure.messaging.telling import News, Person, tell
from dure.sites.notices import people
from dure.sites.notices.people import buyer_of, day, goods, things, won, word
from dure.sites.notices.telling import of_account

SLOT = timedelta(minutes=30)
LOOKED_BACK = timedelta(hours=12)
SOON = timedelta(days=2)
ACCOUNT_SOON = timedelta(hours=12)
AT_ONCE = 500

NEW_ORDERS = """
    SELECT seller_id, date_bin(%(slot)s, paid_at, 'epoch') AS slot, count(*), sum(goods_amount - discount_amount), min(product_name)
      FROM orders_productorder
     WHERE paid_at >= %(since)s AND paid_at < %(until)s AND status = 'PAID' AND acknowledged_at IS NULL
     GROUP BY 1, 2
"""


def new_orders() -> int:
    """A shop is told every half hour of what has come in, not of each order."""
    now = clock.now()
    until = datetime.fromtimestamp(now.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), tz=KST)
    with connection.cursor() as cursor:
        cursor.execute(NEW_ORDERS, {"slot": SLOT, "since": until - LOOKED_BACK, "until": until})
        rows = cursor.fetchall()
    shops = Seller.objects.in_bulk({row[0] for row in rows})
    staff = people.shops(shops, "orders")
    news = []
    for seller, slot, count, amount, product in rows:
        for person in staff.get(seller, []):
            values = {
                "shop": shops[seller].name,
                "count": things(count, person),
                "goods": product,
                "amount": won(int(amount), person),
            }
            news.append(
                News(
                    "seller.new_orders", f"sellers.seller:{seller}:{slot:%y%m%d%H%M}", person, values, "/seller/orders/"
                )
            )
    return tell(news)


def dispatch_due() -> int:
    """In the morning: what has to go today, or should have gone."""
    if not _daytime(9):
        return 0
    today = clock.today()
    late = ProductOrder.objects.filter(status=LineStatus.PAID, dispatch_due__lte=today)
    counts = late.order_by().values_list("seller").annotate(count=Count("pk"), first=Min("dispatch_due"))
    by_shop = {seller: count for seller, count, _first in counts}
    shops = Seller.objects.in_bulk(by_shop)
    news = [
        News(
            "seller.dispatch_due",
            f"sellers.seller:{seller}:due:{today}",
            person,
            {"shop": shops[seller].name, "day": day(today, person), "count": things(by_shop[seller], person)},
            "/seller/orders/",
        )
        for seller, staff in people.shops(shops, "orders").items()
        for person in staff
    ]
    return tell(news)


def confirm_soon() -> int:
    now, together = clock.now(), defaultdict(list)
    due = ProductOrder.objects.filter(
        status=LineStatus.DELIVERED, confirm_held_at=None, confirm_due__gt=now, confirm_due__lte=now + SOON
    )
    for line in due.select_related("order__buyer").order_by("id"):
        together[line.order_id, line.confirm_due.astimezone(KST).date() if line.confirm_due else None].append(line)
    news = []
    for (order, on), lines in together.items():
        person = buyer_of(lines[0].order)
        values = {
            "name": person.name,
            "goods": goods(lines, person),
            "order": lines[0].order.number,
            "day": day(on, person),
        }
        news.append(
            News(
                "order.confirm_soon", f"orders.order:{order}:{on}", person, values, f"/orders/{lines[0].order.number}/"
            )
        )
    return tell(news)


def accounts_expiring() -> int:
    now = clock.now()
    rows = VirtualAccount.objects.filter(
        over_at=None, due_at__gt=now, due_at__lte=now + ACCOUNT_SOON, issued_at__lte=now - ACCOUNT_SOON
    )
    return tell([of_account("account.expiring", row) for row in rows.select_related("payment__order__buyer")])


def points_given() -> int:
    """Points somebody did not buy for: for a review, or as a present."""
    kinds = [PointsEntry.Kind.REVIEW, PointsEntry.Kind.GRANT]
    rows = PointsEntry.objects.filter(kind__in=kinds, at__gte=clock.now() - timedelta(days=1), amount__gt=0)
    news = []
    for entry in rows.select_related("account__user"):
        person = Person.of(entry.account.user)
        values = {
            "name": person.name,
            "points": people.points(entry.amount, person),
            "reason": entry.why or word(entry.get_kind_display(), person),
            "day": day(entry.expires_at, person),
        }
        news.append(News("points.given", f"promotions.pointsentry:{entry.pk}", person, values, "/points/"))
    return tell(news)


def coupons_expiring() -> int:
    """An advertisement: only to those who take them, so the others are not even looked at."""
    if not _daytime(10):
        return 0
    now, told = clock.now(), 0
    due = Coupon.objects.filter(status=Coupon.Status.HELD, expires_at__gt=now, expires_at__lte=now + SOON)
    ids = list(due.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        rows = list(Coupon.objects.filter(pk__in=ids[start : start + AT_ONCE]).select_related("offer", "buyer"))
        agreed = consents.of_users({row.buyer_id for row in rows})
        news = []
        for row in rows:
            if not consents.channels(agreed.get(row.buyer_id, set())):
                continue
            person = Person.of(row.buyer)
            values = {"name": person.name, "coupon": row.offer.name, "day": day(row.expires_at, person)}
            news.append(News("coupon.expiring", f"promotions.coupon:{row.pk}", person, values, "/coupons/"))
        told += tell(news)
    return told


def _daytime(begins: int) -> bool:
    return begins <= clock.now().astimezone(KST).hour < 19
