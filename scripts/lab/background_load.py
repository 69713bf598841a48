# SPDX-License-Identifier: Apache-2.0
"""A changing background load, for experiments with timing."""

import multiprocessing
import random
import threading
import time


def busy(_):
    while True:
        sum(range(10000))


def stream(_):
    data = bytearray(64 << 20)
    while True:
        data = bytearray(data)


def bursts(seed):
    draw = random.Random(seed)
    while True:
        end = time.monotonic() + draw.uniform(0.005, 0.2)
        while time.monotonic() < end:
            sum(range(1000))
        time.sleep(draw.uniform(0.005, 0.2))


class Load(threading.Thread):
    """Zero to three other processes, drawn anew every 2 to 12 seconds."""

    def __init__(self, seed):
        super().__init__(daemon=True)
        self.draw, self.running, self.seen, self.ended = random.Random(seed), [], [], threading.Event()

    def run(self):
        while not self.ended.is_set():
            self.stop_processes()
            works = [self.draw.choice([busy, stream, bursts]) for _ in range(self.draw.randint(0, 3))]
            self.seen.append("+".join(work.__name__ for work in works) or "none")
            for work in works:
                process = multiprocessing.Process(target=work, args=(self.draw.random(),), daemon=True)
                process.start()
                self.running.append(process)
            self.ended.wait(self.draw.uniform(2, 12))
        self.stop_processes()

    def stop_processes(self):
        for process in self.running:
            process.kill()
            process.join()
        self.running = []

    def take(self):
        """The loads that ran since the last call."""
        seen, self.seen = self.seen, self.seen[-1:]
        return seen
