from django.urls import URLPattern, path

from carnet.ledger.views import customer as for_customer
from carnet.ledger.views import desk as for_desk

customer: list[URLPattern] = [
    path("units/<int:lot_number>/sharing/", for_customer.set_allowances, name="set_allowances"),
]
desk: list[URLPattern] = [
    path("customers/<int:customer_id>/goodwill/", for_desk.grant_goodwill, name="grant_goodwill"),
]
