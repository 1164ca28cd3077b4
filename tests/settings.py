"""The settings of the suite: Carnet's own in test mode, with a folder per run and a watch for queries in loops."""

import atexit
import os
import shutil
import tempfile

os.environ["CARNET_MODE"] = "test"
if "CARNET_TEST_VAR" not in os.environ:
    # Two runs at once must not share a database file; the workers of one run have a file each in one folder.
    os.environ["CARNET_TEST_VAR"] = tempfile.mkdtemp(prefix="carnet-test-")
    atexit.register(shutil.rmtree, os.environ["CARNET_TEST_VAR"], ignore_errors=True)
os.environ["CARNET_VAR"] = os.environ["CARNET_TEST_VAR"]

from carnet.settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
# django-allauth asks for an address anew at each step of a sign-in, and Django for the session that it renews; an
# action that calls another has its one row locked and read again.
ZEAL_ALLOWLIST = [
    {"model": "account.EmailAddress"},
    {"model": "sessions.Session"},
    {"model": "tickets.Ticket", "field": "get()"},
    {"model": "ledger.CustomerLedger", "field": "get()"},
]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
# As the tests' PostgreSQL (tests/servers.py): no power cut is tested, and every commit would wait for the disk.
_options = DATABASES["default"].get("OPTIONS", {})
if isinstance(_options, dict) and "init_command" in _options:
    _options["init_command"] = _options["init_command"].replace("synchronous=FULL", "synchronous=OFF")
STATIC_ROOT.mkdir(exist_ok=True)  # whitenoise warns of a missing one
# Signing in is not what most tests are about.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
