"""What is said of work that came to nothing, to operators."""

import pytest
from structlog.testing import capture_logs

from core.providers.error import Overloaded, PromptRefused
from core.routing.failover import RouteExhausted
from core.services.desk import AssetGone
from core.services.failing import failure_of, note, unwritten
from core.store.error import BlobsFull
from core.workshop.crew import WorkLost
from core.workshop.refusal import DOES_NOT_FIT, SCRIPT_NOT_COVERED, TypeRefused


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RouteExhausted((), PromptRefused("blocked: I QUIT")), "refused_by_policy"),
        (TypeRefused(SCRIPT_NOT_COVERED, "I QUIT"), "script_not_covered"),
        (AssetGone("an-asset"), "picture_lost"),
    ],
)
def test_a_persons_own_doing_is_no_warning_and_said_by_its_code(error: Exception, code: str) -> None:
    with capture_logs() as logs:
        note("job.failed", failure_of(error), error, position=1)
    assert logs == [{"event": "job.failed", "log_level": "info", "reason": code, "position": 1}]


def test_only_a_script_without_a_typeface_names_alphabets() -> None:
    assert unwritten(TypeRefused(SCRIPT_NOT_COVERED, "armenian,old italic")) == ("armenian", "old italic")
    assert unwritten(TypeRefused(SCRIPT_NOT_COVERED, "")) == ()
    assert unwritten(TypeRefused(DOES_NOT_FIT, "armenian")) == unwritten(AssetGone("armenian")) == ()


@pytest.mark.parametrize("error", [RouteExhausted((), Overloaded("503")), BlobsFull("no room"), WorkLost("killed")])
def test_what_an_operator_may_mend_is_a_warning_with_its_error(error: Exception) -> None:
    with capture_logs() as logs:
        note("job.failed", failure_of(error), error)
    (line,) = logs
    assert (line["log_level"], line["error"]) == ("warning", repr(error))
