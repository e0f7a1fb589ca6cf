"""The blocks of the pages, found where they stand."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
