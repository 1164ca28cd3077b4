"""Every address that layouts name, so that they can be drawn without the apps that answer there."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path

from carnet.web import urls as web


def nothing(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse("")


def named(prefix: str, *names: str) -> list[URLPattern]:
    return [path(f"{prefix}{name}/", nothing, name=name) for name in names]


home = [
    path("", nothing, name="front"),
    *named("", "legal_notice", "terms", "privacy", "accessibility", "after_sign_in", "withdraw", "end_contract"),
]
my = [
    path("", include(([path("", nothing, name="overview"), *named("", "statement")], "home"))),
    path("tickets/", include(([path("", nothing, name="tickets"), *named("", "open_ticket")], "tickets"))),
    path("", include((named("", "people", "profile"), "people"))),
    path("", include((named("", "purchases"), "orders"))),
]
desk_tickets = [
    path("queue/", nothing, name="queue"),
    path("tickets/<int:ticket_id>/", nothing, name="ticket"),
    path("tickets/<int:ticket_id>/stop/", nothing, name="stop_work"),
    *named("", "contact_messages", "sign_of_life"),
]
desk = [
    path("", include((desk_tickets, "tickets"))),
    path("", include((named("", "customers"), "home"))),
    path("", include((named("", "orders", "invoices"), "orders"))),
    path("", include((named("", "payments", "cheques", "withdrawals", "vat_checks", "paypal"), "till"))),
    path("", include((named("", "repayments"), "repayments"))),
    path("", include((named("", "settings", "jobs", "mails", "audit"), "office"))),
    path("", include((named("", "verification"), "proof"))),
    path("", include((web.desk, "web"))),
]
urlpatterns = [
    path("", include((web.public, "web"))),
    path("my/", include((my, "my"))),
    path("desk/", include((desk, "desk"))),
    path("demo/", include((named("", "outbox", "clock"), "demo"))),
    path("en/", include((home, "home"))),
    path("en/", include((named("", "offers"), "catalogue"))),
    path("en/", include((named("", "faq"), "knowledge"))),
    path("en/", include((named("", "ask_first_question", "write_contact_message"), "tickets"))),
    *named("en/", "account_login", "account_logout", "account_signup"),
]
