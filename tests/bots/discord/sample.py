"""Views of every shape, drawn by hypothesis."""

from hypothesis import strategies as st

from core.conversation.action import Cancel, Choose
from core.conversation.view import (
    Button,
    Fact,
    FieldKind,
    FileView,
    FormView,
    GalleryView,
    NoticeView,
    Option,
    Picture,
    ProgressView,
    Row,
    Style,
    TextView,
    Tone,
)
from core.domain.score import Grade

COLOURS = ("navy", "teal", "olive", "maroon", "purple", "gray", "red", "green", "blue", "white", "black", "orange")

TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["**bold", "a_b*c~~d||e", "# heading", "1. one\n2. two", "> quote", "<@123> @everyone", "[a](https://b.c)",
         "```\ncode", "👩‍🚀" * 300, "word " * 1000, "x" * 5000, "*" * 3000, " \n\t ", "\\", "-# small"]
    ),
)  # fmt: skip
_TOKENS = st.builds(lambda id_: Cancel(id_).pack(), st.text("abc123", min_size=1, max_size=20))
_BUTTONS = st.builds(Button, TEXTS, _TOKENS, st.sampled_from(Style))
_ROWS = st.lists(st.builds(Row, st.lists(_BUTTONS, max_size=14).map(tuple)), max_size=9).map(tuple)
_OPTIONS = st.lists(
    st.builds(
        Option,
        TEXTS,
        st.text("vw", max_size=4),
        st.builds(lambda n: Choose("d", f"q.{n}").pack(), st.integers(0, 99)),
        st.booleans(),
    ),
    max_size=60,
).map(tuple)
_ASSETS = st.sampled_from(COLOURS)
_PICTURE = st.builds(Picture, asset=_ASSETS, alt=TEXTS, caption=TEXTS, rows=_ROWS)
_PICTURES = st.lists(_PICTURE, max_size=12).map(tuple)
_FACTS = st.lists(
    st.builds(
        Fact,
        name=TEXTS,
        value=TEXTS,
        note=TEXTS,
        grade=st.one_of(st.none(), st.sampled_from(Grade)),
        link=st.sampled_from(["", "", "https://e.example/a?b=(c)<d>"]),
    ),
    max_size=9,
).map(tuple)
VIEWS = st.one_of(
    st.builds(TextView, text=TEXTS, title=TEXTS, facts=_FACTS, copy=TEXTS, rows=_ROWS),
    st.builds(GalleryView, pictures=_PICTURES, text=TEXTS, title=TEXTS, facts=_FACTS,
              sheet=st.one_of(st.just(""), _ASSETS), rows=_ROWS),
    st.builds(FormView, draft=st.sampled_from(["d", ""]), question=st.just("q"), kind=st.sampled_from(FieldKind),
              text=TEXTS, note=TEXTS, hint=TEXTS, options=_OPTIONS, rows=_ROWS),
    st.builds(ProgressView, text=TEXTS, done=st.integers(0, 30), total=st.integers(0, 30), pictures=_PICTURES,
              rows=_ROWS),
    st.builds(NoticeView, text=TEXTS, tone=st.sampled_from(Tone), lacking=st.integers(0, 60), rows=_ROWS),
    st.builds(FileView, asset=_ASSETS, name=st.sampled_from(["a.png", 'we"ird\n.zip', "снимок.jpg", ".", ""]),
              media_type=st.just("image/png"), picture=st.one_of(st.none(), _PICTURE), text=TEXTS, rows=_ROWS),
)  # fmt: skip
