"""A strict double of ArchiCAD's JSON API and of the add-on Tapir, from their public documentation. Standard library.

Unknown commands, parameters and types are refused. The documentation does not list the codes of all refusals: 4002
(parameters) and 4009 (response of an add-on) were seen in public reports, 4001 for unknown commands is assumed.
"""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PORTS = range(19723, 19744)
TREES = ("ProjectMap", "ViewMap", "MyViewMap", "LayoutBook")
COMMANDS: dict[str, tuple[dict[str, type], tuple[str, ...]]] = {
    "API.IsAlive": ({}, ()),
    "API.GetProductInfo": ({}, ()),
    "API.GetPublisherSetNames": ({}, ()),
    "API.GetNavigatorItemTree": ({"navigatorTreeId": dict}, ("navigatorTreeId",)),
    "API.IsAddOnCommandAvailable": ({"addOnCommandId": dict}, ("addOnCommandId",)),
    "API.ExecuteAddOnCommand": ({"addOnCommandId": dict, "addOnCommandParameters": dict}, ("addOnCommandId",)),
}
TAPIR: dict[str, tuple[dict[str, type], tuple[str, ...]]] = {
    "GetAddOnVersion": ({}, ()),
    "GetProjectInfo": ({}, ()),
    "PublishPublisherSet": ({"publisherSetName": str, "outputPath": str}, ("publisherSetName",)),
    "IFCFileOperation": ({"method": str, "ifcFilePath": str, "fileType": str}, ("method", "ifcFilePath")),
}


class RefusedError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


