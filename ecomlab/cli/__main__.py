"""`python -m ecomlab.cli` is the command line, as `python -m ecomlab` is."""

import sys

from .main import main

if __name__ == "__main__":
    sys.exit(main())
