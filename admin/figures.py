"""``make figures-rebuild``: makes the figures anew from the tables."""

from collections.abc import Callable
from typing import Final

from admin.targets import Target
from renderiq.clock import utc_now
from renderiq.services.figure_counter import FigureRebuild
from renderiq.stores.figures import FigureStore, RebuildInProgressError
from renderiq.stores.stream_records import RecordReader

SOURCES: Final = ("RendersTable", "DeliveriesTable", "UploadsTable", "LedgerTable")


def figure_rebuild(target: Target) -> FigureRebuild:
    """The rebuild of the figures of ``target``."""
    dynamodb, names = target.client("dynamodb"), target.names
    reader = RecordReader(dynamodb, [names[table] for table in SOURCES])
    return FigureRebuild(FigureStore(dynamodb, names["FiguresTable"]), reader, utc_now)


def rebuild_figures(target: Target, say: Callable[[str], None] = print) -> int:
    """Rebuild the figures. The worker counts nothing meanwhile, and goes on where it was. Returns the exit status."""
    try:
        differing = figure_rebuild(target).run()
    except RebuildInProgressError:
        say("✗ another rebuild runs, or this one was interrupted: run it again in five minutes")
        return 1
    say(f"{differing} hours, days and totals were different and are corrected" if differing else "nothing differed")
    return 0
