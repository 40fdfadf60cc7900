#! python 3
"""Opens Renderiq's window. The alias Renderiq runs it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from renderiq_rhino import panel

panel.show()
