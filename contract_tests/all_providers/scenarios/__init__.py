"""What each shipped scenario does to a careful client: a check a scenario, by provider."""

import pytest

pytest.register_assert_rewrite(*(f"{__name__}.{part}" for part in ("world", "alibaba", "huawei", "dingtalk", "across")))
