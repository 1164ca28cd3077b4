from django.urls import URLPattern, path

from carnet.office.views import access as access_views
from carnet.office.views import desk as desk_views
from carnet.office.views import settings as settings_views

desk: list[URLPattern] = [
    path("settings/", settings_views.settings, name="settings"),
    path("settings/company/", settings_views.change_company, name="change_company"),
    path("settings/paypal/", access_views.set_online_access, name="set_online_access"),
    path("settings/paypal/test/", access_views.test_online_access, name="test_online_access"),
    path("settings/paypal/notices/", access_views.set_up_notices, name="set_up_notices"),
    path("settings/paypal/remove/", access_views.remove_online_access, name="remove_online_access"),
    path("settings/<slug:name>/", settings_views.change_setting, name="change_setting"),
    path("jobs/", desk_views.show_jobs, name="jobs"),
    path("jobs/<int:job_id>/retry/", desk_views.retry_job, name="retry_job"),
    path("mails/", desk_views.show_mails, name="mails"),
    path("mails/<int:mail_id>/retry/", desk_views.retry_mail, name="retry_mail"),
    path("audit/", desk_views.show_audit, name="audit"),
]
