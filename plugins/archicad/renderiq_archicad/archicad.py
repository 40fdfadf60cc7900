"""What the companion asks ArchiCAD, and the add-on Tapir where it is installed. Pure.

Tapir: https://enzyme-apd.github.io/tapir-archicad-automation/archicad-addon/
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .json_api import ArchicadError, JsonApi, find

NAMESPACE: Final = "TapirCommand"
PUBLISH: Final = "PublishPublisherSet"
IFC: Final = "IFCFileOperation"
PROJECT: Final = "GetProjectInfo"
_LONG: Final = 900.0
"""Seconds that a publication or an export of a large project may take."""


@dataclass(frozen=True)
class ArchicadState:
    """The running ArchiCAD as the companion knows it. ``commands`` are those of Tapir that are there."""

    version: str = ""
    project: str = ""
    publisher_sets: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()

    @property
    def is_running(self) -> bool:
        """Whether ArchiCAD answers."""
        return bool(self.version)

    def has(self, command: str) -> bool:
        """Whether Tapir has a command."""
        return command in self.commands


class Archicad:
    """Finds the ArchiCAD that runs, and asks it. Every method waits, so it belongs into a thread.

    ``port`` None takes the first one that answers. Methods raise ``ArchicadError``.
    """

    def __init__(self, port: int | None = None, finder: Callable[[], JsonApi | None] = find) -> None:
        self._port, self._finder = port, finder
        self._api: JsonApi | None = JsonApi(port) if port else None

    def read(self) -> ArchicadState:
        """Returns the state of now; an empty one if no ArchiCAD answers."""
        try:
            return self._read(self._connected())
        except ArchicadError:
            if not self._port:
                self._api = None
            return ArchicadState()

    def publish(self, publisher_set: str, folder: Path) -> None:
        """Has a publisher set published into a folder, and waits for it."""
        parameters = {"publisherSetName": publisher_set, "outputPath": str(folder)}
        self._connected().add_on(NAMESPACE, PUBLISH, parameters, _LONG)

    def export_ifc(self, path: Path) -> None:
        """Has the open project saved as IFC, and waits for it. Raises ``ArchicadError`` also if no file came."""
        parameters = {"method": "save", "ifcFilePath": str(path), "fileType": "ifc"}
        self._connected().add_on(NAMESPACE, IFC, parameters, _LONG)
        if not path.is_file() or not path.stat().st_size:
            raise ArchicadError(0, "ArchiCAD said that it saved the model as IFC, but there is no file.")

    def items_of(self, publisher_set: str) -> tuple[str, ...]:
        """Returns the names of what a publisher set publishes, folders left out, in its order."""
        tree = self._connected().call(
            "API.GetNavigatorItemTree", {"navigatorTreeId": {"type": "PublisherSets", "name": publisher_set}}
        )
        return tuple(_leaves(tree["navigatorTree"]["rootItem"]))

    def _connected(self) -> JsonApi:
        self._api = self._api or self._finder()
        if self._api is None:
            raise ArchicadError(0, "No ArchiCAD answers on this computer. Start it and open a project.")
        return self._api

    def _read(self, api: JsonApi) -> ArchicadState:
        product = api.call("API.GetProductInfo")
        commands = tuple(each for each in (PROJECT, PUBLISH, IFC) if self._is_there(api, each))
        project = ""
        if PROJECT in commands:
            project = str(api.add_on(NAMESPACE, PROJECT).get("projectName", ""))
        names = api.call("API.GetPublisherSetNames").get("publisherSetNames", [])
        return ArchicadState(
            f"{product.get('version', '')}.{product.get('buildNumber', '')}", project, tuple(map(str, names)), commands
        )

    @staticmethod
    def _is_there(api: JsonApi, command: str) -> bool:
        wanted = {"addOnCommandId": {"commandNamespace": NAMESPACE, "commandName": command}}
        return api.call("API.IsAddOnCommandAvailable", wanted).get("available") is True


def _leaves(item: dict[str, Any]) -> list[str]:
    children = item.get("children")
    if children is None:
        return (
            []
            if item.get("type") in ("FolderItem", "SubsetItem")
            else [f"{item.get('prefix', '')} {item['name']}".strip()]
        )
    return [name for child in children for name in _leaves(child["navigatorItem"])]
