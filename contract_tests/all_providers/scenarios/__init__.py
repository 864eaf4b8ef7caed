"""What each shipped scenario does to a careful client: a check a scenario, by provider."""

import pytest

_PARTS = ("sandbox", "checks", "alibaba", "dingtalk", "huawei", "across")
pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in _PARTS))
