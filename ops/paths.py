"""Where things are in the checkout."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SEED_DATA = ROOT / "data" / "seed"
# The local stack's folder; another one makes for a second stack beside the first.
LOCAL = Path(os.environ.get("SHOP_LOCAL", ROOT / ".local"))
