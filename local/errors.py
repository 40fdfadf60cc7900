"""What can go wrong here, said to a person."""


class LocalStackError(Exception):
    """The local stack cannot go on; the message says why and what to do."""
