"""The command menus of a bot: one list per scope and language."""

import json
import re
from typing import Any

from sandbox.calls import Call
from sandbox.refusals import bad_request

MOST_COMMANDS = 100
_NAME = re.compile(r"[a-z0-9_]{1,32}")

Commands = list[dict[str, str]]


class Menus:
    """What /-menus the bot has set, as `setMyCommands` and its sisters see them."""

    def __init__(self) -> None:
        self._menus: dict[tuple[str, str], Commands] = {}

    def set(self, call: Call) -> bool:
        self._menus[_key(call)] = [_checked(command) for command in _commands(call)]
        return True

    def get(self, call: Call) -> Commands:
        return self._menus.get(_key(call), [])

    def delete(self, call: Call) -> bool:
        self._menus.pop(_key(call), None)
        return True

    def shown_to(self, chat_id: int, language: str = "") -> Commands:
        """The menu of one private chat: its own, else the one for private chats, else the usual."""
        scopes: list[dict[str, Any]] = [
            {"type": "chat", "chat_id": chat_id},
            {"type": "all_private_chats"},
            {"type": "default"},
        ]
        for scope in scopes:
            for spoken in (language, ""):
                if menu := self._menus.get((_scope_key(scope), spoken)):
                    return menu
        return []


def _key(call: Call) -> tuple[str, str]:
    scope = call.structure("scope") or {"type": "default"}
    if scope.get("type") == "chat":
        scope = {**scope, "chat_id": int(scope["chat_id"])}
    return _scope_key(scope), call.text("language_code")


def _scope_key(scope: dict[str, Any]) -> str:
    return json.dumps(scope, sort_keys=True)


def _commands(call: Call) -> list[Any]:
    commands = call.structure("commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: expected an Array")
    if len(commands) > MOST_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    return commands


def _checked(command: dict[str, str]) -> dict[str, str]:
    if not _NAME.fullmatch(command.get("command", "").removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(command.get("description", "").strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {**command, "command": command["command"].removeprefix("/")}
