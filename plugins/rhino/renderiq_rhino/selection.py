"""What is selected: objects, their faces, edges and vertices, and their grips. Rhino's main thread alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final

import Rhino

_PERSISTENT: Final = 2
"""What Rhino says of an object that stays selected after a command. Those of a command that runs do not."""


class Selection:
    """The selection at the time when it is made. It is empty, and False, if nothing is selected."""

    def __init__(self, document: Rhino.RhinoDoc) -> None:
        self._document = document
        self._objects: dict[Any, bool] = {}
        self._parts: list[tuple[Any, list[Any]]] = []
        self._grips: dict[Any, list[int]] = {}
        kinds = Rhino.DocObjects.ObjectType
        for each in list(document.Objects.GetObjectList(_wanted())):
            thing: Any = each
            state = thing.IsSelected(False)
            if thing.ObjectType == kinds.Grip:
                self._grips.setdefault(thing.OwnerId, []).append(int(thing.Index))
            elif state:
                self._objects[thing.Id] = state == _PERSISTENT
            elif parts := list(thing.GetSelectedSubObjects() or []):
                self._parts.append((thing.Id, parts))

    def __bool__(self) -> bool:
        return bool(self._objects or self._parts or self._grips)

    def unselect(self) -> None:
        """Leaves nothing selected."""
        self._document.Objects.UnselectAll()
        for number, _ in self._parts:
            self._object(number).UnselectAllSubObjects()
        for number, places in self._grips.items():
            for grip in self._grips_of(number, places):
                grip.Select(False, True)

    def select(self) -> None:
        """Selects all of it again. Raises the last error of Rhino, after it has tried the rest."""
        problems: list[Exception] = []
        for each in self._steps():
            try:
                each()
            except Exception as error:
                problems.append(error)
        if problems:
            raise problems[-1]

    def _steps(self) -> Iterator[Callable[[], object]]:
        for number, stays in self._objects.items():
            # What was selected can be selected, whatever its layer and its grips are like.
            yield partial(self._document.Objects.Select, number, True, True, stays, True, True, True)
        for number, parts in self._parts:
            for part in parts:
                yield partial(self._select_part, number, part)
        for number, places in self._grips.items():
            yield partial(self._select_grips, number, places)

    def _select_part(self, number: Any, part: Any) -> None:
        self._object(number).SelectSubObject(part, True, True, True)

    def _select_grips(self, number: Any, places: list[int]) -> None:
        for grip in self._grips_of(number, places):
            grip.Select(True, True)

    def _object(self, number: Any) -> Any:
        found = self._document.Objects.FindId(number)
        if found is None:
            raise LookupError("an object is gone")
        return found

    def _grips_of(self, number: Any, places: list[int]) -> list[Any]:
        grips = list(self._object(number).GetGrips() or [])
        if max(places) >= len(grips):
            raise LookupError("the grips of an object are off")
        return [grips[each] for each in places]


def _wanted() -> Any:
    wanted = Rhino.DocObjects.ObjectEnumeratorSettings()
    wanted.SelectedObjectsFilter = True
    wanted.SubObjectSelected = True
    wanted.IncludeLights = True
    wanted.IncludeGrips = True
    wanted.IncludePhantoms = True
    wanted.ReferenceObjects = True
    return wanted
