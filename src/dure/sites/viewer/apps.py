from django.apps import AppConfig


class ViewerConfig(AppConfig):
    name = "dure.sites.viewer"
    label = "viewer"
