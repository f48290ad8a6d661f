"""`python -m offline`, started from a file: the current folder is never searched for modules."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from offline.__main__ import main
from offline.streams import run_process

if __name__ == "__main__":
    sys.exit(run_process(main))
