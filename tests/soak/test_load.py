"""Ten thousand requests, one after the other and many at once; about a minute."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.journeys.load import ask_often, memory, patience
from tests.journeys.machine import Machine
from tests.journeys.test_load import MOST_MORE

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]


def test_ten_thousand_requests_are_answered_and_leave_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    try:
        server = machine.serve().wait()
        body = b'{"schedule": {"kind": "cron", "cron": "0 6 * * *", "zone": "Europe/Berlin"}}'
        ask_often(server, "schedules/preview", body, 200, 20)  # what is imported by the first
        before = memory(server)
        with ThreadPoolExecutor(1) as pool:
            asked = pool.submit(ask_often, server, "schedules/preview", body, 10_000, 20)
            slowest = patience(server, 200)
            assert Counter(asked.result()) == {200: 10_000}
        assert memory(server) - before < MOST_MORE
        assert slowest < 1.0
    finally:
        machine.close()
