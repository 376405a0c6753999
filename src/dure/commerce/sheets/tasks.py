from procrastinate.contrib.django import app

from dure.commerce.sheets import actions, applying, reading, waybills
from dure.commerce.sheets.models import Upload


@app.task(queue="sheets", retry=5)
def work(upload: int) -> None:
    """Whatever the upload is waiting for; run again after a crash it goes on where it was."""
    found = Upload.objects.select_related("seller", "by", "file").defer("file__content").get(pk=upload)
    if found.kind == Upload.Kind.WAYBILLS:
        waybills.send(found)
        return
    reading.look(found)
    reading.read(found)
    applying.run(found)
    applying.undo(found)


@app.periodic(cron="10 4 * * *")
@app.task(queue="sheets")
def forget_old_files(timestamp: int) -> int:
    return actions.forget_old_files()
