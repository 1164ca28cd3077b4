"""The WSGI door: what the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "carnet.settings")
# Nobody waits longer at a page for a busy database; the worker may.
os.environ.setdefault("CARNET_DATABASE_WAIT", "5")
application = get_wsgi_application()
