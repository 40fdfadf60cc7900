#! python 3
"""Orders a render of the view in front. The alias RenderiqRender runs it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from renderiq_rhino import panel

panel.order(all_views=False)
