"""The part of the panel where the user chooses: view, style, prompt, seed, quality."""

from __future__ import annotations

from typing import Any

from PySide import QtCore, QtGui

from . import preferences
from .settings import Settings
from .shared.frame import NEAREST, RATIOS, SOURCE
from .shared.order import MAX_SEED, Look
from .shared.ordering import is_path_traced, roll
from .shared.snapshot import Snapshot
from .styles import StyleBrowser

_QUALITIES = {"standard": "1080p", "high": "4K", "ultra": "4K Ultra"}


class Form(QtGui.QWidget):
    """``changed`` is emitted after each choice. ``settings`` always has what is shown."""

    changed = QtCore.Signal()

    def __init__(self) -> None:
        super().__init__()
        self.settings = Settings(
            seed=roll(), use_guides=preferences.flag("Guides", True),
            place_in_document=preferences.flag("PlaceInDocument", False),
        )  # fmt: skip
        self._is_showing = False
        self.ratio, self.source, self.quality, self.model = (QtGui.QComboBox() for _ in range(4))
        self.source.addItem("Clean", False)
        self.source.addItem("As FreeCAD draws it", True)
        self.guides = QtGui.QCheckBox("Send depth, materials and normals")
        self.frame = QtGui.QCheckBox("Show the frame in the 3D view")
        self.frame.setChecked(preferences.flag("ShowFrame", True))
        self.place = QtGui.QCheckBox("Place results in the document")
        self.styles = StyleBrowser()
        self.prompt, self.negative = QtGui.QPlainTextEdit(), QtGui.QLineEdit()
        self.prompt.setMaximumHeight(64)
        self.prompt.setPlaceholderText("What the image should show")
        self.negative.setMaxLength(2000)
        self.negative.setPlaceholderText("What it should not show")
        self.fidelity = QtGui.QSlider(QtCore.Qt.Horizontal)
        self.fidelity.setRange(0, 100)
        self.fidelity_value = QtGui.QLabel()
        self.seed = QtGui.QSpinBox()
        self.seed.setRange(0, MAX_SEED)
        self.dice = QtGui.QToolButton()
        self.dice.setText("Dice")
        self.dice.setToolTip("Choose another seed by chance")
        self.has_sun = QtGui.QCheckBox("Fixed")
        self.azimuth, self.elevation = QtGui.QDoubleSpinBox(), QtGui.QDoubleSpinBox()
        self.azimuth.setRange(0, 360)
        self.elevation.setRange(-10, 90)
        self._lay_out()
        self._connect()
        self.show_settings(self.settings)

    def _lay_out(self) -> None:
        layout = QtGui.QFormLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setFieldGrowthPolicy(QtGui.QFormLayout.AllNonFixedFieldsGrow)
        self.sun = QtGui.QWidget()
        fidelity, seed, sun = QtGui.QHBoxLayout(), QtGui.QHBoxLayout(), QtGui.QHBoxLayout(self.sun)
        sun.setContentsMargins(0, 0, 0, 0)
        for row, widgets in (
            (fidelity, (self.fidelity, self.fidelity_value)), (seed, (self.seed, self.dice)),
            (sun, (self.has_sun, self.azimuth, self.elevation)),
        ):  # fmt: skip
            for each in widgets:
                row.addWidget(each)
        for title, field in (
            ("Ratio", self.ratio), ("Capture", self.source), ("", self.guides), ("", self.frame), ("", self.place),
            ("Style", self.styles), ("Prompt", self.prompt), ("Without", self.negative), ("Fidelity", fidelity),
            ("Seed", seed), ("Quality", self.quality), ("Model", self.model), ("Sun", self.sun),
        ):  # fmt: skip
            layout.addRow(title, field)
            if title and isinstance(field, QtGui.QWidget):
                field.setAccessibleName(title)
        self.sun_label = layout.labelForField(self.sun)
        self.azimuth.setSuffix("°")
        self.azimuth.setToolTip("Where the sun is: degrees from +Y, clockwise")
        self.elevation.setSuffix("°")
        self.elevation.setToolTip("How high the sun is, in degrees")

    def _connect(self) -> None:
        for box in (self.ratio, self.source, self.quality, self.model):
            box.currentIndexChanged.connect(self._read)
        for check in (self.guides, self.frame, self.place, self.has_sun):
            check.toggled.connect(self._read)
        for number in (self.seed, self.azimuth, self.elevation, self.fidelity):
            number.valueChanged.connect(self._read)
        self.prompt.textChanged.connect(self._read)
        self.negative.textChanged.connect(self._read)
        self.styles.chosen.connect(self._choose_style)
        self.dice.clicked.connect(lambda: self.seed.setValue(roll()))

    def show_offer(self, found: Snapshot) -> None:
        """Shows what the server offers."""
        ratios = [("Nearest to the view", NEAREST), ("As the view", SOURCE)]
        ratios += [(name, name) for name in ([each for each in found.ratios if each != SOURCE] or list(RATIOS))]
        qualities = [(_QUALITIES.get(each, each), each) for each in found.qualities or tuple(_QUALITIES)]
        models = [("Default", ""), *((each.name.capitalize(), each.name) for each in found.models)]
        self._is_showing = True
        for box, items, value in (
            (self.ratio, ratios, self.settings.ratio), (self.quality, qualities, self.settings.quality),
            (self.model, models, self.settings.model),
        ):  # fmt: skip
            if [(box.itemText(each), box.itemData(each)) for each in range(box.count())] != items:
                box.clear()
                for text, data in items:
                    box.addItem(text, data)
            box.setCurrentIndex(max(0, box.findData(value)))
        self._is_showing = False
        self.styles.show_styles(found.styles, self.settings.style)
        traced = is_path_traced(found, self.settings.look())
        self.guides.setEnabled(not traced)
        self.fidelity.setEnabled(not traced)
        self.sun.setVisible(traced)
        self.sun_label.setVisible(traced)

    def show_settings(self, settings: Settings) -> None:
        """Shows other settings."""
        self._is_showing = True
        self.settings = settings
        self.source.setCurrentIndex(1 if settings.as_view else 0)
        self.guides.setChecked(settings.use_guides)
        self.place.setChecked(settings.place_in_document)
        if self.prompt.toPlainText() != settings.prompt:
            self.prompt.setPlainText(settings.prompt)
        self.negative.setText(settings.negative_prompt)
        self.fidelity.setValue(round(settings.structure_strength * 100))
        self.fidelity_value.setText(f"{round(settings.structure_strength * 100)} %")
        self.seed.setValue(settings.seed)
        self.has_sun.setChecked(settings.has_sun)
        self.azimuth.setValue(settings.azimuth)
        self.elevation.setValue(settings.elevation)
        for box, value in (
            (self.ratio, settings.ratio),
            (self.quality, settings.quality),
            (self.model, settings.model),
        ):
            box.setCurrentIndex(max(0, box.findData(value)))
        self._is_showing = False
        self.changed.emit()

    def take(self, look: Look) -> None:
        """Takes the choices of a look."""
        self.show_settings(self.settings.with_look(look))

    def _choose_style(self, style: str) -> None:
        self.settings.style = style
        self.changed.emit()

    def _read(self, *_values: Any) -> None:
        if self._is_showing:
            return
        found = self.settings
        found.ratio = self.ratio.currentData() or NEAREST
        found.as_view = bool(self.source.currentData())
        found.use_guides, found.place_in_document = self.guides.isChecked(), self.place.isChecked()
        found.prompt, found.negative_prompt = self.prompt.toPlainText()[:2000], self.negative.text()
        found.structure_strength = self.fidelity.value() / 100
        self.fidelity_value.setText(f"{self.fidelity.value()} %")
        found.seed, found.quality = self.seed.value(), self.quality.currentData() or "standard"
        found.model = self.model.currentData() or ""
        found.has_sun, found.azimuth = self.has_sun.isChecked(), self.azimuth.value()
        found.elevation = self.elevation.value()
        for name, value in (
            ("Guides", found.use_guides), ("ShowFrame", self.frame.isChecked()),
            ("PlaceInDocument", found.place_in_document),
        ):  # fmt: skip
            preferences.set_flag(name, value)
        self.changed.emit()
