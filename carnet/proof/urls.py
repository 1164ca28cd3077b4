from django.urls import URLPattern, path

from carnet.proof.views import desk as desk_views

desk: list[URLPattern] = [
    path("verification/", desk_views.show_verification, name="verification"),
    path("verification/request/", desk_views.request_verification, name="request_verification"),
]
