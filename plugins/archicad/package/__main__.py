"""Starts the companion from its .pyz file."""

import sys

if sys.version_info < (3, 9):  # noqa: UP036  it runs with the Python of the user
    sys.exit("Renderiq needs Python 3.9 or later.")

from renderiq_archicad.app import main

sys.exit(main())
