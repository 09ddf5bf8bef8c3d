from core.services.example import EXAMPLE, example
from tests.web.scripted import plain_artist
from tests.web.stage import NewVisitor, Stage, Visitor
from web.chat.picture import disposition

PICTURE = plain_artist("test", 2)


async def _own_picture(stage: Stage, visitor: Visitor) -> str:
    await visitor.say("mine", ("a.jpg", PICTURE))
    return stage.desk.assets_of("person-1")[0]


async def test_a_picture_is_shown_to_its_owner_and_kept_only_by_their_browser(stage: Stage, visitor: Visitor) -> None:
    asset = await _own_picture(stage, visitor)
    async with visitor.session.get(f"/picture/{asset}") as answer:
        assert await answer.read() == PICTURE
        assert answer.content_type == "image/jpeg"
        assert answer.headers["Cache-Control"].startswith("private")
        tag = answer.headers["ETag"]
    async with visitor.session.get(f"/picture/{asset}", headers={"If-None-Match": tag}) as answer:
        assert answer.status == 304


async def test_somebody_elses_picture_looks_like_one_that_never_was(
    stage: Stage, visitor: Visitor, new_visitor: NewVisitor
) -> None:
    asset = await _own_picture(stage, visitor)
    stranger, nobody = new_visitor(), new_visitor()
    await stranger.open()
    await stranger.say("hello")
    answers = set()
    for path in (f"/picture/{asset}", f"/file/{asset}?name=x.jpg", "/picture/nothing", "/file/nothing"):
        for who in (stranger, nobody):
            async with who.session.get(path) as answer:
                answers.add((answer.status, await answer.text()))
    assert len(answers) == 1
    assert answers.pop()[0] == 404


async def test_the_example_is_shown_to_whoever_looks(new_visitor: NewVisitor) -> None:
    nobody = new_visitor()
    text = await nobody.open()
    assert f'src="/picture/{EXAMPLE}"' in text
    async with nobody.session.get(f"/picture/{EXAMPLE}") as answer:
        assert await answer.read() == example().data


async def test_a_file_is_a_download_under_its_own_name(stage: Stage, visitor: Visitor) -> None:
    asset = await _own_picture(stage, visitor)
    async with visitor.session.get(f"/file/{asset}", params={"name": "Zoë's 1.jpg"}) as answer:
        assert await answer.read() == PICTURE
        assert answer.content_disposition
        assert answer.content_disposition.type == "attachment"
        assert answer.content_disposition.filename == "Zoë's 1.jpg"


async def test_what_is_no_picture_is_never_shown_in_place(stage: Stage, visitor: Visitor) -> None:
    await visitor.say("hello")
    asset = stage.desk.keep("person-1", b"<svg onload='alert(1)'/>", "image/svg+xml", (1, 1))
    async with visitor.session.get(f"/picture/{asset}") as answer:
        assert answer.status == 404
    async with visitor.session.get(f"/file/{asset}") as answer:
        assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_name_can_neither_break_the_header_nor_leave_the_folder() -> None:
    made = disposition('../../a"\r\nSet-Cookie: x\\b.png')
    assert "\r" not in made
    assert "\n" not in made
    assert "/" not in made.replace("UTF-8''", "")
    assert made.count('"') == 2
    assert disposition("") == "attachment; filename=\"file\"; filename*=UTF-8''file"


async def test_signed_links_are_off_unless_somebody_can_redeem_them(visitor: Visitor) -> None:
    async with visitor.session.get("/f/export/some.zip?expires=1&signature=x") as answer:
        assert answer.status == 404
