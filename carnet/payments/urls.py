from django.urls import URLPattern, path

from carnet.payments.views import desk as for_desk

desk: list[URLPattern] = [
    path("paypal/differences/", for_desk.differences, name="differences"),
    path("paypal/differences/<int:difference_id>/settle/", for_desk.settle_difference, name="settle_difference"),
]
