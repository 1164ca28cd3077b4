from django.urls import URLPattern, path

from carnet.till.views import cheques as for_cheques
from carnet.till.views import customer as for_customer
from carnet.till.views import desk as for_desk
from carnet.till.views import disputes as for_disputes
from carnet.till.views import notices as for_notices
from carnet.till.views import public as for_public
from carnet.till.views import refunds as for_refunds
from carnet.till.views import vat_checks as for_vat_checks
from carnet.till.views import withdrawals as for_withdrawals

# What other programs call; their addresses have no language.
machines: list[URLPattern] = [
    path("paypal/notices/", for_notices.receive_notice, name="receive_notice"),
]
public: list[URLPattern] = [
    path("order/<slug:offer_code>/", for_public.start_order, name="start_order"),
]
customer: list[URLPattern] = [
    path("order/<slug:offer_code>/", for_customer.place_order, name="place_order"),
    path("orders/<slug:reference>/paypal/", for_customer.look_at_order, name="look_at_order"),
    path("orders/<slug:reference>/paypal/begin/", for_customer.begin_checkout, name="begin_checkout"),
    path("orders/<slug:reference>/invoice/", for_customer.request_invoice, name="request_invoice"),
    path("credit/", for_refunds.return_credit, name="return_credit"),
    path("orders/<slug:reference>/credit/", for_customer.choose_credit, name="choose_credit"),
]
desk: list[URLPattern] = [
    path("orders/<int:order_id>/", for_desk.order, name="order"),
    path("orders/<int:order_id>/paypal/", for_desk.look_at_order, name="look_at_order"),
    path("paypal/", for_desk.paypal, name="paypal"),
    path("paypal/payments/", for_desk.checkouts, name="checkouts"),
    path("orders/<int:order_id>/payment/", for_desk.record_payment, name="record_payment"),
    path("orders/<int:order_id>/invoice/", for_desk.request_invoice, name="request_invoice"),
    path("orders/<int:order_id>/refund/", for_refunds.refund_order, name="refund_order"),
    path("payments/", for_desk.payments, name="payments"),
    path(
        "customers/<int:customer_id>/payment/", for_desk.record_unallocated_payment, name="record_unallocated_payment"
    ),
    path("paypal/notices/", for_notices.notices, name="notices"),
    path("paypal/notices/<int:notice_id>/", for_notices.notice, name="notice"),
    path("paypal/notices/<int:notice_id>/again/", for_notices.run_notice_again, name="run_notice_again"),
    path("payments/csv/", for_desk.payments_csv, name="payments_csv"),
    path("payments/<int:payment_id>/cleared/", for_desk.clear_cheque, name="clear_cheque"),
    path("payments/<int:payment_id>/bounced/", for_cheques.bounce_cheque, name="bounce_cheque"),
    path("cheques/", for_cheques.cheques, name="cheques"),
    path("cheques/slips/", for_cheques.deposit_slips, name="deposit_slips"),
    path("cheques/slips/make/", for_cheques.make_deposit_slip, name="make_deposit_slip"),
    path("cheques/slips/<int:slip_id>/", for_cheques.deposit_slip, name="deposit_slip"),
    path("cheques/slips/<int:slip_id>/pdf/", for_cheques.deposit_slip_pdf, name="deposit_slip_pdf"),
    path("cheques/slips/<int:slip_id>/deposited/", for_cheques.record_deposit, name="record_deposit"),
    path("cheques/slips/<int:slip_id>/cleared/", for_cheques.clear_slip, name="clear_slip"),
    path("payments/<int:payment_id>/undo/", for_desk.undo_payment, name="undo_payment"),
    path("vat/", for_vat_checks.vat_checks, name="vat_checks"),
    path("orders/<int:order_id>/vat/", for_vat_checks.check_vat_number, name="check_vat_number"),
    path("withdrawals/", for_withdrawals.withdrawals, name="withdrawals"),
    path(
        "withdrawals/<int:withdrawal_id>/carry-out/", for_withdrawals.carry_out_withdrawal, name="carry_out_withdrawal"
    ),
    path("paypal/disputes/", for_disputes.disputes, name="disputes"),
]
