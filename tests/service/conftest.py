import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.desk import Desk
from tests.service.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    desk = Desk(world)
    yield desk
    asyncio.run(desk.session.close())
