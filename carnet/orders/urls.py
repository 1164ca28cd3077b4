from django.urls import URLPattern, path

from carnet.orders.views import customer as for_customer
from carnet.orders.views import desk as for_desk
from carnet.orders.views import public as for_public

public: list[URLPattern] = [
    path("order/<slug:offer_code>/", for_public.start_order, name="start_order"),
]
customer: list[URLPattern] = [
    path("purchases/", for_customer.purchases, name="purchases"),
    path("order/<slug:offer_code>/", for_customer.place_order, name="place_order"),
    path("orders/<slug:reference>/", for_customer.order, name="order"),
    path("orders/<slug:reference>/slip/", for_customer.slip, name="slip"),
    path("orders/<slug:reference>/credit/", for_customer.choose_credit, name="choose_credit"),
    path("orders/<slug:reference>/cancel/", for_customer.cancel_order, name="cancel_order"),
    path("invoices/<slug:number>/", for_customer.invoice, name="invoice"),
]
desk: list[URLPattern] = [
    path("orders/", for_desk.orders, name="orders"),
    path("orders/csv/", for_desk.orders_csv, name="orders_csv"),
    path("orders/<int:order_id>/", for_desk.order, name="order"),
    path("orders/<int:order_id>/payment/", for_desk.record_payment, name="record_payment"),
    path("orders/<int:order_id>/cancel/", for_desk.cancel_order, name="cancel_order"),
    path("payments/", for_desk.payments, name="payments"),
    path(
        "customers/<int:customer_id>/payment/", for_desk.record_unallocated_payment, name="record_unallocated_payment"
    ),
    path("payments/csv/", for_desk.payments_csv, name="payments_csv"),
    path("payments/<int:payment_id>/cleared/", for_desk.clear_cheque, name="clear_cheque"),
    path("payments/<int:payment_id>/undo/", for_desk.undo_payment, name="undo_payment"),
    path("invoices/", for_desk.invoices, name="invoices"),
    path("invoices/csv/", for_desk.invoices_csv, name="invoices_csv"),
    path("invoices/<slug:number>/", for_desk.invoice, name="invoice"),
]
