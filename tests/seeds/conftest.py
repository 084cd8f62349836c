"""One invented world for all tests of this folder: building it takes a second or two."""

from datetime import date

import pytest

from seeds.world import World, build_world

TODAY = date(2019, 1, 9)


@pytest.fixture(scope="session")
def world() -> World:
    """The full demo world on the morning of Wednesday 9 January 2019."""
    return build_world(today=TODAY)
