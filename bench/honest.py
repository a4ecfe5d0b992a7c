"""Viewers that come and go as people do, and that look at every picture they get. A part of bench/soak.

  honest.py PORT FILE VIEWERS

FILE has the pictures of stamped.py; the feeds of the server on this port are those of bench/soak. For each line of standard input it prints, as one line of JSON,
what was seen since the line before; it ends with its input. The viewers come from addresses of their own, 127.0.1.x, and share one thread.

Every picture has to be whole: it begins with SOI, ends with EOI, has the announced length and is no older than the one before. Of a stamped picture
every byte is compared. Of pictures that the server made, one in 50 is decoded: the numbers at its top and at its bottom have to be the same.
"""
import array, base64, errno, json, math, os, random, select, socket, struct, sys, time
from collections import Counter

sys.dont_write_bytecode = True
import cv2, numpy
import stamped
from browser import percentile

SECONDS = (5, 40)  # for which one stays
SAMPLE, CONTRAST = 50, 180  # a placeholder has half the brightness of a picture
STAMPED = ("marked", "printed")
VARIANTS = ("width=320", "quality=40", "width=480")
HEADER = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n{}\r\n"
UPGRADE = ("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
           + base64.b64encode(bytes(16)).decode() + "\r\n")
cv2.setNumThreads(1)