class FakeArchicad:
    """One running ArchiCAD. ``sets`` maps publisher sets to the files they write, by item name with suffix.

    ``tapir`` are the commands of the add-on. ``old_tapir`` answers refusals as releases do whose response schemas
    forbid them. ``fault`` is raised by the next publication.
    """

    def __init__(
        self, sets: dict[str, dict[str, bytes]], *, tapir: tuple[str, ...] = tuple(TAPIR), ifc: bytes = b"",
        version: int = 28, old_tapir: bool = False,
    ) -> None:  # fmt: skip
        self.sets, self.tapir, self.ifc, self.version, self.old_tapir = sets, tapir, ifc, version, old_tapir
        self.calls: list[tuple[str, Any]] = []
        self.fault: tuple[int, str] | None = None
        self.delay = 0.0
        self._http = self._listen()
        self.port = int(self._http.server_address[1])
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def _listen(self) -> ThreadingHTTPServer:
        handler = type("Handler", (_Handler,), {"fake": self})
        for port in PORTS:
            try:
                return _Server(("127.0.0.1", port), handler)
            except OSError:
                continue
        raise OSError("no port of ArchiCAD is free")

    def answer(self, body: bytes) -> dict[str, Any]:
        try:
            message = json.loads(body)
            if not isinstance(message, dict) or set(message) - {"command", "parameters"}:
                raise RefusedError(4000, "Invalid request")
            name, parameters = message.get("command"), message.get("parameters", {})
            if name not in COMMANDS:
                raise RefusedError(4001, f"Command not found: {name}")
            _check(parameters, *COMMANDS[name])
            self.calls.append((name, parameters))
            time.sleep(self.delay)
            return {"succeeded": True, "result": getattr(self, "_" + name[4:])(parameters)}
        except RefusedError as error:
            return {"succeeded": False, "error": {"code": error.code, "message": error.message}}

    def _IsAlive(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"isAlive": True}

    def _GetProductInfo(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"version": self.version, "buildNumber": 4000, "languageCode": "INT"}

    def _GetPublisherSetNames(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"publisherSetNames": list(self.sets)}

    def _GetNavigatorItemTree(self, parameters: dict[str, Any]) -> dict[str, Any]:
        tree = parameters["navigatorTreeId"]
        if tree.get("type") == "PublisherSets":
            _check(tree, {"type": str, "name": str}, ("type", "name"))
            if tree["name"] not in self.sets:
                raise RefusedError(4010, "Publisher set not found")
            items = [_item("", Path(each).stem, "Perspective3DItem") for each in self.sets[tree["name"]]]
            folder = _item("", tree["name"], "FolderItem", [{"navigatorItem": each} for each in items])
            return {"navigatorTree": {"rootItem": folder}}
        _check(tree, {"type": str}, ("type",))
        if tree["type"] not in TREES:
            raise RefusedError(4002, "Invalid command parameters")
        return {"navigatorTree": {"rootItem": _item("", "Project", "ProjectMapRootItem", [])}}

    def _IsAddOnCommandAvailable(self, parameters: dict[str, Any]) -> dict[str, Any]:
        return {"available": self._known(parameters["addOnCommandId"])}

    def _ExecuteAddOnCommand(self, parameters: dict[str, Any]) -> dict[str, Any]:
        if not self._known(parameters["addOnCommandId"]):
            raise RefusedError(4001, "The add-on command is not registered")
        name, given = parameters["addOnCommandId"]["commandName"], parameters.get("addOnCommandParameters", {})
        _check(given, *TAPIR[name])
        try:
            return {"addOnCommandResponse": getattr(self, "_tapir_" + name)(given)}
        except RefusedError as error:
            if self.old_tapir:
                raise RefusedError(4009, "Invalid command response") from None
            return {"addOnCommandResponse": {"error": {"code": error.code, "message": error.message}}}

    def _known(self, command: dict[str, Any]) -> bool:
        _check(command, {"commandNamespace": str, "commandName": str}, ("commandNamespace", "commandName"))
        return command["commandNamespace"] == "TapirCommand" and command["commandName"] in self.tapir

    def _tapir_GetAddOnVersion(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"version": "1.3.0"}

    def _tapir_GetProjectInfo(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"isUntitled": False, "isTeamwork": False, "projectName": "House", "projectPath": "/house.pln"}

    def _tapir_PublishPublisherSet(self, parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters["publisherSetName"] not in self.sets:
            raise RefusedError(-1, "Not valid publisher set name.")
        if self.fault:
            fault, self.fault = self.fault, None
            raise RefusedError(*fault)
        folder = Path(parameters["outputPath"])
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in self.sets[parameters["publisherSetName"]].items():
            (folder / name).write_bytes(content)
        return {}

    def _tapir_IFCFileOperation(self, parameters: dict[str, Any]) -> dict[str, Any]:
        if parameters["method"] not in ("save", "merge", "open"):
            raise RefusedError(4002, "Invalid command parameters")
        if parameters["method"] != "save":
            raise RefusedError(-1, "The double only saves.")
        if self.ifc:
            Path(parameters["ifcFilePath"]).write_bytes(self.ifc)
        return {"success": True}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = os.name == "posix"  # or else each port of 20 could be used once a minute


class _Handler(BaseHTTPRequestHandler):
    fake: FakeArchicad

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path not in ("", "/") or self.headers.get_content_type() != "application/json":
            self.send_error(400)
            return
        answer = json.dumps(self.fake.answer(body)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: Any) -> None: ...


def _check(given: Any, types: dict[str, type], required: tuple[str, ...]) -> None:
    fits = (
        isinstance(given, dict)
        and all(name in given for name in required)
        and all(name in types and isinstance(value, types[name]) and value != "" for name, value in given.items())
    )
    if not fits:
        raise RefusedError(4002, "Invalid command parameters")


def _item(prefix: str, name: str, kind: str, children: list[Any] | None = None) -> dict[str, Any]:
    item: dict[str, Any] = {
        "navigatorItemId": {"guid": str(uuid.uuid5(uuid.NAMESPACE_URL, name))}, "prefix": prefix, "name": name, "type": kind,
    }  # fmt: skip
    return item if children is None else {**item, "children": children}
