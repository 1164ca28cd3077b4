"""What the environment makes of the settings."""

from carnet.settings import database_from


def test_case_E9_commits_on_sqlite_reach_the_disk():
    """With NORMAL a power cut may take back what was committed: an invoice's number would be given twice."""
    options = database_from("sqlite:////srv/carnet.sqlite3")["OPTIONS"]
    assert isinstance(options, dict)
    assert "PRAGMA synchronous=FULL;" in options["init_command"]
