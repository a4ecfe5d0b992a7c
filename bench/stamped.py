"""Pictures of which a viewer can check every byte, and a program that gives them at a fixed rate.

  stamped.py FILE FPS        prints them, back to back
  stamped.py FILE FPS URL    publishes them to a feed, as a multipart of pictures; prints a line for each time that it was refused or cut off

Each of the 256 pictures of 640x360 in FILE shows its number in ten fields across its top and again across its bottom: one white, one black, then
eight bits, white for 1. It begins as crowd.c says, with the stamp (the time of CLOCK_MONOTONIC, the length) and the frame's number, and it ends with the
frame's number once more, in a comment before EOI. All the rest of a picture is always the same.
"""
import os, struct, subprocess, sys, time, urllib.parse

sys.dont_write_bytecode = True
from picture import segment

PICTURES, FIELDS, WIDTH, HEIGHT = 256, 10, 640, 360
TIME, LENGTH, NUMBER, HEAD, TAIL = 12, 20, 34, 42, 20
BAND = HEIGHT // 9  # height of the fields


def filters():
    """Draws the fields."""
    side, drawn = WIDTH // FIELDS, []
    for top in (0, HEIGHT - BAND):
        drawn += [f"drawbox=x=0:y={top}:w={WIDTH}:h={BAND}:color=black:t=fill", f"drawbox=x=0:y={top}:w={side}:h={BAND}:color=white:t=fill"]
        drawn += [f"drawbox=x={side * (2 + i)}:y={top}:w={side}:h={BAND}:color=white:t=fill:enable='mod(floor(n/{1 << (7 - i)}),2)'" for i in range(8)]
    return ",".join(drawn)


def make(file, film, fps):
    """Writes the pictures, and a film of the same."""
    source = ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r={fps}", "-vf", f"noise=alls=4:allf=t,{filters()},format=yuvj420p",
              "-frames:v", str(PICTURES)]
    jpegs = subprocess.run([*source, "-q:v", "5", "-f", "image2pipe", "-c:v", "mjpeg", "-"], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run([*source, "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast", "-g", str(fps), "-bf", "0", film], check=True)
    with open(file, "wb") as out:
        for part in jpegs.split(b"\xff\xd8\xff")[1:]:
            jpeg = b"\xff\xd8\xff" + part
            number = segment(0xFE, b"NUMBER" + bytes(8))
            stamp = segment(0xFE, b"STAMP!" + bytes(8) + struct.pack("<I", len(jpeg) + HEAD - 2 + TAIL - 2))
            out.write(b"\xff\xd8" + stamp + number + jpeg[2:-2] + number + b"\xff\xd9")


def read(file):
    """The pictures."""
    data, at, found = open(file, "rb").read(), 0, []
    while at < len(data):
        length = struct.unpack_from("<I", data, at + LENGTH)[0]
        found.append(bytearray(data[at:at + length]))
        at += length
    return found


def ticking(pictures, fps):
    """Each as its time comes, stamped with it. What was not taken in time is left out."""
    began, tick = time.monotonic(), 0
    while True:
        tick = max(tick + 1, int((time.monotonic() - began) * fps))
        time.sleep(max(0, began + tick / fps - time.monotonic()))
        jpeg = pictures[tick % PICTURES]
        struct.pack_into("<q", jpeg, TIME, time.monotonic_ns())
        struct.pack_into("<q", jpeg, NUMBER, tick)
        struct.pack_into("<q", jpeg, len(jpeg) - 10, tick)
        yield jpeg


def publish(frames, url):
    """One stream of them, for as long as it lasts; what the server said at its end."""
    import socket
    address = urllib.parse.urlsplit(url)
    with socket.create_connection((address.hostname, address.port), 10) as server:
        server.settimeout(30)
        try:
            server.sendall(f"POST {address.path}?takeover=1 HTTP/1.1\r\nHost: {address.netloc}\r\nTransfer-Encoding: chunked\r\n"
                           "Content-Type: multipart/x-mixed-replace; boundary=next\r\n\r\n".encode())
            for jpeg in frames:
                part = b"--next\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%s\r\n" % (len(jpeg), jpeg)
                server.sendall(b"%x\r\n%s\r\n" % (len(part), part))
        except OSError as e:
            try:
                return server.recv(4096).decode(errors="replace").strip() or str(e)
            except OSError:
                return str(e)


def main():
    frames = ticking(read(sys.argv[1]), float(sys.argv[2]))
    if len(sys.argv) == 3:
        for jpeg in frames:
            os.write(1, jpeg)
    while True:
        try:
            said = publish(frames, sys.argv[3])
        except OSError as e:
            said = f"not connected: {e}"
        print(" ".join(said.split())[:300], flush=True)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
