"""What is too large or too much is refused, and costs little."""

import http.client

import pytest

from tests.journeys.load import AUTHORIZED, MB, peak, send_much
from tests.journeys.machine import Machine

pytestmark = pytest.mark.journey

MOST_MORE = 100 * MB


def test_a_huge_body_is_refused_without_being_kept(machine: Machine) -> None:
    server = machine.serve().wait()
    before = peak(server)
    assert send_much(server, "jobs", 100, AUTHORIZED) == 413
    # Strangers are told at once; the rest of what they send isn't waited for.
    assert send_much(server, "jobs", 100, {}) in (403, 0)
    assert peak(server) - before < MOST_MORE
    page = http.client.HTTPConnection(server.address.removeprefix("http://"), timeout=60)
    page.request("GET", "/jupyter-orchest-jobs/runs/1/steps/1/html", b" " * 2**24, AUTHORIZED)
    assert page.getresponse().status == 404
    page.close()
