"""Prints for a while, so that somebody can watch."""

import time

for tick in range(300):
    print(f"tick {tick}", flush=True)
    if tick > 150:
        time.sleep(0.1)
print("watched")
