"""Everything that goes wrong at the real service, on request."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from app.demo.gemini.wire import Json, Refusal


class Case(StrEnum):
    # HTTP 200 without a usable picture
    BLOCKED_PROMPT = "blocked_prompt"
    IMAGE_SAFETY = "image_safety"
    PROHIBITED_CONTENT = "prohibited_content"
    RECITATION = "recitation"
    NO_IMAGE = "no_image"
    TEXT_ONLY = "text_only"
    EMPTY = "empty"
    UNKNOWN_FINISH = "unknown_finish"
    MAX_TOKENS = "max_tokens"
    # HTTP errors
    BAD_ARGUMENT = "bad_argument"
    BAD_KEY = "bad_key"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    TOO_MANY = "too_many"
    DAY_IS_OVER = "day_is_over"
    INTERNAL = "internal"
    BAD_GATEWAY = "bad_gateway"
    UNAVAILABLE = "unavailable"
    GATEWAY_TIMEOUT = "gateway_timeout"
    # The line
    SILENCE = "silence"
    HANG_UP = "hang_up"
    TRUNCATED_BODY = "truncated_body"
    # Pictures
    BROKEN_PICTURE = "broken_picture"
    HALF_A_PICTURE = "half_a_picture"
    WRONG_SIZE = "wrong_size"
    UNMARKED_DRAFT = "unmarked_draft"
    """An interim picture before the final one, not marked as thought."""
    BREAKS_OFF = "breaks_off"
    """A stream ends after its first piece."""


GATEWAY_PAGE = "<html>bad gateway</html>"
PROMPT_USAGE = {"promptTokenCount": 9, "totalTokenCount": 9}


def finished(reason: str, *, words: str = "", message: str = "") -> Json:
    candidate: Json = {"finishReason": reason, "index": 0}
    if words:
        candidate["content"] = {"role": "model", "parts": [{"text": words}]}
    if message:
        candidate["finishMessage"] = message
    return {"candidates": [candidate], "usageMetadata": PROMPT_USAGE}


ANSWERS: Mapping[Case, Json] = {
    Case.BLOCKED_PROMPT: {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": PROMPT_USAGE,
    },
    Case.IMAGE_SAFETY: finished("IMAGE_SAFETY", message="Unable to show the generated image."),
    Case.PROHIBITED_CONTENT: finished("PROHIBITED_CONTENT"),
    Case.RECITATION: finished("IMAGE_RECITATION"),
    Case.NO_IMAGE: finished("NO_IMAGE", words="I can only describe it."),
    Case.TEXT_ONLY: finished("STOP", words="Here is how I would draw it."),
    Case.EMPTY: {"usageMetadata": PROMPT_USAGE},
    Case.UNKNOWN_FINISH: {"candidates": [{"content": {}, "finishReason": "SOMETHING_NEW", "index": 0}]},
    Case.MAX_TOKENS: finished("MAX_TOKENS"),
}
"""The bodies of HTTP 200."""


def _quota(quota: str, *more: Json) -> list[Json]:
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_content_paid_tier_requests",
        "quotaId": quota,
        "quotaValue": "10",
    }
    return [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}, *more]


def too_many(retry_delay: str) -> Refusal:
    return Refusal(
        429,
        "RESOURCE_EXHAUSTED",
        "You exceeded your current quota.",
        _quota(
            "GenerateRequestsPerMinutePerProjectPerModel",
            {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": retry_delay},
        ),
    )


def not_found(model: str) -> Refusal:
    return Refusal(404, "NOT_FOUND", f"models/{model} is not found for API version v1, or is not supported.")


def bad_key() -> Refusal:
    return Refusal(
        400,
        "INVALID_ARGUMENT",
        "API key not valid. Please pass a valid API key.",
        [
            {
                "@type": "type.googleapis.com/google.rpc.ErrorInfo",
                "reason": "API_KEY_INVALID",
                "domain": "googleapis.com",
            }
        ],
    )


def refusal(case: Case, model: str, retry_delay: str) -> Refusal | None:
    match case:
        case Case.BAD_ARGUMENT:
            return Refusal(400, "INVALID_ARGUMENT", "Invalid value at generation_config.image_config.image_size")
        case Case.BAD_KEY:
            return bad_key()
        case Case.FORBIDDEN:
            return Refusal(403, "PERMISSION_DENIED", "Permission denied")
        case Case.NOT_FOUND:
            return not_found(model)
        case Case.TOO_MANY:
            return too_many(retry_delay)
        case Case.DAY_IS_OVER:
            quota = _quota("GenerateRequestsPerDayPerProjectPerModel")
            return Refusal(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", quota)
        case Case.INTERNAL:
            return Refusal(500, "INTERNAL", "An internal error has occurred.")
        case Case.UNAVAILABLE:
            return Refusal(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        case Case.GATEWAY_TIMEOUT:
            return Refusal(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.")
    return None
