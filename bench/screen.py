"""A screen without a monitor (Xvfb), whose pixels lie in a file: what a browser with a window shows on it, and when."""
import mmap, struct, subprocess, tempfile, time

from marked import FIELDS, HEIGHT, WIDTH
from servers import start, stop


class Screen:
    def __init__(self, folder):
        own = tempfile.mkdtemp(dir=folder)
        process = start(["Xvfb", "-displayfd", "1", "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp", "-fbdir", own],
                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        number = process.stdout.readline().strip()
        if not number:
            stop("Xvfb did not start.")
        self.display = f":{number}"
        with open(f"{own}/Xvfb_screen0", "rb") as file:
            self.pixels = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        head = struct.unpack(">25I", self.pixels[:100])  # of the format of xwd
        first, line, pixel = head[0] + 12 * head[19], head[12], head[11] // 8
        self.places = [first + HEIGHT // 18 * line + int((i + 0.5) * WIDTH / FIELDS) * pixel + 1 for i in range(FIELDS)]

    def number(self):
        """Which picture is on the screen, see marked.py; None for none."""
        white, black, *bits = (self.pixels[place] > 127 for place in self.places)
        return sum(bit << (7 - i) for i, bit in enumerate(bits)) if white and not black else None

    def watch(self, seconds):
        """The numbers that came on the screen, each with when, in milliseconds since 1970. Looks once a millisecond."""
        end, seen, last = time.monotonic() + seconds, [], None
        while time.monotonic() < end:
            found = self.number()
            if found is not None and found != last and found == self.number():  # twice, as it may just be drawn
                seen.append((found, time.time() * 1000, WIDTH))
                last = found
            time.sleep(0.001)
        return seen