def fields(picture):
    """How bright the fields at the picture's top and bottom are; nothing when it cannot be decoded."""
    pixels = cv2.imdecode(numpy.frombuffer(picture, numpy.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_2)
    if pixels is None:
        return None
    height, width = pixels.shape
    return [[int(pixels[y, int((i + 0.5) * width / stamped.FIELDS)]) for i in range(stamped.FIELDS)] for y in (height // 18, height - 1 - height // 18)]


def is_placeholder(picture):
    """Whether it is one that the server has drawn, whose time is that of the drawing; a picture that was taken before may follow."""
    rows = fields(picture)
    return rows is not None and any(row[0] - row[1] < CONTRAST for row in rows)


class Seen:
    """What the viewers of one kind have seen since it was asked last."""

    def __init__(self):
        self.ages, self.firsts, self.pause = array.array("f"), [], 0.0
        self.frames, self.sampled, self.seconds = 0, 0, 0.0
        self.faults, self.refused, self.others = Counter(), Counter(), 0

    def figures(self):
        ages = numpy.sort(numpy.frombuffer(self.ages, numpy.float32))
        p50, p99, oldest = (float(ages[int(part * (len(ages) - 1))]) for part in (0.5, 0.99, 1)) if len(ages) else (math.nan,) * 3
        return {"frames": self.frames, "sampled": self.sampled, "fps": len(self.ages) / max(self.seconds, 1e-9), "others": self.others,
                "p50": p50, "p99": p99, "max": oldest,
                "first50": percentile(self.firsts, 50), "first99": percentile(self.firsts, 99), "pause": self.pause,
                "visits": len(self.firsts), "faults": self.faults, "refused": self.refused}


class Visitor:
    """One connection. What it gets of a feed is told to see()."""
    passes = True  # pictures are told from each other by their times, not by numbers
    exact = 0.005  # to which times are known, in seconds

    def __init__(self, house, kind, feed, query):
        self.house, self.kind, self.feed, self.query, self.buffer = house, kind, feed, query, bytearray()
        self.came = time.monotonic()
        self.leaves = self.came + random.uniform(*SECONDS)
        self.latest, self.at, self.before, self.heads = {}, {}, b"", 0
        self.plain = self.passes and feed in STAMPED and not query  # whether its pictures pass through the server untouched
        self.asks = HEADER.format(self.path(), "")
        self.connect()

    def path(self):
        return f"/feeds/{self.feed}.mjpg?framing=strict&{self.query}"

    def connect(self):
        self.socket, self.buffer, self.head = socket.socket(), bytearray(), None
        self.socket.setblocking(False)
        self.socket.bind((f"127.0.1.{self.house.address(self.query)}", 0))
        self.asked = time.monotonic()
        failed = self.socket.connect_ex(("127.0.0.1", self.house.port))
        if failed not in (0, errno.EINPROGRESS):
            self.refuse(os.strerror(failed))
        self.house.register(self, select.EPOLLOUT)

    @property
    def seen(self):
        return self.house.seen.setdefault(self.kind, Seen())

    def refuse(self, why):
        self.seen.refused[why] += 1
        self.leaves = 0

    def ready(self, events):
        try:
            if events & select.EPOLLOUT and self.head is None:
                self.socket.send(self.asks.encode())
                self.house.poll.modify(self.socket.fileno(), select.EPOLLIN)
            if events & ~select.EPOLLOUT:
                data = self.socket.recv(1 << 18)
                self.buffer += data
                self.take()
                if not data:
                    self.ended()
        except BlockingIOError:
            pass
        except OSError as e:
            self.refuse(f"{'cut off' if self.heads else 'not answered'}: {e.strerror}")

    def ended(self):
        if self.leaves:
            self.refuse("the server ended it")

    def answered(self, status):
        """The answer's head is there; true when it is the right one."""
        end = self.buffer.find(b"\r\n\r\n")
        if self.head is None and end >= 0:
            self.head = bytes(self.buffer[:end])
            self.heads += 1
            del self.buffer[:end + 4]
            if int(self.head[9:12]) != status:
                self.refuse(self.head[9:].split(b"\r\n")[0].decode())
                self.head = b""
        return bool(self.head)

    def see(self, number, picture, captured, sequence=0, placeholder=False):
        """One picture of one feed: when it was taken, in seconds since 1970, and which it is."""
        now, seen, stamp = time.time(), self.seen, None
        seen.frames += 1
        if placeholder:
            seen.others += 1
        else:
            stamp = self.house.looked_at(seen, self.plain, picture)
            captured = now - time.monotonic() + stamp if stamp else captured
        order, latest = captured if self.passes else sequence, self.latest.get(number)
        if latest is not None and order < latest - self.exact:
            if not self.passes or (self.before[6:12] == b"STAMP!" if self.plain else not is_placeholder(self.before)):
                seen.faults["older than the one before"] += 1
                self.house.tell(f"{self.kind}, {self.feed} {number}: {order} after {latest}, {len(picture)} bytes")
        self.before = picture
        if placeholder or (latest is not None and order <= latest + self.exact):
            return
        self.latest[number] = order
        if latest is None:
            seen.firsts.append((time.monotonic() - self.asked) * 1e3)
        else:
            seen.ages.append((now - captured) * 1e3)
            seen.seconds += now - self.at[number]
            seen.pause = max(seen.pause, now - self.at[number])
        self.at[number] = now


class Stream(Visitor):
    """A multipart whose parts have a length."""

    def take(self):
        while self.answered(200):
            end = self.buffer.find(b"\r\n\r\n", 0, 500)
            if end < 0:
                return
            header = {key: value for key, _, value in (line.partition(b": ") for line in bytes(self.buffer[:end]).split(b"\r\n"))}
            length = int(header[b"Content-Length"])
            if len(self.buffer) < end + 4 + length + 2:
                return
            picture = bytes(self.buffer[end + 4:end + 4 + length])
            if self.buffer[end + 4 + length:end + 6 + length] != b"\r\n":
                self.seen.faults["wrong length"] += 1
            del self.buffer[:end + 6 + length]
            stamp = float(header[b"X-Timestamp"])
            self.see(0, picture, stamp)


class Snapshots(Visitor):
    """One picture a second, each by a connection of its own."""

    def path(self):
        return f"/feeds/{self.feed}.jpg?{self.query}"

    def connect(self):
        self.due = float("inf")
        self.asks = HEADER.format(self.path(), "Connection: close\r\n")
        super().connect()

    def take(self):
        self.answered(200)

    def ended(self):
        header = {key: value for key, _, value in (line.partition(b": ") for line in (self.head or b"").split(b"\r\n"))}
        if not self.head:
            if self.leaves:
                self.refuse("not answered: the server ended it")
        elif len(self.buffer) != int(header[b"Content-Length"]):
            self.seen.faults["wrong length"] += 1
        else:
            self.house.looked_at(self.seen, self.plain, bytes(self.buffer))
            self.seen.frames += 1
            sequence, at = int(header[b"X-Frame-Sequence"]), time.monotonic()
            if sequence < self.latest.get(0, 0):
                self.seen.faults["backwards"] += 1
            self.latest[0] = sequence
            self.seen.firsts.append((at - self.asked) * 1e3)
            self.seen.ages.append((time.time() - float(header[b"X-Timestamp"])) * 1e3)
        self.due = self.asked + 1
        self.house.forget(self)

    def tick(self, now):
        if now >= self.due and now < self.leaves:
            self.connect()


class WebSocket(Visitor):
    """Watches three feeds, one of them smaller, and acknowledges every picture."""
    passes = False  # pictures have numbers, and may be smaller than the feed's
    exact = 0
    feeds = {0: {"feed": "marked"}, 1: {"feed": "film", "width": 320}, 2: {"feed": "printed"}}

    def path(self):
        return "/ws"

    def connect(self):
        self.asks = HEADER.format("/ws", UPGRADE)
        self.open, self.parts = False, []
        super().connect()

    def say(self, opcode, payload):
        self.socket.send(bytes((0x80 | opcode, 0x80 | len(payload))) + bytes(4) + payload)

    def take(self):
        while self.answered(101):
            if not self.open:
                self.open = True
                for number, wish in self.feeds.items():
                    self.say(1, json.dumps({"watch": number, **wish}).encode())
            if len(self.buffer) < 2:
                return
            at, length = 2, self.buffer[1]
            if length >= 126:
                at = 4 if length == 126 else 10
                if len(self.buffer) < at:
                    return
                length = int.from_bytes(self.buffer[2:at], "big")
            if len(self.buffer) < at + length:
                return
            first, payload = self.buffer[0], bytes(self.buffer[at:at + length])
            del self.buffer[:at + length]
            if first & 15 in (0, 2) and (self.parts or not first & 0x80):  # a message in pieces
                self.parts.append(payload)
                if not first & 0x80:
                    continue
                first, payload, self.parts = 2, b"".join(self.parts), []
            self.message(first & 15, payload)

    def message(self, opcode, payload):
        if opcode == 2:
            number, = struct.unpack_from(">H", payload, 2)
            sequence, captured = struct.unpack_from(">Qd", payload, 4)
            self.see(number, payload[21 + payload[20]:], captured / 1e3, sequence, payload[1] == 1)
            self.say(1, b'{"painted":%d}' % number)
        elif opcode == 9:
            self.say(10, payload)
        elif opcode == 8:
            self.refuse(f"closed: {int.from_bytes(payload[:2], 'big')} {payload[2:].decode(errors='replace')}")
        elif opcode == 1 and b'"refused"' in payload:
            self.seen.refused[f"{json.loads(payload)['status']} in a WebSocket"] += 1


# how many of each 200: how it watches, its feed, its query; None: one of the variants
KINDS = {"published pictures": (56, Stream, "marked", ""), "a command's pictures": (30, Stream, "printed", ""), "a video file": (20, Stream, "film", ""),
         "a live stream": (10, Stream, "air", ""), "a source that fails": (8, Stream, "flaky", ""), "variants of published pictures": (24, Stream, "marked", None),
         "rare variants of a command's pictures": (4, Stream, "printed", "width={}"), "variants of a video file": (8, Stream, "film", "width=320"), "WebSockets": (28, WebSocket, "marked", ""), "snapshots": (6, Snapshots, "marked", ""),
         "snapshots of a video file": (3, Snapshots, "film", ""), "snapshots of a variant": (3, Snapshots, "marked", "width=320")}


class House:
    """All visitors."""

    def __init__(self, port, file, count):
        self.port, self.count = port, count
        self.pictures = [bytes(one[stamped.HEAD:-stamped.TAIL]) for one in stamped.read(file)]
        self.poll, self.present, self.seen, self.visitors, self.looked, self.told = select.epoll(), {}, {}, [], 0, 0

    def address(self, query):
        """Who asks for variants asks for one of them: the viewers of an address are one household."""
        place = VARIANTS.index(query) if query in VARIANTS else 3
        return 1 + random.randrange(12) * 4 + place

    def tell(self, fault):
        self.told += 1
        if self.told <= 20:
            print(f"honest.py: {fault}", file=sys.stderr, flush=True)

    def register(self, visitor, events):
        self.present[visitor.socket.fileno()] = visitor
        self.poll.register(visitor.socket, events)

    def forget(self, visitor):
        if self.present.pop(visitor.socket.fileno(), None):
            visitor.socket.close()

    def looked_at(self, seen, plain, picture):
        """Counts what is wrong with a picture; returns its stamp in seconds, if it has one."""
        if picture[:2] != b"\xff\xd8" or picture[-2:] != b"\xff\xd9":
            seen.faults["not from SOI to EOI"] += 1
        elif picture[6:12] == b"STAMP!":
            stamp, length = struct.unpack_from("<qI", picture, stamped.TIME)
            first, last = (struct.unpack_from("<q", picture, at)[0] for at in (stamped.NUMBER, len(picture) - 10))
            if first != last or length != len(picture) or picture[stamped.HEAD:-stamped.TAIL] != self.pictures[first % stamped.PICTURES]:
                seen.faults["torn"] += 1
            return stamp / 1e9
        elif plain:
            seen.others += 1
        else:
            self.looked += 1
            if self.looked % SAMPLE == 0:
                self.decoded(seen, picture)
        return None

    def decoded(self, seen, picture):
        rows = fields(picture)
        if rows is None:
            seen.faults["not decoded"] += 1
            return
        seen.sampled += 1
        if any(row[0] - row[1] < CONTRAST for row in rows):
            seen.others += 1  # a placeholder
            return
        top, bottom = ([one > (row[0] + row[1]) / 2 for one in row] for row in rows)
        if top != bottom:
            seen.faults["torn"] += 1

    def newcomers(self):
        """As many of each kind as there are to be; at first they come within some seconds."""
        present = Counter(visitor.kind for visitor in self.visitors)
        for kind, (share, how, feed, query) in KINDS.items():
            for _ in range(min(2, max(1, round(share * self.count / 200)) - present[kind])):
                self.visitors.append(how(self, kind, feed, random.choice(VARIANTS) if query is None else query.format(random.randrange(80, 640))))

    def round(self):
        for fd, events in self.poll.poll(0.02):
            if fd in self.present:
                self.present[fd].ready(events)
        now = time.monotonic()
        for visitor in [one for one in self.visitors if now >= one.leaves]:
            self.visitors.remove(visitor)
            self.forget(visitor)
        for visitor in self.visitors:
            if isinstance(visitor, Snapshots):
                visitor.tick(now)
        self.newcomers()


def main():
    house = House(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
    asked = select.poll()
    asked.register(0, select.POLLIN)
    while True:
        house.round()
        if asked.poll(0):
            if not os.read(0, 4096):
                return
            print(json.dumps({kind: seen.figures() for kind, seen in house.seen.items()}), flush=True)
            house.seen.clear()


if __name__ == "__main__":
    main()
