"""Run the command line with ``python -m euthymia``."""

from euthymia.cli import main

if __name__ == "__main__":
    main()
