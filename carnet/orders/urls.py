from django.urls import URLPattern, path

from carnet.orders.views import customer as for_customer
from carnet.orders.views import desk as for_desk

customer: list[URLPattern] = [
    path("orders/", for_customer.purchases, name="purchases"),
    path("orders/<slug:reference>/", for_customer.order, name="order"),
    path("orders/<slug:reference>/slip/", for_customer.slip, name="slip"),
    path("orders/<slug:reference>/cheque/", for_customer.announce_cheque, name="announce_cheque"),
    path("orders/<slug:reference>/means/", for_customer.change_means, name="change_means"),
    path("orders/<slug:reference>/cancel/", for_customer.cancel_order, name="cancel_order"),
    path("invoices/<slug:number>/", for_customer.invoice, name="invoice"),
    path("invoices/<slug:number>/xml/", for_customer.invoice_xml, name="invoice_xml"),
]
desk: list[URLPattern] = [
    path("orders/", for_desk.orders, name="orders"),
    path("orders/csv/", for_desk.orders_csv, name="orders_csv"),
    path("orders/<int:order_id>/cancel/", for_desk.cancel_order, name="cancel_order"),
    path("invoices/", for_desk.invoices, name="invoices"),
    path("invoices/csv/", for_desk.invoices_csv, name="invoices_csv"),
    path("invoices/<slug:number>/", for_desk.invoice, name="invoice"),
    path("invoices/<slug:number>/xml/", for_desk.invoice_xml, name="invoice_xml"),
]
