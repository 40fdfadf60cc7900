# ruff: noqa: PT009, PT027 - it runs beside Graphisoft's package, without pytest
"""Graphisoft's own package talks to the double that the companion is tested with. Its only need is ``archicad``."""

from __future__ import annotations

import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from archicad import ACConnection  # noqa: E402
from fake_archicad import FakeArchicad  # noqa: E402
from files import IFC, png  # noqa: E402

VERSIONS = (25, 26, 27, 28, 29, 30)


class OfficialPackage(unittest.TestCase):
    def each_version(self):
        for version in VERSIONS:
            fake = FakeArchicad({"Views": {"Front.png": png(), "Garden.png": png()}}, ifc=IFC, version=version)
            try:
                with self.subTest(version=version):
                    yield fake, ACConnection.connect(fake.port)
            finally:
                fake.close()

    def test_connects_and_knows_the_version(self) -> None:
        for fake, connection in self.each_version():
            self.assertEqual((connection.version, connection.commands.IsAlive()), (fake.version, True))

    def test_lists_publisher_sets_and_their_items(self) -> None:
        for _, connection in self.each_version():
            names = connection.commands.GetPublisherSetNames()
            tree = connection.commands.GetNavigatorItemTree(connection.types.PublisherSetId(names[0]))
            items = [each.navigatorItem.name for each in tree.rootItem.children]
            self.assertEqual((names, items), (["Views"], ["Front", "Garden"]))

    def test_finds_and_runs_commands_of_tapir(self) -> None:
        for _, connection in self.each_version():
            with tempfile.TemporaryDirectory() as folder:
                command = connection.types.AddOnCommandId("TapirCommand", "PublishPublisherSet")
                self.assertTrue(connection.commands.IsAddOnCommandAvailable(command))
                parameters = {"publisherSetName": "Views", "outputPath": folder}
                connection.commands.ExecuteAddOnCommand(command, parameters)
                self.assertEqual(sorted(each.name for each in Path(folder).iterdir()), ["Front.png", "Garden.png"])

    def test_is_refused_a_command_that_is_not_there(self) -> None:
        for _, connection in self.each_version():
            command = connection.types.AddOnCommandId("TapirCommand", "CaptureView")
            self.assertFalse(connection.commands.IsAddOnCommandAvailable(command))
            with self.assertRaisesRegex(Exception, "4001"):
                connection.commands.ExecuteAddOnCommand(command, {})

    def test_is_refused_wrong_parameters(self) -> None:
        for _, connection in self.each_version():
            command = connection.types.AddOnCommandId("TapirCommand", "PublishPublisherSet")
            with self.assertRaisesRegex(Exception, "4002"):
                connection.commands.ExecuteAddOnCommand(command, {"publisherSet": "Views"})


if __name__ == "__main__":
    unittest.main()
