from django.urls import URLPattern, path

from carnet.catalogue.views import public as for_public

public: list[URLPattern] = [path("offers/", for_public.offers, name="offers")]
