from procrastinate.contrib.django import app

from dure.commerce.search import actions, documents


@app.periodic(cron="* * * * *")
@app.task
def note_due(timestamp: int) -> None:
    documents.note_due()
    documents.catch_up()


@app.periodic(cron="*/15 * * * *")
@app.task
def reckon(timestamp: int) -> None:
    documents.reckon()


@app.periodic(cron="40 4 * * *")
@app.task
def rewrite_terms(timestamp: int) -> None:
    documents.rewrite_terms()
    actions.forget_missed()
