import pytest

from tests.invoices.official import OfficialRules


@pytest.fixture(scope="session")
def official(tmp_path_factory):
    """The official rules of e-invoices, compiled once."""
    rules = OfficialRules(tmp_path_factory.mktemp("invoices"))
    yield rules
    rules.close()
