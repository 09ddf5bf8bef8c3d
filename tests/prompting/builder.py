"""Prompts as the tests read them."""

from core.compose.staging import staging
from core.domain import format as formats
from core.domain.brief import Brief
from core.domain.prompt import Prompt, Reference, ReferenceRole, Staging, VideoLink
from core.prompting.design import design

PERSON, STYLE, BRAND, LAYOUT, EXHIBIT, CANVAS = (
    Reference(role, role.value.encode())
    for role in (
        ReferenceRole.PERSON,
        ReferenceRole.STYLE,
        ReferenceRole.BRAND,
        ReferenceRole.LAYOUT,
        ReferenceRole.EXHIBIT,
        ReferenceRole.CANVAS,
    )
)


def designed(
    brief: Brief,
    *references: Reference,
    position: int = 0,
    family: str = "gemini-image",
    painted: str = "",
    video: VideoLink | None = None,
    stage: Staging | None = None,
) -> Prompt:
    """A design; without a `stage` for the layout the studio has for the brief now."""
    stage = stage or staging(brief, formats.find(brief.format), position)
    return design(brief, family, stage, references, position, painted=painted, video=video)


def shown(prompt: Prompt) -> str:
    """The whole prompt as text, images and links by name."""
    parts = [f"== system\n{prompt.system}"]
    for part in prompt.parts:
        match part:
            case str():
                parts.append(f"== text\n{part}")
            case Reference():
                parts.append(f"== image {part.role.value}")
            case VideoLink():
                parts.append(f"== video {part.url}")
    return "\n".join(parts) + "\n"


def around_the_data(prompt: Prompt) -> tuple[str, str]:
    """What stands before and after what a person typed."""
    text = shown(prompt)
    before, opening, rest = text.rpartition("\n<data>\n")
    assert opening
    _, closing, after = rest.partition("\n</data>\n")
    assert closing
    return before, after
