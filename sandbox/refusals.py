"""What Telegram answers when it says no: the status, and the words clients know it by."""

from typing import Any


class Refusal(Exception):
    """One refused call; the status is both the HTTP status and `error_code`."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "ok": False,
            "error_code": self.status,
            "description": self.description,
        }
        return {**told, "parameters": self.parameters} if self.parameters else told


def bad_request(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: {reason}")


def unauthorized() -> Refusal:
    return Refusal(401, "Unauthorized")


def blocked() -> Refusal:
    return Refusal(403, "Forbidden: bot was blocked by the user")


def not_found() -> Refusal:
    return Refusal(404, "Not Found")


def conflict() -> Refusal:
    return Refusal(
        409,
        "Conflict: terminated by other getUpdates request;"
        " make sure that only one bot instance is running",
    )


def too_large() -> Refusal:
    return Refusal(413, "Request Entity Too Large")


def too_many(seconds: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)


def bad_gateway() -> Refusal:
    return Refusal(502, "Bad Gateway")


def not_modified() -> Refusal:
    return bad_request(
        "message is not modified: specified new message content and reply markup"
        " are exactly the same as a current content and reply markup of the message"
    )
