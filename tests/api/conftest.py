from tests.servers import *  # noqa: F403  # its fixtures
