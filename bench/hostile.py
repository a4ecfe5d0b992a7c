"""Clients that want all for themselves. A part of bench/soak.

  hostile.py PORT [KIND...]

Until its standard input ends they do what they can to the server on this port, whose feeds are those of bench/soak; then what came of it is printed as one line of JSON.
Whoever is thrown out comes back after a second. They come from this machine's address in its network, where it has one: to the server they are another machine than the viewers.
"""
import base64, json, os, random, select, socket, struct, sys, threading, time
from collections import Counter

PINGS, WAITING, READERS, GREEDY, SLOW, HUGE = 4, 20, 30, 3, 48, 16
FEEDS, VARIANTS = ("marked", "film", "printed", "big"), [f"width={width}" for width in (80, 160, 240, 400, 560)] + [f"quality={quality}" for quality in (20, 50, 70)]
SIDE = 3344  # of the largest raw picture that is taken
OVER = threading.Event()
COUNTS = {}


def count(kind, what, more=1):
    COUNTS.setdefault(kind, Counter())[what] += more


def other_address():
    """An address of this machine that is not its loopback's, if it has one. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        try:
            unused.connect(("198.51.100.1", 9))
            return unused.getsockname()[0]
        except OSError:
            return "127.0.2.1"


ADDRESS = other_address()


def connected(port, small=False):
    client = socket.socket()
    if small:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.bind((ADDRESS, 0))
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    return client


def asking(port, line, header="", **more):
    client = connected(port, **more)
    client.sendall(f"{line} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode())
    return client


def message(payload, opcode=1):
    return bytes((0x80 | opcode, 0x80 | len(payload))) + bytes(4) + payload


def websocket(port):
    key = base64.b64encode(os.urandom(16)).decode()
    client = asking(port, "GET /ws", f"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n")
    answer = client.recv(4096)
    if b" 101 " not in answer[:20]:
        raise ConnectionError(answer[9:40].split(b"\r")[0].decode(errors="replace"))
    return client


def again(kind, behave):
    """Does this until all is over, whatever the server says."""
    while not OVER.is_set():
        try:
            count(kind, "comes")
            behave()
        except OSError as e:
            count(kind, str(e)[:60])
        OVER.wait(1)


def pings(port, protocol):
    kind = "sends pings of the protocol as fast as it can" if protocol else 'sends `{"ping":1}` as fast as it can'
    flood = message(b"ping", 9) * 4096 if protocol else message(b'{"ping":1}') * 4096

    def behave():
        with websocket(port) as client:
            client.setblocking(False)
            at = 0
            while not OVER.is_set():
                reads, writes, _ = select.select([client], [client], [], 1)
                if reads and not client.recv(1 << 20):
                    raise ConnectionError("cut off")
                if writes:
                    sent = client.send(memoryview(flood)[at:at + 65536])
                    count(kind, "bytes", sent)
                    at = (at + sent) % len(flood)
    again(kind, behave)


def waiting(port):
    kind = "asks for a picture with `max_delay=60000`, and leaves"
    present = []
    while not OVER.wait(1 / WAITING):
        try:
            count(kind, "comes")
            path = random.choice(("mute.jpg?max_delay=60000", "big.jpg?max_age=0&max_delay=60000", "mute.mjpg?"))
            client = asking(port, f"GET /feeds/{path}")
            if random.random() < 0.3:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            present.append((time.monotonic() + random.random(), client))
        except OSError as e:
            count(kind, str(e)[:60])
        now = time.monotonic()
        for one in [one for one in present if one[0] < now]:
            present.remove(one)
            one[1].close()


def slow_reader(port):
    kind = "reads a snapshot of 8 MB at 2 KB/s"

    def behave():
        with asking(port, "GET /feeds/big.jpg", small=True) as client:
            client.settimeout(60)
            first = client.recv(2048)
            count(kind, first[9:35].split(b"\r")[0].decode(errors="replace"))
            while not OVER.wait(1):
                if not client.recv(2048):
                    raise ConnectionError("the server ended it")
    again(kind, behave)


def greedy(port):
    kind = "watches eight variants of four feeds, and acknowledges nothing"

    def behave():
        with websocket(port) as client:
            wishes = [dict([("feed", feed), (wish.partition("=")[0], int(wish.partition("=")[2]))]) for feed in FEEDS for wish in VARIANTS]
            for number, wish in enumerate(wishes):
                client.sendall(message(json.dumps({"watch": number, **wish}).encode()))
            buffer = b""
            client.settimeout(1)
            while not OVER.is_set():
                try:
                    data = client.recv(1 << 18)
                except TimeoutError:
                    continue
                if not data:
                    raise ConnectionError("cut off")
                count(kind, "refused", data.count(b'{"refused"'))
                if data[0] == 0x89:  # a ping, which comes alone when nothing else does
                    client.sendall(message(data[2:2 + data[1]], 10))
    again(kind, behave)


def slow_publisher(port, number):
    huge = number >= SLOW
    kind = "announces raw pictures of 34 MB, and sends a byte every 5 s" if huge else "publishes a byte every 5 s"
    shape = f"format=bgr24&size={SIDE}x{SIDE}" if huge else ""
    line = f"POST /feeds/{'note' if number == 0 else f'p{number}'}?{shape}"
    length = 10 * SIDE * SIDE * 3 if huge else 1_000_000

    def behave():
        with asking(port, line, f"Content-Type: {'application/octet-stream' if huge else 'image/jpeg'}\r\nContent-Length: {length}\r\n") as client:
            client.sendall(b"\xff\xd8\xff\xfe\xff\xff")
            while not OVER.is_set():
                client.settimeout(5)
                try:
                    answer = client.recv(4096)
                    raise ConnectionError(answer[9:12].decode() if answer else "cut off")
                except TimeoutError:
                    client.sendall(b"\0")
    again(kind, behave)


KINDS = {"pings": [(pings, i % 2 == 1) for i in range(PINGS)], "waiting": [(waiting,)], "readers": [(slow_reader,)] * READERS, "greedy": [(greedy,)] * GREEDY,
         "publishers": [(slow_publisher, i) for i in range(SLOW + HUGE)]}


def main():
    port, kinds = int(sys.argv[1]), sys.argv[2:] or KINDS
    behaving = [one for kind in kinds for one in KINDS[kind]]
    threads = [threading.Thread(target=how, args=(port, *arguments)) for how, *arguments in behaving]
    [thread.start() for thread in threads]
    sys.stdin.read()
    OVER.set()
    [thread.join(7) for thread in threads]
    print(json.dumps(COUNTS), flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
