"""A human at a Discord client: runs commands, presses, fills forms in, reads the screen, waits."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from .layout import CHECKBOXES, LABEL, RADIO, SELECT, walk
from .server import DiscordServer
from .world import (
    APPLICATION_ID,
    DIRECT,
    GROUP,
    MANAGE_GUILD,
    USUAL,
    Attachment,
    Channel,
    Entitlement,
    Interaction,
    Message,
    Subscription,
    User,
    moment,
)

Seek = str | Callable[[Message], bool]
Found = TypeVar("Found")
Upload = tuple[str, str, bytes]
"""File name, content type, bytes."""

COMMAND, COMPONENT, TYPING, FORM = 2, 3, 4, 5
_LISTS = frozenset({6, 8})
MONTH_S = 30 * 86_400.0
_GUILD_INSTALL, _USER_INSTALL = "0", "1"


class Person:
    """Acts in one channel: of a server (made if none is given), or with the bot alone.

    Acting is immediate and returns the interaction; only waiting takes time. `wait_for` looks at what was shown or
    changed since this person's last act.
    """

    def __init__(
        self,
        server: DiscordServer,
        user_id: int,
        channel: Channel | None = None,
        *,
        name: str = "ada",
        locale: str = "en-US",
        user_only: bool = False,
        roles: Sequence[int] = (),
        manages: bool = False,
    ) -> None:
        self.server, self.world = server, server.world
        self.user = User(user_id, name)
        self.channel = channel or self.world.channel(installed=not user_only)
        self.channel.people[user_id] = self.user
        self.locale, self.user_only = locale, user_only
        self.roles, self.manages = list(roles), manages
        self._acted = self.world.revision

    @property
    def messages(self) -> list[Message]:
        """What this person sees, oldest first."""
        return [one for one in self.channel.messages.values() if one.seen_by in {None, self.user.id}]

    @property
    def from_bot(self) -> list[Message]:
        """The bot's part of it, finished or not."""
        return [one for one in self.messages if one.author == self.world.bot]

    def direct(self) -> "Person":
        """The same person, in the channel with the bot alone."""
        return Person(
            self.server, self.user.id, self.world.direct(self.user), name=self.user.name, locale=self.locale
        )  # fmt: skip

    def run(self, name: str, **options: Any) -> Interaction:
        """A slash command; an option is text, a number, a truth or an upload."""
        return self._command(name, options, {"type": 1})

    def use_on(self, message: Message, name: str) -> Interaction:
        """A command out of a message's menu."""
        data = {"type": 3, "target_id": str(message.id)}
        return self._command(name, {}, data, {"messages": {str(message.id): self.world.payload(message)}})

    def complete(self, name: str, option: str, typed: str, **others: Any) -> Interaction:
        """Type into an option that completes itself."""
        options = [*self._options(others, {}), {"type": 3, "name": option, "value": typed, "focused": True}]
        return self._act(TYPING, {"id": "1", "name": name, "type": 1, "options": options})

    def press(self, pick: str, message: Message | None = None) -> Interaction:
        """Press a button by its label (whole, or else a part of it), in the newest message that has one."""
        for seen in [message] if message else reversed(self.from_bot):
            exact = [one for one in seen.buttons if one.label == pick]
            for button in [*exact, *(one for one in seen.buttons if pick in one.label)]:
                return self.forge(seen, button.token)
        raise AssertionError(f"no button {pick!r} on the screen:\n{self.screen()}")

    def select(self, *labels: str, message: Message | None = None) -> Interaction:
        """Choose options of a select by their labels."""
        for seen in [message] if message else reversed(self.from_bot):
            for one in seen.selects:
                values = [option["value"] for option in one["options"] if option["label"] in labels]
                if len(values) == len(labels):
                    assert one.get("min_values", 1) <= len(values) <= one.get("max_values", 1), "not so many"
                    data = {"component_type": SELECT, "custom_id": one["custom_id"], "values": values}
                    return self._act(COMPONENT, data, message=seen)
        raise AssertionError(f"no options {labels} on the screen:\n{self.screen()}")

    def pick(self, *ids: int, message: Message | None = None) -> Interaction:
        """Choose channels or roles, by their ids, in Discord's own list of them."""
        for seen in [message] if message else reversed(self.from_bot):
            for one in walk(seen.components):
                if one.get("type") in _LISTS:
                    assert one.get("min_values", 1) <= len(ids) <= one.get("max_values", 1), "not so many"
                    data = {"component_type": one["type"], "custom_id": one["custom_id"], "values": list(map(str, ids))}
                    return self._act(COMPONENT, data, message=seen)
        raise AssertionError(f"no list of channels or roles on the screen:\n{self.screen()}")

    def forge(self, message: Message, token: str) -> Interaction:
        """Press a button by its custom_id, whether it is there or not."""
        return self._act(COMPONENT, {"component_type": 2, "custom_id": token}, message=message)

    def submit(self, opened: Interaction, answers: Mapping[str, Any]) -> Interaction:
        """Send the form that an interaction was answered with; answers by label: text, values, or uploads."""
        assert opened.modal is not None, "no form is open"
        return self.submit_again(opened.modal, answers, message=opened.message)

    def submit_again(
        self, modal: Mapping[str, Any], answers: Mapping[str, Any], message: Message | None = None
    ) -> Interaction:
        """Send a form, however long ago it was opened."""
        attachments: dict[str, Any] = {}
        known = {one["label"] for one in modal["components"] if one["type"] == LABEL}
        assert set(answers) <= known, f"the form asks for {sorted(known)}"
        filled = [self._filled(one, answers.get(one.get("label")), attachments) for one in modal["components"]]
        data: dict[str, Any] = {"custom_id": modal["custom_id"], "components": filled}
        if attachments:
            data["resolved"] = {"attachments": attachments}
        return self._act(FORM, data, message=message)

    def write(self, text: str, *files: Upload) -> Message:
        """Say something in the channel. The bot hears it in their own channel; elsewhere it may not read it."""
        attached = tuple(self._stored(one) for one in files)
        message = self.world.message(self.channel, self.user, content=text, attachments=attached)
        self._acted = message.revision
        told = self.server.gateway.tell("MESSAGE_CREATE", self.world.payload(message), self.channel.guild_id)
        self.server.tell(told)
        return message

    def buy(self, sku_id: str, *, told: bool = True, **more: Any) -> Entitlement:
        """Press a premium button and pay; with `told` off, nobody is told but who asks."""
        made = self.world.entitlement(sku_id, self.user, **more)
        self._acted = self.world.revision
        if told:
            self.server.happened("ENTITLEMENT_CREATE", made.payload())
        return made

    def get_refunded(self, bought: Entitlement, *, told: bool = True) -> None:
        bought.deleted = True
        if told:
            self.server.happened("ENTITLEMENT_DELETE", bought.payload())

    def subscribe(self, sku_id: str, *, seconds: float = MONTH_S, told: bool = True) -> Subscription:
        """Press a plan's premium button and pay; everything Discord tells of it, in its order."""
        made = self.world.subscription(sku_id, self.user, seconds)
        self._acted = self.world.revision
        self._change("SUBSCRIPTION_CREATE", made, told)
        self._grant(made, told)
        made.status = 0
        self._change("SUBSCRIPTION_UPDATE", made, told)
        return made

    def renew(self, held: Subscription, *, seconds: float = MONTH_S, told: bool = True) -> None:
        """The next period is paid: its entitlement stays, unless another plan was chosen for it."""
        held.starts, held.ends = held.ends, held.ends + seconds
        if held.renewal_sku_ids and held.renewal_sku_ids != held.sku_ids:
            self._swap(held, held.renewal_sku_ids, told)
        self._change("SUBSCRIPTION_UPDATE", held, told)

    def upgrade(self, held: Subscription, sku_id: str, *, seconds: float = MONTH_S, told: bool = True) -> None:
        """Pay the difference to a dearer plan, whose period begins now."""
        self._swap(held, [sku_id], told)
        held.starts, held.ends = self.world.now(), self.world.now() + seconds
        self._change("SUBSCRIPTION_UPDATE", held, told)

    def downgrade(self, held: Subscription, sku_id: str) -> None:
        """Choose a cheaper plan for the next period."""
        held.renewal_sku_ids = [sku_id]
        self._change("SUBSCRIPTION_UPDATE", held, told=True)

    def cancel(self, held: Subscription, *, told: bool = True) -> None:
        held.status, held.canceled_at = 2, self.world.now()
        self._change("SUBSCRIPTION_UPDATE", held, told)

    def resume(self, held: Subscription) -> None:
        held.status, held.canceled_at = 0, None
        self._change("SUBSCRIPTION_UPDATE", held, told=True)

    def lapse(self, held: Subscription, *, told: bool = True) -> None:
        """It is over: at its period's end, or at once where a card company took the money back."""
        self._end(held, told)
        held.status = 1
        self._change("SUBSCRIPTION_UPDATE", held, told)

    def give_back(self, held: Subscription, *, told: bool = True) -> None:
        """Discord refunds it."""
        held.status = 1
        self._change("SUBSCRIPTION_UPDATE", held, told)
        self.get_refunded(self.world.entitlements[held.entitlement_ids[-1]], told=told)

    def _swap(self, held: Subscription, sku_ids: list[str], told: bool) -> None:
        self._end(held, told)
        held.sku_ids, held.renewal_sku_ids, held.entitlement_ids = sku_ids, None, []
        self._grant(held, told)

    def _grant(self, held: Subscription, told: bool) -> None:
        begun = moment(self.world.now())
        made = self.buy(held.sku_ids[0], kind=8, starts_at=begun, told=told)
        held.entitlement_ids.append(made.id)

    def _end(self, held: Subscription, told: bool) -> None:
        one = self.world.entitlements[held.entitlement_ids[-1]]
        one.ends_at = moment(self.world.now())
        if told:
            self.server.happened("ENTITLEMENT_UPDATE", one.payload())

    def _change(self, kind: str, held: Subscription, told: bool) -> None:
        """Subscriptions are told of by gateway alone."""
        if told:
            self.server.tell(self.server.gateway.tell(kind, held.payload(), None))

    def delete(self, message: Message) -> None:
        """Remove (or dismiss) a message; the bot is not told."""
        self.channel.take(message.id)

    def block(self) -> None:
        """Take no more messages from the bot."""
        self.world.direct(self.user).blocked = True

    def find(self, seek: Seek) -> Message | None:
        """The bot's newest visible message that contains the words, or meets the predicate."""
        return next((one for one in reversed(self.from_bot) if _meets(one, seek)), None)

    async def wait_for(self, seek: Seek, timeout: float = 10.0) -> Message:  # noqa: ASYNC109
        """The bot's newest such message that is new or changed since this person's last act."""
        floor = self._acted
        fresh = lambda: (one for one in reversed(self.from_bot) if one.revision > floor and _meets(one, seek))  # noqa: E731
        return await self.wait_until(lambda: next(fresh(), None), timeout)

    async def wait_for_answer(self, interaction: Interaction, timeout: float = 10.0) -> Interaction:  # noqa: ASYNC109
        """Until it has its first response."""
        await self.wait_until(lambda: interaction.answered_as is not None, timeout)
        return interaction

    async def wait_until(self, look: Callable[[], Found | None], timeout: float = 10.0) -> Found:  # noqa: ASYNC109
        """Whatever `look` finds, asked anew at each change of the channel; fails with the screen after the timeout."""
        watcher = asyncio.Event()
        try:
            async with asyncio.timeout(timeout):
                while not (found := look()):
                    watcher.clear()
                    await self.channel.change(watcher)
        except TimeoutError:
            raise AssertionError(f"nothing of the kind within {timeout} s on the screen:\n{self.screen()}") from None
        return found

    def screen(self) -> str:
        """The channel as this person sees it, as lines of text."""
        lines = []
        for one in self.messages:
            marks = f"{' (only you)' * bool(one.seen_by)}{' (edited)' * bool(one.edited)}{' …' * one.thinking}"
            files = "".join(f"<{file.filename}, {len(file.data)} B> " for file in one.attachments)
            lines.append(f"{one.author.name}{marks}: {files}{one.text}")
            lines += ["    " + " ".join(f"( {button.label} )" for button in one.buttons)] if one.buttons else []
            lines += ["    [ " + " | ".join(o["label"] for o in each["options"]) + " ]" for each in one.selects]
        return "\n".join(lines) or "(an empty channel)"

    def _command(
        self, name: str, options: Mapping[str, Any], data: dict[str, Any], resolved: dict[str, Any] | None = None
    ) -> Interaction:
        attachments: dict[str, Any] = {}
        listed = self._options(options, attachments)
        found = {**(resolved or {}), **({"attachments": attachments} if attachments else {})}
        whole = {"id": "1", "name": name, **data, **({"options": listed} if listed else {})}
        return self._act(COMMAND, whole | ({"resolved": found} if found else {}))

    def _options(self, options: Mapping[str, Any], attachments: dict[str, Any]) -> list[dict[str, Any]]:
        listed = []
        for name, value in options.items():
            if isinstance(value, tuple):
                file = self._stored(value)
                attachments[str(file.id)] = file.payload()
                listed.append({"type": 11, "name": name, "value": str(file.id)})
            else:
                kind = 5 if isinstance(value, bool) else 4 if isinstance(value, int) else 3
                listed.append({"type": kind, "name": name, "value": value})
        return listed

    def _stored(self, upload: Upload) -> Attachment:
        return self.world.attach(*upload)

    def _filled(self, field: dict[str, Any], answer: Any, attachments: dict[str, Any]) -> dict[str, Any]:
        """One field of a form as it is submitted; raises AssertionError for what the client would not let through."""
        if field["type"] != LABEL:
            return {"type": field["type"], "id": 1}
        inner = field["component"]
        sent: dict[str, Any] = {"type": inner["type"], "id": 2, "custom_id": inner["custom_id"]}
        required = inner.get("required", True)
        match inner["type"]:
            case 4:
                text = str(answer if answer is not None else inner.get("value") or "")
                assert (inner.get("min_length") or required or 0) <= len(text) <= (inner.get("max_length") or 4000)
                sent["value"] = text
            case 19:
                sent["values"] = [self._attached(one, attachments) for one in answer or ()]
                assert (inner.get("min_values", 1) if required else 0) <= len(sent["values"]) <= inner["max_values"]
            case 21:
                sent["value"] = _values(inner, answer)[0] if answer or required else None
            case _:
                sent["values"] = _values(inner, answer)
        return {"type": LABEL, "id": 1, "component": sent}

    def _attached(self, upload: Upload, attachments: dict[str, Any]) -> str:
        file = self._stored(upload)
        attachments[str(file.id)] = file.payload()
        return str(file.id)

    def _act(self, kind: int, data: dict[str, Any], message: Message | None = None) -> Interaction:
        self._acted = self.world.revision
        made = self.world.interaction(kind, self.user, self.channel, message=message, user_only=self.user_only)
        self.server.deliver(made, self.payload(made, data))
        return made

    def payload(self, made: Interaction, data: dict[str, Any]) -> dict[str, Any]:
        """The interaction as Discord sends it."""
        guild = self.channel.guild_id
        owners = {_USER_INSTALL: str(self.user.id)} if self.user_only else {_GUILD_INSTALL: str(guild or 0)}
        body: dict[str, Any] = {
            "id": str(made.id),
            "application_id": str(APPLICATION_ID),
            "type": made.kind,
            "token": made.token,
            "version": 1,
            "data": data,
            "channel_id": str(self.channel.id),
            "channel": self.channel.payload(),
            "locale": self.locale,
            "app_permissions": "0" if self.user_only else str(self.channel.permissions),
            "entitlements": [
                one.payload()
                for one in self.world.entitlements.values()
                if one.user_id == self.user.id and not (one.consumed or one.deleted or one.ends_at)
            ],
            "authorizing_integration_owners": owners,
            "context": {DIRECT: 1, GROUP: 2}.get(self.channel.kind, 0),
            "attachment_size_limit": self.server.attachment_limit,
        }
        if guild is None:
            body["user"] = self.user.payload()
        else:
            body |= {"guild_id": str(guild), "guild": {"id": str(guild), "locale": "en-US", "features": []}}
            body["member"] = {
                "user": self.user.payload(),
                "roles": [str(one) for one in self.roles],
                "joined_at": "2026-01-01T00:00:00.000000+00:00",
                "deaf": False,
                "mute": False,
                "flags": 0,
                "permissions": str(USUAL | (MANAGE_GUILD if self.manages else 0)),
            }
        if made.message is not None:
            body["message"] = self.world.payload(made.message)
        return body


def _values(field: Mapping[str, Any], labels: Sequence[str] | str | None) -> list[str]:
    """Values of the options with these labels; without any, those chosen from the start."""
    assert field["type"] in {SELECT, RADIO, CHECKBOXES}
    if labels is None:
        return [option["value"] for option in field["options"] if option.get("default")]
    wanted = [labels] if isinstance(labels, str) else labels
    values = [option["value"] for option in field["options"] if option["label"] in wanted]
    assert len(values) == len(wanted), f"{wanted} are not all among {[one['label'] for one in field['options']]}"
    return values


def _meets(message: Message, seek: Seek) -> bool:
    if message.thinking:
        return False
    return seek in message.text if isinstance(seek, str) else seek(message)
