"""Settings: one place, validated as a whole, explained line by line."""

import re
from pathlib import Path

import pytest

from core.domain.administration import Admin, Role
from core.domain.pack import Pack
from core.domain.payment import Money
from core.domain.plan import PlanId, Sku, Tariff
from core.settings import Settings, SettingsFault, load

EXAMPLE = Path(__file__).parent.parent / ".env.example"


def _explained() -> set[str]:
    return set(re.findall(r"^([A-Z_]+)=", EXAMPLE.read_text(), re.MULTILINE))


def test_every_variable_is_explained_and_every_explained_one_exists() -> None:
    assert _explained() == {name.upper() for name in Settings.model_fields}


def test_the_example_itself_is_a_valid_configuration() -> None:
    settings = load(_env_file=EXAMPLE)

    assert settings.embedded
    assert settings.telegram_bot_token is None


def test_a_wrong_value_is_named_in_a_sentence() -> None:
    with pytest.raises(SettingsFault, match="WEB_PORT"):
        load(_env_file=None, web_port=99_999)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("web_port", "eighty", "WEB_PORT=eighty cannot be used: it must be a whole number from 0 to 65535."),
        ("log_level", "loud", "LOG_LEVEL=loud cannot be used: it must be one of debug, info, warning, error."),
        ("log_format", "x", "LOG_FORMAT=x cannot be used: it must be one of auto, json, pretty."),
        ("gemini_enterprise", "ja", "GEMINI_ENTERPRISE=ja cannot be used: it must be true or false."),
        ("gemini_timeout_seconds", "0", "GEMINI_TIMEOUT_SECONDS=0 cannot be used: it must be a number from 1 to 600."),
    ],
)
def test_a_refused_variable_is_named_with_its_value_and_what_is_allowed(name: str, value: str, allowed: str) -> None:
    with pytest.raises(SettingsFault) as fault:
        load(_env_file=None, **{name: value})
    assert str(fault.value) == allowed


def test_what_discord_sells_is_written_as_pairs() -> None:
    assert load(_env_file=None, discord_packs=" 7001:50, 7002:250 ").discord_packs == (
        Pack("7001", 50),
        Pack("7002", 250),
    )
    for wrong in ("7001", "7001:", "7001:0", "fifty:50", "7001:50,7001:60"):
        with pytest.raises(SettingsFault, match=f"DISCORD_PACKS={wrong} cannot be used: "):
            load(_env_file=None, discord_packs=wrong)


def test_what_is_sold_by_card_is_written_with_its_price() -> None:
    assert load(_env_file=None, stripe_packs="50:499:usd, price_1Ab:250:1999:eur").stripe_packs == (
        Pack("", 50, Money(499, "usd")),
        Pack("price_1Ab", 250, Money(1999, "eur")),
    )
    for wrong in ("50", "50:499", "0:499:usd", "50:4.99:usd", "50:499:USD", "7001:50:499:usd", "50:499:usd,50:599:usd"):
        with pytest.raises(SettingsFault, match=f"STRIPE_PACKS={re.escape(wrong)} cannot be used: "):
            load(_env_file=None, stripe_packs=wrong)


def test_money_is_not_taken_by_who_would_not_hear_of_it() -> None:
    with pytest.raises(SettingsFault, match="STRIPE_WEBHOOK_SECRET"):
        load(_env_file=None, stripe_secret_key="sk_test_x")


def test_a_refused_secret_is_not_repeated() -> None:
    with pytest.raises(SettingsFault) as fault:
        load(_env_file=None, signing_key="canary")
    assert "SIGNING_KEY" in str(fault.value)
    assert "at least 32 characters" in str(fault.value)
    assert "canary" not in str(fault.value)


def test_settings_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(SettingsFault, match="BLOBS=supabase needs"):
        load(_env_file=None, blobs="supabase")
    with pytest.raises(SettingsFault, match="TELEGRAM_WEBHOOK_SECRET"):
        load(_env_file=None, telegram_mode="webhook", telegram_bot_token="1:x")


def test_no_secret_is_shown_by_the_settings_themselves() -> None:
    settings = load(_env_file=None, telegram_bot_token="123456:canary-token", database_url="postgresql://u:canary@h/d")

    assert "canary" not in repr(settings)
    assert "123456:canary-token" in settings.secrets()


def test_what_plans_cost_by_card_is_written_with_the_price_of_the_account() -> None:
    written = "starter:price_1:900:usd, pro:price_2:2900:usd"
    settings = load(
        _env_file=None, stripe_plans=written, stripe_secret_key="rk_test_1", stripe_webhook_secret="whsec_1"
    )
    assert settings.stripe_plans[1] == Tariff(PlanId.PRO, "price_2", Money(2900, "usd"))
    assert settings.plans_sold == {PlanId.STARTER: {"web"}, PlanId.PRO: {"web"}}
    assert not load(_env_file=None, stripe_plans=written).plans_sold, "without a key nothing is sold"
    for wrong in ("pro", "free:price_1:900:usd", "pro:2900:usd", "pro:price_1:900:usd,pro:price_2:900:usd"):
        with pytest.raises(SettingsFault, match=f"STRIPE_PLANS={wrong} cannot be used: "):
            load(_env_file=None, stripe_plans=wrong)


def test_admins_are_written_with_their_roles() -> None:
    assert load(_env_file=None, admins=" telegram:12:owner, discord:9:viewer").admins == (
        Admin("telegram:12", Role.OWNER),
        Admin("discord:9", Role.VIEWER),
    )
    for wrong in (
        "telegram:12",
        "machine:root:owner",
        "web:1:viewer",
        "telegram:12:king",
        "telegram:1:owner,telegram:1:viewer",
    ):
        with pytest.raises(SettingsFault, match="ADMINS="):
            load(_env_file=None, admins=wrong)


def test_the_site_is_where_people_reach_it() -> None:
    assert load(_env_file=None, web_public_url="https://thumbs.example/").site == "https://thumbs.example"
    assert load(_env_file=None, web_host="0.0.0.0", web_port=9000).site == "http://127.0.0.1:9000"


def test_plans_are_sold_where_one_of_their_ways_of_paying_is_set_up() -> None:
    given = {
        "stripe_plans": "starter:price_1:900:usd",
        "stripe_secret_key": "rk_test_1",
        "stripe_webhook_secret": "whsec_1",
        "telegram_plans": "pro:1450",
        "discord_plans": "pro:7102,team:7103",
        "discord_bot_token": "x",
    }
    assert load(_env_file=None, **given).discord_plans[0] == Sku(PlanId.PRO, "7102")
    for more, places in (
        ({}, {"starter": {"web"}, "pro": {"discord"}, "team": {"discord"}}),
        (
            {"web_public_url": "https://x.test", "telegram_bot_token": "1:x"},
            {"starter": {"web", "discord", "telegram"}, "pro": {"telegram", "discord"}, "team": {"discord"}},
        ),
        ({"discord_bot_token": ""}, {"starter": {"web"}}),
    ):
        sold = load(_env_file=None, **{**given, **more}).plans_sold
        assert sold == places and list(sold) == sorted(sold, key=list(PlanId).index)
    with pytest.raises(SettingsFault, match="DISCORD_PLANS=pro:x cannot be used: each plan is its name"):
        load(_env_file=None, discord_plans="pro:x")
    with pytest.raises(SettingsFault, match="stands in DISCORD_PACKS too"):
        load(_env_file=None, discord_plans="pro:1", discord_packs="1:50")
