"""A program with numbered feeds, and crowds that watch them: what bench/crowd, many-feeds, neighbours and churn measure with."""
import re, subprocess, tempfile, time

import picture
from servers import compile_c, cpu_time, kill, resident, start, stop, Embedding

PATIENCE = 120  # seconds until a program that says nothing has failed


def fields(line):
    return {key: float(value) for key, value in (field.split("=") for field in line.split())}


class Feeds:
    """A running NumberedFeeds."""

    def __init__(self, program, folder, size, fps, sources, published, options=(), shape=(1280, 720)):
        own = tempfile.mkdtemp(dir=folder)
        file, self.log, self.newest = f"{own}/{size}.jpg", f"{own}/log", f"{own}/newest"
        with open(file, "wb") as out:
            out.write(picture.numbered(size, *shape))
        with open(self.log, "w") as log:
            self.process = start(program.command(file, self.newest, fps, sources, published, options=options), text=True,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.pid = self.process.pid
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            stop(f"NumberedFeeds did not start; it said: {open(self.log).read()[:500]}")
        self.port = int(line)

    def figures(self):
        """What it holds behind a garbage collection, in bytes and pieces."""
        self.process.stdin.write("figures\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line.strip():
            stop(f"NumberedFeeds has ended; it said: {open(self.log).read()[:500]}")
        return fields(line) | {"resident": resident(self.pid)}

    def cpu(self):
        return cpu_time(self.pid)

    def busy(self, seconds):
        """Which part of one core it takes."""
        before, began = self.cpu(), time.monotonic()
        time.sleep(seconds)
        return (self.cpu() - before) / (time.monotonic() - began)

    def complaints(self):
        """Lines of its log that tell of an error."""
        return [line.strip() for line in open(self.log) if re.search(r"Error|Exception|ERROR|WARN", line)]

    def close(self):
        kill(self.process)


class Crowd:
    """Viewers in a process of their own, see crowd.c; a group is (count, rate, feed)."""

    def __init__(self, binary, feeds, settle, seconds, *groups):
        specs = [f"{count}:{rate}:{feed}" for count, rate, feed in groups]
        self.feeds = feeds
        self.process = start([binary, str(feeds.port), feeds.newest, str(settle), str(seconds), *specs], text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.groups = self.busy = self.own = None
        if self.process.stdout.readline() == "begin\n":
            both = feeds.pid, self.process.pid
            before, began = [cpu_time(pid) for pid in both], time.monotonic()
            lines = [self.process.stdout.readline() for _ in groups]
            took = time.monotonic() - began
            # of the server and of the viewers, as a part of one core
            self.busy, self.own = ((cpu_time(pid) - then) / took for pid, then in zip(both, before))
            if all(lines):
                self.groups = [fields(line) for line in lines]
        self.failure = "" if self.groups else self.process.stderr.read().strip()

    def leave(self):
        kill(self.process)


def viewers_gone(feeds):
    """Waits until the server has seen that they are gone; what it holds then."""
    end = time.monotonic() + PATIENCE
    while (now := feeds.figures())["viewers"] and time.monotonic() < end:
        time.sleep(0.5)
    return now


def whole(group, fps, seconds):
    """Whether every viewer of it had the feed's rate, but for a frame at the edge of the time."""
    return group["slowest"] >= fps - 1.5 / seconds


def prepared(folder):
    """The two programs, compiled."""
    return Embedding(folder, "NumberedFeeds"), compile_c(folder, "crowd.c")
