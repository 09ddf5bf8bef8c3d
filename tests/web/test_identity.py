from aiohttp import ClientSession

from tests.web.stage import SENTENCES, NewVisitor, Stage, Visitor
from web.chat.identity import hash_code, new_key, read_key
from web.chat.visit import language


def test_nothing_that_leaves_the_browser_leads_to_another_secret() -> None:
    key = new_key()
    derived = {key.token_hash, key.form_token, key.recovery_code, key.recovery_hash, key.text}
    assert len(derived) == 5
    assert read_key(key.text) == key


def test_a_cookie_we_did_not_set_is_no_key() -> None:
    for text in ("", "0" * 63, "0" * 65, "G" * 64, "0" * 63 + "\n"):
        assert read_key(text) is None


def test_a_recovery_code_forgives_how_people_type() -> None:
    code = new_key().recovery_code
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert hash_code(f" {typed} ") == hash_code(code)


def test_the_language_liked_best_wins() -> None:
    assert language("fr;q=0.5, pt-BR, en;q=0.9") == "pt-BR"
    assert language("") == language("*;q=1, <script>") == "en"


async def test_looking_at_the_page_stores_nobody(stage: Stage, visitor: Visitor) -> None:
    key = read_key(visitor.session.cookie_jar.filter_cookies(visitor.session._base_url or "")["factory"].value)  # type: ignore[arg-type]
    assert key
    assert await stage.identities.find(key.token_hash) is None
    await visitor.say("hello")
    assert await stage.identities.find(key.token_hash) == "person-1"


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(stage: Stage) -> None:
    async with ClientSession() as session, session.get(stage.address) as answer:
        cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


async def test_a_code_moves_the_chat_to_another_browser_once(visitor: Visitor, new_visitor: NewVisitor) -> None:
    await visitor.say("my old headline")
    async with visitor.session.get("/keep?part=1") as answer:
        code = (await answer.text()).split('id="keep-code">')[1].split("<")[0]
    other = new_visitor()
    assert "my old headline" not in await other.open()
    form = {"csrf": other.form_token, "code": code.lower()}
    async with other.session.post("/recover", data=form, headers=other.own()) as answer:
        assert "my old headline" in await answer.text()
    assert "my old headline" not in await visitor.open()
    async with other.session.get("/keep?part=1") as answer:
        assert code not in await answer.text()
    third = new_visitor()
    await third.open()
    form["csrf"] = third.form_token
    async with third.session.post("/recover", data=form, headers=third.own()) as answer:
        assert answer.status == 400


async def test_a_wrong_code_is_said_and_changes_nothing(visitor: Visitor) -> None:
    await visitor.say("still mine")
    form = {"csrf": visitor.form_token, "code": "AAAAA-AAAAA-AAAAA-AAAAA"}
    async with visitor.session.post("/recover", data=form, headers=visitor.own()) as answer:
        assert answer.status == 400
        assert SENTENCES["recover_wrong"] in await answer.text()
    assert "still mine" in await visitor.open()


async def test_there_is_no_code_before_there_is_a_chat(visitor: Visitor) -> None:
    async with visitor.session.get("/keep") as answer:
        assert "keep-code" not in await answer.text()
