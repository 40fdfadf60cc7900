"""``python -m renderiq``."""

import sys

from renderiq.cli import main

sys.exit(main())
