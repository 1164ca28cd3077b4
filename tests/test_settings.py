"""What the environment makes of the settings."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from carnet.settings import database_from, keys_from


def test_case_E9_commits_on_sqlite_reach_the_disk():
    """With NORMAL a power cut may take back what was committed: an invoice's number would be given twice."""
    options = database_from("sqlite:////srv/carnet.sqlite3")["OPTIONS"]
    assert isinstance(options, dict)
    assert "PRAGMA synchronous=FULL;" in options["init_command"]


def test_keys_of_the_books_have_versions():
    assert keys_from("1:old\n2:new:er, 10:newest") == {1: "old", 2: "new:er", 10: "newest"}


@pytest.mark.parametrize("text", ["", "secret", "0:secret", "x:secret", "1:", "1:one 1:two", "40000:secret"])
def test_keys_of_the_books_without_a_version_are_refused(text):
    with pytest.raises(ImproperlyConfigured, match="CARNET_BOOKS_KEYS"):
        keys_from(text)
