"""The directory over HTTP: every representation, every moment, and nothing that a name could break."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from support.directory import BASE, OperatorHome
from support.scheme import ROLE, SchemeSimulator

EDP = "did:web:edp.example"


@pytest.fixture(scope="module")
def scheme() -> SchemeSimulator:
    """Give a scheme whose members have come, were suspended, and have gone."""
    made = SchemeSimulator()
    made.join(
        EDP, name="Meterworks", roles=("energy-data-provider",), services={"perseus": "https://edp.example"}
    )
    return made


@pytest.fixture(scope="module")
def client(scheme: SchemeSimulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Give the operator's service over that scheme's log."""
    with OperatorHome(tmp_path_factory.mktemp("town"), scheme).client() as opened:
        yield opened


def test_a_member_is_told_in_turtle(client: TestClient) -> None:
    answer = client.get(f"/m/{EDP}", headers={"Accept": "text/turtle"})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/turtle")
    assert f"<{BASE}/m/{EDP}>\n    a schema:Organization, perseus:Member" in answer.text
    assert f"ib1:role <{ROLE}energy-data-provider>" in answer.text
