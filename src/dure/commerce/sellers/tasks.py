"""Asking again those who did not answer."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from dure.commerce.sellers import actions
from dure.commerce.sellers.models import PayoutAccount, Seller

PATIENT = RetryStrategy(max_attempts=12, exponential_wait=4)


class NoAnswer(Exception):
    """Nothing is wrong on our side; the job is tried again later."""


@app.task(queue="sellers", retry=PATIENT)
def check_business(seller: int) -> None:
    if not actions.check_business(Seller.objects.get(pk=seller)):
        raise NoAnswer("tax service")


@app.task(queue="sellers", retry=PATIENT)
def check_account(account: int) -> None:
    row = PayoutAccount.objects.select_related("seller").get(pk=account)
    if not row.replaced_at and not actions.check_account(row):
        raise NoAnswer("bank")


@app.task(queue="sellers", retry=PATIENT)
def ask_register(seller: int, code: str) -> None:
    if not actions.ask_register(Seller.objects.get(pk=seller), code):
        raise NoAnswer(code)


@app.periodic(cron="20 0 * * *")  # 09:20 in Korea
@app.task
def remind_of_documents(timestamp: int) -> None:
    actions.remind_of_documents()


@app.periodic(cron="1 15 * * *")  # 00:01 in Korea
@app.task
def resume_due(timestamp: int) -> None:
    actions.resume_due()
