"""The one argument of every function of ours, as PostgreSQL gets it."""

from collections.abc import Mapping
from typing import Any

import orjson
from psycopg.types.json import Jsonb


def argument(values: Mapping[str, Any]) -> Jsonb:
    """JSON by orjson: keys may be enumerations or numbers and become text; a number that is none (NaN, infinity)
    becomes null, because JSON has no word for it. What has no JSON form raises TypeError before anything is sent."""
    return Jsonb(dict(values), _dumps)


def _dumps(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)
