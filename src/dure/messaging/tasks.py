from procrastinate.contrib.django import app

from dure.messaging import consents, sending, templates


@app.task(queue="messages")
def send_messages() -> None:
    sending.send_due()


@app.periodic(cron="* * * * *")
@app.task(queue="messages", lock="messaging", queueing_lock="messaging:round")
def send_due_messages(timestamp: int) -> None:
    sending.send_due()


@app.task(queue="messages")
def register_talks() -> None:
    templates.follow_talks()


@app.periodic(cron="*/5 * * * *")
@app.task(queue="messages", lock="messaging:talks", queueing_lock="messaging:talks:round")
def follow_talks(timestamp: int) -> None:
    templates.follow_talks()


@app.periodic(cron="20 9 * * *")
@app.task(queue="messages")
def reconfirm_consents(timestamp: int) -> None:
    consents.reconfirm()


@app.periodic(cron="40 4 * * *")
@app.task(queue="messages")
def purge_messages(timestamp: int) -> None:
    sending.purge()
