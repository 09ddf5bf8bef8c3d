"""What the service says of a search it made: queries, sources, and the piece of a page its terms want shown."""

from __future__ import annotations

import html
import json
from urllib.parse import quote_plus

from app.demo.gemini.wire import Json

QUERY_WORDS = 6
_CHIP = """\
<style>
.container { align-items: center; border-radius: 8px; display: flex; font: 14px/20px Roboto, sans-serif; }
.container { padding: 8px 12px; }
.headline { display: flex; margin-right: 8px; white-space: nowrap; }
.carousel { overflow: auto; scrollbar-width: none; white-space: nowrap; margin-right: -12px; }
.chip { border: 1px solid; border-radius: 16px; display: inline-block; margin: 0 8px 0 0; max-width: 320px; }
.chip { overflow: hidden; padding: 5px 16px; text-align: center; text-decoration: none; text-overflow: ellipsis; }
@media (prefers-color-scheme: light) {
  .container { background-color: #fafafa; box-shadow: 0 0 0 1px #0000000f; color: #1f1f1f; }
  .chip { background-color: #ffffff; border-color: #d2d2d2; color: #5e5e5e; }
}
@media (prefers-color-scheme: dark) {
  .container { background-color: #1f1f1f; box-shadow: 0 0 0 1px #ffffff26; color: #fff; }
  .chip { background-color: #2c2c2c; border-color: #3c4043; color: #fff; }
}
</style>
<div class="container">
  <div class="headline">stand-in search</div>
  <div class="carousel"><a class="chip" href="ADDRESS">QUERY</a></div>
</div>
"""
"""In the shape of the service's own: styles for light and dark, a mark, a link for each query."""


def grounding(words: str) -> Json:
    query = " ".join(_topic(words).split()[:QUERY_WORDS]) or "thumbnail"
    address = f"https://www.google.com/search?q={quote_plus(query)}"
    return {
        "webSearchQueries": [query],
        "searchEntryPoint": {
            "renderedContent": _CHIP.replace("ADDRESS", html.escape(address)).replace("QUERY", html.escape(query))
        },
        "groundingChunks": [{"web": {"uri": "https://example.com/", "title": "example.com"}}],
    }


def _topic(words: str) -> str:
    """What the data says the picture is about; all that was said where there is no data."""
    try:
        data = json.loads(words.rpartition("<data>")[2].partition("</data>")[0])
    except ValueError:
        return words
    return str(data.get("title") or data.get("headline") or "")
