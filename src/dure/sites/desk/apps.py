from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "dure.sites.desk"
    label = "desk"
