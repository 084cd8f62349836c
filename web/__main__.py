"""`python -m web …` is `nuanliu …`."""

from web.cli import main

if __name__ == "__main__":
    main()
