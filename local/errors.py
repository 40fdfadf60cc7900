"""The local stack's exception."""


class LocalStackError(Exception):
    """The local stack cannot start or continue. The message is shown to the user."""
