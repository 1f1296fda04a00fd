#!/usr/bin/env python3
"""A user's job that would show any harm done to it.

It counts in memory, writes one line a second ("number wall-clock monotonic") to a file on the
shared home, and holds a lock on that very file all the time. Any failed write ends it with exit
code 1. It ends with 0 once the file "finish" beside it says "yes".

usage: count.py FILE
"""

import fcntl
import os
import sys
import time


def finished(directory: str) -> bool:
    # Opening the file makes an NFS client ask the server again (close-to-open consistency).
    with open(os.path.join(directory, "finish"), encoding="ascii") as answer:
        return answer.read().strip() == "yes"


def main(path: str) -> None:
    directory = os.path.dirname(path)
    number = 0
    with open(path, "w", encoding="ascii") as lines:
        fcntl.flock(lines, fcntl.LOCK_EX | fcntl.LOCK_NB)
        while not finished(directory):
            number += 1
            lines.write(f"{number} {time.time():.3f} {time.monotonic():.3f}\n")
            lines.flush()
            os.fsync(lines.fileno())
            time.sleep(1)
    print(f"counted to {number}")


if __name__ == "__main__":
    main(sys.argv[1])
