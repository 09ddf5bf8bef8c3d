"""How fast a platform's chats are sent to."""

import pytest

from core.bootstrap.front import PACES
from core.services.delivering import Pace


@pytest.mark.parametrize("sent", [1, 3])
def test_a_telegram_group_hears_at_most_twenty_messages_a_minute_and_a_person_bursts(sent: int) -> None:
    pace = PACES["telegram"]
    assert sent / pace.rest_ms("-100123", sent) <= 20 / 60_000
    assert pace.rest_ms("42", sent) == 1000


def test_a_platform_that_bears_anything_never_rests() -> None:
    assert Pace().rest_ms("-1", 10) == 0
