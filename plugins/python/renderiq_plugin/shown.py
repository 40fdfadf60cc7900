"""What a window of a host says of the account and of versions. Pure."""

from __future__ import annotations

from .prices import in_credits
from .snapshot import Snapshot


def who(found: Snapshot) -> str:
    """Returns who is signed in and the balance, or how far signing in is."""
    if found.is_signing_in:
        if found.device:
            return f"Code {found.device.user_code}\nApprove this code on the page in your browser."
        return "Asking for a code…"
    if found.is_signed_in:
        name = found.email or "Signed in by key"
        return f"{name}\n{in_credits(found.balance)}" if found.balance is not None else name
    return "Not signed in"


def version_notice(found: Snapshot) -> str:
    """Returns a sentence if there is a newer version; empty if there is none."""
    if not found.is_too_old and not found.update:
        return ""
    text = "This version is too old for the server." if found.is_too_old else "A newer version is there."
    return f"{text} Install {found.update or 'the newest one'}."
