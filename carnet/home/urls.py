from django.urls import URLPattern, path

from carnet.home.views import customer as for_customer
from carnet.home.views import desk as for_desk
from carnet.home.views import public as for_public
from carnet.home.views import root as at_root
from carnet.home.views import statement as of_units

public: list[URLPattern] = [
    path("", for_public.front, name="front"),
    path("after-sign-in/", for_public.after_sign_in, name="after_sign_in"),
    path("legal-notice/", for_public.legal_notice, name="legal_notice"),
    path("terms/", for_public.terms, name="terms"),
    path("privacy/", for_public.privacy, name="privacy"),
    path("withdraw/", for_public.withdraw, name="withdraw"),
    path("end-contract/", for_public.end_contract, name="end_contract"),
    path("texts/<slug:kind>/<int:version>/", for_public.text_version, name="text_version"),
    path("accessibility/", for_public.accessibility, name="accessibility"),
]
customer: list[URLPattern] = [
    path("", for_customer.overview, name="overview"),
    path("statement/", of_units.statement, name="statement"),
    path("statement/csv/", of_units.statement_csv, name="statement_csv"),
    path("statement/pdf/", of_units.statement_pdf, name="statement_pdf"),
]
desk: list[URLPattern] = [
    path("customers/", for_desk.customers, name="customers"),
    path("customers/<int:customer_id>/", for_desk.customer, name="customer"),
    path("customers/<int:customer_id>/tickets/", for_desk.customer_tickets, name="customer_tickets"),
    path("customers/<int:customer_id>/money/", for_desk.customer_money, name="customer_money"),
    path("customers/<int:customer_id>/statement/", of_units.desk_statement, name="statement"),
    path("customers/<int:customer_id>/statement/csv/", of_units.desk_statement_csv, name="statement_csv"),
    path("customers/<int:customer_id>/statement/pdf/", of_units.desk_statement_pdf, name="statement_pdf"),
]
root: list[URLPattern] = [
    path("", at_root.start, name="start"),
    path("favicon.ico", at_root.favicon, name="favicon"),
    path("robots.txt", at_root.robots, name="robots"),
    path("sitemap.xml", at_root.sitemap, name="sitemap"),
]
