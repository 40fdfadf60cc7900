"""What holds for every test: no secret that a test makes may be in a line that is logged."""

from tests.support import read_once

read_once.install()

pytest_plugins = ["tests.support.leak_plugin"]
