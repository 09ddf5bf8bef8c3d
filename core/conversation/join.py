"""Join: one person in several chats. `/link` shows a code, the chat that enters it joins; `/unlink` parts them."""

from __future__ import annotations

from collections.abc import Sequence

from core.conversation.action import Run
from core.conversation.effect import IssueCode, JoinPerson, LeavePerson
from core.conversation.event import CommandSent, Event, Pressed
from core.conversation.session import Session
from core.conversation.talk import Talk, button, rows
from core.conversation.texts import Speaker, speaker
from core.conversation.turn import Turn
from core.conversation.view import Fact, NoticeView, Row, Style, TextView, Tone
from core.domain.identity import Bar, Identity, Offer, Terms

SLOT, UNLINK_SLOT = "link", "unlink"
SURE, KEEP = "yes", "keep"
PLATFORMS = frozenset({"telegram", "discord", "web"})
"""Those with a name of their own."""


def entered(event: Event) -> tuple[str, str]:
    """The code somebody typed after `/link`, or the id of the offer whose button they pressed; else empty."""
    match event:
        case CommandSent(name="link", argument=argument) | Pressed(action=Run(command="link", argument=argument)):
            offer, _ = _confirmed(argument)
            return ("" if offer or argument == KEEP else _plain(argument), offer)
        case _:
            return ("", "")


def _plain(code: str) -> str:
    return "".join(filter(str.isalnum, code)).upper()


def _sure(offer: Offer) -> str:
    """What the button says is what happens: the offer with its terms."""
    terms = offer.terms
    return f"{SURE}.{offer.id}.{terms.moves}.{terms.lapses}.{terms.debt}"


def _confirmed(argument: str) -> tuple[str, Terms]:
    """The offer's id and terms of a confirmation; an empty id: it is none."""
    match argument.split("."):
        case ["yes", offer, *numbers] if len(numbers) == 3 and all(map(_is_amount, numbers)):
            moves, lapses, debt = map(int, numbers)
            return offer, Terms(moves, lapses, debt)
        case _:
            return "", Terms()


