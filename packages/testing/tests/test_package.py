"""groundup_testing: names are imported when they are asked for."""

import groundup_testing


def test_every_name_is_there() -> None:
    found: dict[str, object] = {}
    exec("from groundup_testing import *", found)

    assert set(groundup_testing.__all__) <= found.keys()
    assert set(groundup_testing.__all__) <= set(dir(groundup_testing))
