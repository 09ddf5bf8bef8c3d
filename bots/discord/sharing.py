"""Sharing: what one person alone sees among others can be shown to all of them, once they press for it."""

from __future__ import annotations

from dataclasses import replace

from bots.discord.place import Place
from core.conversation.action import Share
from core.conversation.texts import Speaker
from core.conversation.view import Button, GalleryView, Row, View


def offered(view: View, place: Place, voice: Speaker) -> View:
    """With a button to share it, if it is one thumbnail with something to press that one person sees among others."""
    if not place.private or not isinstance(view, GalleryView) or len(view.pictures) != 1:
        return view
    (picture,) = view.pictures
    if not picture.variant or not (view.rows or picture.rows):
        return view
    share = Button(voice.say("form.share"), Share(picture.variant).pack())
    return replace(view, rows=(*view.rows, Row((share,))))