def _is_amount(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16


# -- which chats there are -----------------------------------------------------------------------------------------


def _name(voice: Speaker, platform: str) -> str:
    return voice.say(f"platform.{platform if platform in PLATFORMS else 'other'}")


def named(voice: Speaker, platforms: Sequence[str]) -> str:
    return ", ".join(_name(voice, platform) for platform in platforms)


def chats(talk: Talk) -> str:
    """The person's chats by name; empty: this is the only one."""
    known = talk.world.linking.identities
    return named(talk.voice, [one.platform for one in known]) if len(known) > 1 else ""


def linked(talk: Talk) -> tuple[Fact, ...]:
    names = chats(talk)
    return (Fact(name=talk.voice.say("link.linked"), value=names),) if names else ()


def ways(talk: Talk) -> tuple[Row, ...]:
    """To link another chat, and to take one away again."""
    buttons = [button(talk.voice.say("button.link"), Run("link"))]
    if talk.world.linking.joined:
        buttons.append(button(talk.voice.say("button.unlink"), Run("unlink")))
    return rows(*buttons)


# -- /link ---------------------------------------------------------------------------------------------------------


def link(talk: Talk, argument: str) -> Turn:
    """A code, or what the code of another chat leads to; joined only by the button that said so."""
    voice = talk.voice
    if talk.world.overheard:
        return _notice(talk, voice.say("link.private"), Tone.WARNING)
    if not argument:
        return _issued(talk)
    if argument == KEEP:
        return _notice(talk, voice.say("link.kept"))
    offer = talk.world.linking.offer or Offer(bar=Bar.UNKNOWN)
    sure, terms = _confirmed(argument)
    if sure and offer.bar in (Bar.SAME, Bar.UNKNOWN) and any(one.here for one in talk.world.linking.joined):
        return talk.toast(voice.say("link.already"))
    if offer.bar:
        return _barred(talk, offer, offer.bar)
    if not sure or terms != offer.terms:
        return _offered(talk, offer)
    return _joined(talk, offer)


def _issued(talk: Talk) -> Turn:
    voice, linking = talk.voice, talk.world.linking
    code = f"{linking.code[:4]}-{linking.code[4:]}"
    view = TextView(
        title=voice.say("link.title"),
        text=voice.say("link.text"),
        facts=linked(talk),
        copy=f"/link {code}",
        rows=rows(button(voice.say("button.unlink"), Run("unlink"))) if linking.joined else (),
        slot=SLOT,
    )
    return Turn(talk.session, (view,), (IssueCode(issues=linking.issues),))


def _offered(talk: Talk, offer: Offer) -> Turn:
    """What will happen, before it does."""
    voice, terms = talk.voice, offer.terms
    lines = [voice.say("link.offer", chats=named(voice, offer.platforms))]
    if talk.credited():
        lines.append(voice.say("link.wallet"))
    if terms.moves:
        lines.append(voice.say("link.moves", n=terms.moves))
    if terms.lapses:
        lines.append(voice.say("link.lapses", n=terms.lapses))
    if terms.lapses > offer.gift:
        lines.append(voice.say("link.other_way"))
    if terms.debt:
        lines.append(voice.say("link.debt", n=terms.debt))
    if offer.credits:
        lines.append(voice.say("link.credits", n=offer.credits))
    lines += [voice.say("link.shared"), voice.say("link.parting")]
    view = TextView(
        title=voice.say("link.offer_title"),
        text="\n".join(lines),
        rows=rows(
            button(voice.say("button.link_sure"), Run("link", _sure(offer)), Style.PRIMARY),
            button(voice.say("button.link_keep"), Run("link", KEEP)),
        ),
        slot=SLOT,
    )
    return Turn(talk.session, (view,))


def _joined(talk: Talk, offer: Offer) -> Turn:
    voice, here = talk.voice, talk.world.linking.here
    there = speaker(offer.language)
    told = NoticeView(
        text=there.say("link.told", chat=_name(there, here.platform if here else "")),
        rows=rows(button(there.say("button.unlink"), Run("unlink"))),
    )
    text = voice.say("link.done", chats=named(voice, offer.platforms))
    view = NoticeView(text=text, rows=rows(button(voice.say("button.gallery"), Run("gallery"))), slot=SLOT)
    return Turn(talk.session, (view,), (JoinPerson(offer=offer, told=told),))


def _barred(talk: Talk, offer: Offer, bar: Bar) -> Turn:
    voice = talk.voice
    text = voice.say(f"link.bar.{bar}", minutes=-(-offer.retry_after_s // 60))
    ways_on: tuple[Row, ...] = ()
    if bar is Bar.RUNNING:
        # Looked at anew when pressed: with other terms than these it shows them first.
        again = button(voice.say("button.link_again"), Run("link", _sure(offer)), Style.PRIMARY)
        ways_on = rows(again, button(voice.say("button.jobs"), Run("jobs")))
    return Turn(talk.session, (NoticeView(text=text, tone=Tone.WARNING, rows=ways_on, slot=SLOT),))


# -- /unlink -------------------------------------------------------------------------------------------------------


def unlink(talk: Talk, argument: str) -> Turn:
    """Asked once, for the chat that is named or the only one there is."""
    voice, joined = talk.voice, talk.world.linking.joined
    if talk.world.overheard:
        return _notice(talk, voice.say("link.private"), Tone.WARNING)
    if argument == KEEP:
        return Turn(talk.session, (NoticeView(text=voice.say("unlink.kept"), slot=UNLINK_SLOT),))
    sure, name = argument.startswith(f"{SURE}."), argument.removeprefix(f"{SURE}.")
    named = [one for one in joined if one.id == name] or (joined if not argument else ())
    if not named:
        text = voice.say("unlink.gone" if argument else "unlink.none")
        return Turn(talk.session, (NoticeView(text=text, rows=ways(talk), slot=UNLINK_SLOT),))
    if len(named) > 1:
        return _which(talk, named)
    one = named[0]
    if one.busy:
        jobs = rows(button(voice.say("button.jobs"), Run("jobs")))
        text = voice.say("unlink.busy", chat=_name(voice, one.platform))
        return Turn(talk.session, (NoticeView(text=text, tone=Tone.WARNING, rows=jobs, slot=UNLINK_SLOT),))
    return _left(talk, one) if sure else _asked(talk, one)


def _which(talk: Talk, named: Sequence[Identity]) -> Turn:
    buttons = [button(_label(talk.voice, one), Run("unlink", one.id)) for one in named]
    view = TextView(text=talk.voice.say("unlink.which"), rows=rows(*buttons, width=1), slot=UNLINK_SLOT)
    return Turn(talk.session, (view,))


def _label(voice: Speaker, one: Identity) -> str:
    name = _name(voice, one.platform)
    return voice.say("unlink.here", chat=name) if one.here else name


def _asked(talk: Talk, one: Identity) -> Turn:
    voice = talk.voice
    first = next((each for each in talk.world.linking.identities if each.first), one)
    stays = _name(voice, first.platform)
    text = voice.say("unlink.ask", chat=_label(voice, one), stays=stays)
    if talk.credited():
        text = f"{text} {voice.say('unlink.credits')}"
    view = NoticeView(
        text=text,
        tone=Tone.WARNING,
        rows=rows(
            button(voice.say("button.unlink_sure"), Run("unlink", f"{SURE}.{one.id}"), Style.DANGER),
            button(voice.say("button.unlink_keep"), Run("unlink", KEEP)),
        ),
        slot=UNLINK_SLOT,
    )
    return Turn(talk.session, (view,))


def _left(talk: Talk, one: Identity) -> Turn:
    voice = talk.voice
    effect = LeavePerson(identity=one.id, here=one.here)
    if not one.here:
        text = voice.say("unlink.done", chat=_name(voice, one.platform))
        return Turn(talk.session, (NoticeView(text=text, slot=UNLINK_SLOT),), (effect,))
    # Nothing of what this chat was about is its own any more.
    view = NoticeView(
        text=voice.say("unlink.done_here"), rows=rows(button(voice.say("button.new"), Run("new"))), slot=UNLINK_SLOT
    )
    return Turn(Session(language=talk.session.language), (view,), (effect,))


def _notice(talk: Talk, text: str, tone: Tone = Tone.INFO) -> Turn:
    return Turn(talk.session, (NoticeView(text=text, tone=tone, slot=SLOT),))
