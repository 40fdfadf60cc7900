"""ArchiCAD's JSON API: HTTP on a port of this computer. Pure.

https://archicadapi.graphisoft.com/JSONInterfaceDocumentation/
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterable
from typing import Any, Final

PORTS: Final = range(19723, 19744)
"""Where ArchiCAD listens; each one that runs takes the next free port."""
TIMEOUT: Final = 10.0
_MAX_BYTES: Final = 64 * 1024 * 1024


class ArchicadError(Exception):
    """ArchiCAD refused a command. ``code`` is ArchiCAD's."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class NotRunningError(ArchicadError):
    """Nobody answers at that port, or it is not ArchiCAD."""

    def __init__(self, port: int) -> None:
        super().__init__(0, f"ArchiCAD does not answer on port {port}. Start it and open a project.")


class JsonApi:
    """One running ArchiCAD. Every call waits for its answer, so it belongs into a thread."""

    def __init__(self, port: int) -> None:
        self.port = port

    def call(self, command: str, parameters: dict[str, Any] | None = None, timeout: float = TIMEOUT) -> dict[str, Any]:
        """Returns the result of a command. ``timeout`` is in seconds.

        Raises ``NotRunningError`` if ArchiCAD does not answer, and ``ArchicadError`` if it refuses.
        """
        message: dict[str, Any] = {"command": command}
        if parameters is not None:
            message["parameters"] = parameters
        answer = self._post(json.dumps(message).encode(), timeout)
        if answer.get("succeeded") is True:
            result = answer.get("result", {})
            return result if isinstance(result, dict) else {}
        raise _refusal(answer.get("error"))

    def add_on(
        self, namespace: str, name: str, parameters: dict[str, Any] | None = None, timeout: float = TIMEOUT
    ) -> dict[str, Any]:
        """Returns the response of an add-on's command. Raises as ``call`` does, also for what the add-on refuses."""
        wrapped: dict[str, Any] = {"addOnCommandId": {"commandNamespace": namespace, "commandName": name}}
        if parameters is not None:
            wrapped["addOnCommandParameters"] = parameters
        response = self.call("API.ExecuteAddOnCommand", wrapped, timeout).get("addOnCommandResponse", {})
        if not isinstance(response, dict):
            return {}
        if "error" in response or response.get("success") is False:
            raise _refusal(response.get("error"))
        return response

    def _post(self, body: bytes, timeout: float) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json"})
            answer = json.loads(connection.getresponse().read(_MAX_BYTES))
        except TimeoutError:
            raise ArchicadError(0, "ArchiCAD is busy, or shows a dialog. Close it and try again.") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise NotRunningError(self.port) from None
        finally:
            connection.close()
        if not isinstance(answer, dict):
            raise NotRunningError(self.port)
        return answer


def find(ports: Iterable[int] = PORTS, timeout: float = 2.0) -> JsonApi | None:
    """Returns the first ArchiCAD that answers, or None."""
    for port in ports:
        api = JsonApi(port)
        try:
            if "version" in api.call("API.GetProductInfo", timeout=timeout):
                return api
        except ArchicadError:
            continue
    return None


def _refusal(error: object) -> ArchicadError:
    found = error if isinstance(error, dict) else {}
    code, message = found.get("code"), found.get("message")
    return ArchicadError(code if isinstance(code, int) else 0, str(message or "ArchiCAD refused it without a reason."))
