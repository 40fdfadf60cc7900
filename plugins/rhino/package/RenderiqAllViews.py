#! python 3
"""Orders renders of all named views. The alias RenderiqAllViews runs it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from renderiq_rhino import panel

panel.order(all_views=True)
