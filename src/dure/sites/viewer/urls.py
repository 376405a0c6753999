from django.urls import path

from dure.sites.viewer import views

app_name = "live"
urlpatterns = [
    path("", views.shows, name="list"),
    path("hooks/stream", views.stream_hook, name="stream_hook"),
    path("<str:code>/", views.watch, name="watch"),
    path("<str:code>/notify/", views.notify, name="notify"),
    path("<str:code>/report/", views.report, name="report"),
    path("<str:code>/calendar.ics", views.calendar, name="calendar"),
]
