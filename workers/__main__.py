"""`python -m workers worker|beat`: what the supervisor starts as child processes."""

import sys

from workers.run import run_beat, run_worker

COMMANDS = {"worker": run_worker, "beat": run_beat}

if __name__ == "__main__":
    COMMANDS[sys.argv[1]]()
