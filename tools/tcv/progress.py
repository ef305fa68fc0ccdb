"""What a person sees while a command works: the phase, what it is at, and for how long."""

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tcv.messages import both, text


def clock(seconds: float) -> str:
    """Minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


class Progress:
    """Phases, numbered; on a terminal the last line is alive, elsewhere each step is a line."""

    def __init__(self, file: str, phases: int) -> None:
        self.file = file
        self.phases = phases
        self.number = 0
        self.alive = sys.stdout.isatty()
        self.step_text = ""
        self.started = 0.0
        self.took: dict[str, float] = {}

    @contextmanager
    def phase(self, key: str) -> Iterator[None]:
        """One phase; says when it begins, what it is at, and how long it took."""
        self.number += 1
        self.started = time.monotonic()
        self.step_text = ""
        vietnamese, english = both(self.file, key)
        print(f"[{self.number}/{self.phases}] {vietnamese} / {english}", flush=True)
        stop = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(stop,), daemon=True)
        if self.alive:
            ticker.start()
        try:
            yield
        finally:
            stop.set()
            if self.alive:
                ticker.join()
                self._erase()
            self.took[key] = time.monotonic() - self.started
        self.note(text(self.file, "phase-done", elapsed=clock(self.took[key])))

    def step(self, what: str) -> None:
        """What the phase is at now."""
        if what == self.step_text:
            return
        self.step_text = what
        if not self.alive:
            self.note(f"{clock(time.monotonic() - self.started):>6}  {what}")

    def note(self, what: str) -> None:
        """A line under the phase that stays."""
        if self.alive:
            self._erase()
        print(f"      {what}", flush=True)

    def _erase(self) -> None:
        sys.stdout.write("\r\033[K")
        sys.stdout.flush()

    def _tick(self, stop: threading.Event) -> None:
        while not stop.wait(0.2):
            width = shutil.get_terminal_size().columns - 1
            line = f"      {clock(time.monotonic() - self.started):>6}  {self.step_text}"
            sys.stdout.write(f"\r\033[K{line[:width]}")
            sys.stdout.flush()
