#!/usr/bin/python3
"""A link of so many bytes a second between a browser and a server on 127.0.0.1, as a router's is that queues little.

  link.py PORT    passes connections on to this port; prints its own

Each line of standard input is a rate in bytes a second for what comes from the server, over all connections; 0 is as fast as it goes.
What waits on the way fits into the sockets' buffers of 64 KiB. What goes to the server takes 10 ms.
"""
import collections, socket, sys, threading, time

BUFFER, PIECE, BACK = 65_536, 4_096, 0.01


class Pace:
    """When the next piece may go, so that all together are no faster than the rate."""

    def __init__(self):
        self.rate, self.free, self.changed = 0.0, 0.0, threading.Condition()

    def set(self, rate):
        with self.changed:
            self.rate, self.free = rate, 0.0
            self.changed.notify_all()

    def wait(self, size):
        with self.changed:
            if not self.rate:
                return
            now = time.monotonic()
            due = self.free = max(now, self.free) + size / self.rate
            while self.rate and self.free >= due and (left := due - time.monotonic()) > 0:
                self.changed.wait(left)


def close(*ends):
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def down(server, browser, pace):
    try:
        while data := server.recv(PIECE):
            pace.wait(len(data))
            browser.sendall(data)
    except OSError:
        pass
    close(server, browser)


def up(browser, server):
    waiting, there = collections.deque(), threading.Semaphore(0)

    def deliver():
        while True:
            there.acquire()
            due, data = waiting.popleft()
            time.sleep(max(0, due - time.monotonic()))
            if not data:
                return close(server, browser)
            try:
                server.sendall(data)
            except OSError:
                return close(server, browser)
    threading.Thread(target=deliver, daemon=True).start()
    data = b"-"
    while data:
        try:
            data = browser.recv(BUFFER)
        except OSError:
            data = b""
        waiting.append((time.monotonic() + BACK, data))
        there.release()


def connect(browser, port, pace):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    try:
        server.connect(("127.0.0.1", port))
    except OSError:
        return close(browser)
    for end in (server, browser):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    threading.Thread(target=down, args=(server, browser, pace), daemon=True).start()
    threading.Thread(target=up, args=(browser, server), daemon=True).start()


def accept(listening, port, pace):
    while True:
        browser, _ = listening.accept()
        connect(browser, port, pace)


def main():
    pace, listening = Pace(), socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)  # those that it accepts have it too
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    print(listening.getsockname()[1], flush=True)
    threading.Thread(target=accept, args=(listening, int(sys.argv[1]), pace), daemon=True).start()
    for line in sys.stdin:
        pace.set(float(line))


if __name__ == "__main__":
    main()
