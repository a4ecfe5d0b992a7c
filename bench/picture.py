"""Pictures of an exact size for measurements: grey noise that any decoder shows, behind the stamp that viewers.c describes."""
import random, struct

STAMP = 24  # SOI and the comment with time and length


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def picture(size, width=1280, height=720):
    """A grey baseline JPEG of exactly this size that any decoder shows: noise, as much of it as fits, behind the stamp."""
    stamp = segment(0xFE, b"STAMP!" + bytes(8) + struct.pack("<I", size))
    head = b"\xff\xd8" + stamp + segment(0xDB, b"\0" + bytes([24] * 64)) \
        + segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00") \
        + segment(0xC4, b"\x00" + bytes([1] + [0] * 15) + b"\x00") \
        + segment(0xC4, b"\x10" + bytes([1, 1] + [0] * 14) + b"\x00\x04")  # 0: end of block, 10: a value of four bits
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    blocks, dice = (width // 8) * (height // 8), random.Random(1)
    room = (size - len(head) - len(scan) - 2) * 8
    values = int((room / blocks * 0.98 - 2) / 6)  # a block: one bit, then six for each value, one; some bytes are stuffed
    bits = "".join("0" + "".join("10" + format(dice.randrange(16), "04b") for _ in range(values)) + "0"
                   for _ in range(blocks))
    bits += "1" * (-len(bits) % 8)
    data = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    jpeg = head + scan + data + b"\xff\xd9"
    filler = b""
    while size - len(jpeg) - len(filler) > 0:
        missing = size - len(jpeg) - len(filler)
        length = missing if missing <= 65_000 else min(65_000, missing - 4)
        filler += segment(0xFE, bytes(length - 4))
    jpeg = head + filler + scan + data + b"\xff\xd9"
    if len(jpeg) != size:
        raise ValueError(f"no picture of {size} bytes could be made")
    return jpeg


def numbered(size, width=1280, height=720):
    """The same with room for the frame's number: a second comment right behind the stamp, as crowd.c describes."""
    comment = segment(0xFE, b"NUMBER" + bytes(8))
    plain = picture(size - len(comment), width, height)
    return plain[:STAMP - 4] + struct.pack("<I", size) + comment + plain[STAMP:]
