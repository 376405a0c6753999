from django.db import models


class Note(models.Model):
    """An event with something to tell, left by a trigger in the event's own transaction; gone once it has been told."""

    event = models.BigIntegerField(primary_key=True)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    due_at = models.DateTimeField(null=True)  # None: never tried
    last_error = models.CharField(max_length=300, blank=True, db_default="")
