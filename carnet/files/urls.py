from django.urls import URLPattern, path

from carnet.files.views import public as for_public

public: list[URLPattern] = [path("<uuid:file_id>/", for_public.show_file, name="show_file")]
