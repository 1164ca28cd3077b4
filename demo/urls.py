"""The demo's outbox and clock; `carnet.urls` leaves them out on a live site."""

from django.urls import URLPattern, path

from demo import views

urlpatterns: list[URLPattern] = [
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/<int:mail_id>/", views.show_mail, name="show_mail"),
    path("outbox/<int:mail_id>/html/", views.show_mail_html, name="show_mail_html"),
    path("clock/", views.show_clock, name="clock"),
    path("clock/forward/", views.put_clock_forward, name="put_clock_forward"),
]
