"""All addresses of Carnet: public pages under a language, the customer's space under /my/, the desk under /desk/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

from carnet.catalogue import urls as catalogue
from carnet.files import urls as files
from carnet.home import urls as home
from carnet.knowledge import urls as knowledge
from carnet.ledger import urls as ledger
from carnet.office import urls as office
from carnet.orders import urls as orders
from carnet.payments import urls as payments
from carnet.people import urls as people
from carnet.proof import urls as proof
from carnet.repayments import urls as repayments
from carnet.tickets import urls as tickets
from carnet.till import urls as till
from carnet.web import urls as web

my = [
    path("", include((home.customer, "home"))),
    path("", include((people.customer, "people"))),
    path("", include((ledger.customer, "ledger"))),
    path("", include((orders.customer, "orders"))),
    path("", include((till.customer, "till"))),
    path("", include((repayments.customer, "repayments"))),
    path("tickets/", include((tickets.customer, "tickets"))),
]
desk = [
    path("", include((home.desk, "home"))),
    path("", include((tickets.desk, "tickets"))),
    path("", include((ledger.desk, "ledger"))),
    path("", include((orders.desk, "orders"))),
    path("", include((payments.desk, "payments"))),
    path("", include((till.desk, "till"))),
    path("", include((repayments.desk, "repayments"))),
    path("", include((web.desk, "web"))),
    path("", include((office.desk, "office"))),
    path("", include((proof.desk, "proof"))),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((home.root, "root"))),
    path("", include((web.public, "web"))),
    path("files/", include((files.public, "files"))),
    path("", include((till.machines, "machines"))),
    path("my/", include((my, "my"))),
    path("desk/", include((desk, "desk"))),
    *i18n_patterns(
        path("", include((home.public, "home"))),
        path("", include((catalogue.public, "catalogue"))),
        path("", include((till.public, "till"))),
        path("", include((knowledge.public, "knowledge"))),
        path("", include((tickets.public, "tickets"))),
        path("", include((people.public, "people"))),
        path("account/", include("allauth.account.urls")),
    ),
]
if settings.MODE != "live":
    # The demo's outbox and clock: never on a live site.
    urlpatterns.append(path("demo/", include(("demo.urls", "demo"))))

handler400 = "carnet.web.views.public.bad_request"
handler403 = "carnet.web.views.public.forbidden"
handler404 = "carnet.web.views.public.not_found"
handler500 = "carnet.web.views.public.server_error"
