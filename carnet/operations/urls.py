from django.urls import URLPattern, path

from carnet.operations.views import demo as demo_views
from carnet.operations.views import desk as desk_views
from carnet.operations.views import settings as settings_views
from carnet.operations.views import verification as verification_views

desk: list[URLPattern] = [
    path("settings/", settings_views.settings, name="settings"),
    path("settings/company/", settings_views.change_company, name="change_company"),
    path("settings/<slug:name>/", settings_views.change_setting, name="change_setting"),
    path("jobs/", desk_views.show_jobs, name="jobs"),
    path("jobs/<int:job_id>/retry/", desk_views.retry_job, name="retry_job"),
    path("mails/", desk_views.show_mails, name="mails"),
    path("mails/<int:mail_id>/retry/", desk_views.retry_mail, name="retry_mail"),
    path("audit/", desk_views.show_audit, name="audit"),
    path("verification/", verification_views.show_verification, name="verification"),
    path("verification/request/", verification_views.request_verification, name="request_verification"),
]
demo: list[URLPattern] = [
    path("outbox/", demo_views.outbox, name="outbox"),
    path("outbox/<int:mail_id>/", demo_views.show_mail, name="show_mail"),
    path("outbox/<int:mail_id>/html/", demo_views.show_mail_html, name="show_mail_html"),
    path("clock/", demo_views.show_clock, name="clock"),
    path("clock/forward/", demo_views.put_clock_forward, name="put_clock_forward"),
]
