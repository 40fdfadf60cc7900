"""What the tests in real hosts share."""
