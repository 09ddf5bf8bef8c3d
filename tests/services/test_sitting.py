"""What of a sitting a model is shown that takes few pictures."""

from collections.abc import Sequence
from importlib import resources

from core.domain.prompt import ReferenceRole
from core.services.sitting import Portrait, Sitting
from core.workshop.crew import Crew
from core.workshop.workshop import Workshop, lanes

PORTRAIT = resources.files("app.demo").joinpath("portrait.png").read_bytes()


async def test_a_model_that_takes_two_pictures_is_shown_both_people_before_what_is_liked() -> None:
    async def liked() -> Sequence[bytes]:
        return (PORTRAIT,)

    workshop = Workshop(Crew(lanes(1)))
    try:
        pair = Sitting([Portrait(PORTRAIT, None)] * 2, workshop, likes=liked, people=2)
        shown = [(one.role, one.who) for one in await pair.references(2)]
        assert shown == [(ReferenceRole.PERSON, 0), (ReferenceRole.PERSON, 1)]
        one, *rest = await Sitting([Portrait(PORTRAIT, None)] * 2, workshop, likes=liked).references(2)
        assert (one.role, [row.role for row in rest]) == (ReferenceRole.PERSON, [ReferenceRole.STYLE])
    finally:
        await workshop.close()
