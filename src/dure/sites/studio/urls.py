from django.urls import path

from dure.sites.studio import after, plan, room

app_name = "studio"
urlpatterns = [
    path("", plan.shows, name="shows"),
    path("plan/", plan.plan, name="plan"),
    path("<str:code>/", plan.show, name="show"),
    path("<str:code>/edit/", plan.edit, name="edit"),
    path("<str:code>/cancel/", plan.cancel, name="cancel"),
    path("<str:code>/offers/", plan.add_offer, name="add_offer"),
    path("<str:code>/offers/<int:pk>/", plan.change_offer, name="change_offer"),
    path("<str:code>/offers/<int:pk>/remove/", plan.remove_offer, name="remove_offer"),
    path("<str:code>/cues/", plan.add_cue, name="add_cue"),
    path("<str:code>/cues/<int:pk>/move/", plan.move_cue, name="move_cue"),
    path("<str:code>/cues/<int:pk>/remove/", plan.remove_cue, name="remove_cue"),
    path("<str:code>/disclosure/", plan.disclose, name="disclose"),
    path("<str:code>/room/", room.room, name="room"),
    path("<str:code>/room/status/", room.status, name="status"),
    path("<str:code>/room/ingest/", room.ingest, name="ingest"),
    path("<str:code>/room/stream-lost/", room.stream_lost, name="stream_lost"),
    path("<str:code>/room/<str:deed>/", room.do, name="do"),
    path("<str:code>/room/cue/<int:pk>/", room.start_cue, name="start_cue"),
    path("<str:code>/room/pin/<int:pk>/", room.pin, name="pin"),
    path("<str:code>/room/message/<int:pk>/<str:deed>/", room.moderate, name="moderate"),
    path("<str:code>/report/", after.report, name="report"),
    path("<str:code>/report/replay/", after.publish, name="publish"),
]
