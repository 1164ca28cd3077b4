from django.urls import URLPattern, path

from carnet.people.views import customer as for_customer
from carnet.people.views import public as for_public

public: list[URLPattern] = [
    path("invitation/<str:secret>/", for_public.accept_invitation, name="accept_invitation"),
]
customer: list[URLPattern] = [
    path("people/", for_customer.people, name="people"),
    path("people/invite/", for_customer.invite, name="invite"),
    path(
        "people/invitations/<int:invitation_id>/withdraw/", for_customer.withdraw_invitation, name="withdraw_invitation"
    ),
    path("people/<int:membership_id>/remove/", for_customer.remove_member, name="remove_member"),
    path("people/<int:membership_id>/role/", for_customer.change_role, name="change_role"),
    path("profile/", for_customer.profile, name="profile"),
    path("profile/holder-reading/", for_customer.let_holder_read, name="let_holder_read"),
    path("switch/", for_customer.switch_customer, name="switch_customer"),
    path("new/", for_customer.create_customer, name="create_customer"),
]
