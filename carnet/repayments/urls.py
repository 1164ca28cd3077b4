from django.urls import URLPattern, path

from carnet.repayments.views import customer as for_customer
from carnet.repayments.views import desk as for_desk

customer: list[URLPattern] = [
    path("repayments/", for_customer.repayments, name="repayments"),
    path("repayments/<int:repayment_id>/account/", for_customer.give_account, name="give_account"),
]
desk: list[URLPattern] = [
    path("repayments/", for_desk.repayments, name="repayments"),
    path("repayments/<int:repayment_id>/", for_desk.repayment, name="repayment"),
    path("repayments/<int:repayment_id>/sent/", for_desk.record_sent, name="record_sent"),
    path("repayments/<int:repayment_id>/account/", for_desk.give_account, name="give_account"),
    path("repayments/<int:repayment_id>/transfer/", for_desk.send_otherwise, name="send_otherwise"),
]
