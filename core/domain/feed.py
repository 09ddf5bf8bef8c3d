"""How a feed shows a picture: the widths of its tiles, and the badge of one size that lies on every one of them.

Layout, feed preview and score take their numbers from here.
"""

WIDTHS = (168, 246, 320, 480)
"""px: YouTube's suggestions, search on a phone, subscriptions grid, home on a desktop."""
SMALLEST, LARGEST = min(WIDTHS), max(WIDTHS)

BADGE_HEIGHT, BADGE_INSET = 18, 4
"""px, whatever the tile's size: a line of 12 px type, and its distance from the tile's corner."""
_BADGE_WIDTHS = {4: 33, 5: 41, 7: 52}
"""px by signs of the duration (9:41, 12:34, 1:23:45): that type measured in a browser, with 4 px of padding a side."""
LONGEST_DURATION = "1:23:45"


def badge_width(duration: str) -> int:
    """px of the badge. Raises KeyError for what no feed writes."""
    return _BADGE_WIDTHS[len(duration)]


def badge_corner(ratio: float) -> tuple[float, float]:
    """Left and top edge, as fractions of a picture of that ratio, of what a badge hides at worst: the longest duration
    on the smallest tile, with a px of air."""
    wide = badge_width(LONGEST_DURATION) + BADGE_INSET + 1
    high = BADGE_HEIGHT + BADGE_INSET + 1
    return round(1 - wide / SMALLEST, 3), round(1 - high * ratio / SMALLEST, 3)
