from django.urls import URLPattern, path

from carnet.web.views import desk as for_desk
from carnet.web.views import public as for_public

public: list[URLPattern] = [
    path("look/theme/", for_public.choose_theme, name="choose_theme"),
    path("look/language/", for_public.choose_language, name="choose_language"),
]
desk: list[URLPattern] = [path("style-guide/", for_desk.style_guide, name="style_guide")]
