from django.urls import URLPattern, path

from carnet.knowledge.views import public as for_public

public: list[URLPattern] = [
    path("faq/", for_public.faq, name="faq"),
    path("faq/<slug:slug>/", for_public.faq_entry, name="faq_entry"),
]
