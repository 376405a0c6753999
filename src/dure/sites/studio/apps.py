from django.apps import AppConfig


class StudioConfig(AppConfig):
    name = "dure.sites.studio"
    label = "studio"
