"""The browser of styles: covers by category."""

from __future__ import annotations

from typing import Any

from PySide import QtCore, QtGui

from . import thumbnails
from .shared.snapshot import Style

_COVER = 88
_ALL = "All styles"


class StyleBrowser(QtGui.QWidget):
    """``chosen`` is emitted with the id of a style; empty is the server's default."""

    chosen = QtCore.Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.categories = QtGui.QComboBox()
        self.categories.setAccessibleName("Category of styles")
        self.list = QtGui.QListWidget()
        self.list.setAccessibleName("Styles")
        self.list.setViewMode(QtGui.QListView.IconMode)
        self.list.setResizeMode(QtGui.QListView.Adjust)
        self.list.setMovement(QtGui.QListView.Static)
        self.list.setIconSize(QtCore.QSize(_COVER, _COVER * 9 // 16))
        self.list.setGridSize(QtCore.QSize(_COVER + 12, _COVER * 9 // 16 + 40))
        self.list.setWordWrap(True)
        self.list.setMinimumHeight(120)
        self.list.setMaximumHeight(230)
        layout = QtGui.QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.categories)
        layout.addWidget(self.list)
        self._styles: tuple[Style, ...] = ()
        self._style = ""
        self.categories.currentIndexChanged.connect(self._fill)
        self.list.itemClicked.connect(self._clicked)
        self.list.itemActivated.connect(self._clicked)
        thumbnails.watch(self._icons)

    def show_styles(self, styles: tuple[Style, ...], style: str) -> None:
        """Shows what the server offers, and which one is chosen."""
        is_other = [each.style_id for each in styles] != [each.style_id for each in self._styles]
        self._styles, before, self._style = styles, self._style, style
        if is_other:
            self._fill_categories()
            self._fill()
        else:
            self._icons()
        if before != style:
            self._select()

    def _fill_categories(self) -> None:
        kept = self.categories.currentText()
        self.categories.blockSignals(True)
        self.categories.clear()
        self.categories.addItems([_ALL, *dict.fromkeys(each.category for each in self._styles)])
        self.categories.setCurrentIndex(max(0, self.categories.findText(kept)))
        self.categories.blockSignals(False)

    def _fill(self) -> None:
        wanted = self.categories.currentText()
        self.list.clear()
        self._add("", "Default", "The first style of the server")
        for each in self._styles:
            if wanted in (_ALL, "", each.category):
                self._add(each.style_id, each.title, each.description)
        self._icons()
        self._select()

    def _add(self, style_id: str, title: str, description: str) -> None:
        item = QtGui.QListWidgetItem(title)
        item.setData(QtCore.Qt.UserRole, style_id)
        item.setToolTip(description)
        self.list.addItem(item)

    def _icons(self) -> None:
        covers = {each.style_id: each.cover for each in self._styles}
        for number in range(self.list.count()):
            item = self.list.item(number)
            cover = covers.get(item.data(QtCore.Qt.UserRole), "")
            if cover and item.icon().isNull() and (found := thumbnails.pixmap(cover, 2 * _COVER)) is not None:
                item.setIcon(QtGui.QIcon(found))

    def _select(self) -> None:
        for number in range(self.list.count()):
            if self.list.item(number).data(QtCore.Qt.UserRole) == self._style:
                self.list.setCurrentRow(number)
                return

    def _clicked(self, item: Any) -> None:
        self._style = item.data(QtCore.Qt.UserRole)
        self._select()
        self.chosen.emit(self._style)
