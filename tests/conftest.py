"""What holds for every test: no secret that a test makes may be in a line that is logged."""

pytest_plugins = ["tests.support.leak_plugin"]
