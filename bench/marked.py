"""A camera whose pictures show their number, and how old they are when a browser paints them.

Each of 256 pictures shows its number in ten fields across its top: one white, one black, then eight bits, white for 1. They are of
equal size, and a camera in user space (v4l2-camera.c) gives them in turn and logs when each was due. Who reads the numbers is the screen
(screen.py), or in a page an animation frame, which draws the top of whatever shows the feed into ten pixels.
"""
import os, shutil, struct, subprocess

from picture import segment
from servers import compile_c, stop

PICTURES, FIELDS = 256, 10
WIDTH, HEIGHT, FPS = 1280, 720, 30

PROBE = """
<!DOCTYPE html><meta charset="utf-8"><title>measured</title><style>body { margin: 0; overflow: hidden } img, flipbook-view
{ display: block; width: 1280px; height: 720px }</style><body></body><script>
window.seen = []; window.told = []; window.clock = []; window.frames = 0;
const small = new OffscreenCanvas(10, 1).getContext('2d', { willReadFrequently: true });
let last = -1;
function number(from) {
  const width = from.naturalWidth ?? from.width, height = from.naturalHeight ?? from.height;
  if (!width || !height) return -1;
  small.drawImage(from, 0, height / 36, width, height / 18, 0, 0, 10, 1);
  const bits = small.getImageData(0, 0, 10, 1).data;
  if (bits[0] < 128 || bits[4] > 127) return -1;
  let found = 0;
  for (let i = 2; i < 10; i++) found = 2 * found + (bits[4 * i] > 127);
  return found;
}
function look() {
  const at = performance.timeOrigin + performance.now();
  frames++;
  clock.push(Date.now() + 0.5 - at);
  const from = document.querySelector('img') ?? document.querySelector('flipbook-view')?.shadowRoot.querySelector('canvas');
  const found = from ? number(from) : -1;
  if (found >= 0 && found !== last) seen.push([last = found, at, from.naturalWidth ?? from.width]);
  requestAnimationFrame(look);
}
</script>
"""
LOOKING = "requestAnimationFrame(look)"

WITH_IMAGE = "document.body.append(Object.assign(new Image(), { src: %r }))"
WITH_VIEW = """(async () => {
  await import('/page/flipbook.js');
  const view = document.createElement('flipbook-view');
  view.setAttribute('feed', %r);
  view.addEventListener('frame', ({ detail: { age, sequence, width, step } }) =>
    told.push([performance.timeOrigin + performance.now(), age, sequence, width, step]));
  document.body.append(view);
})()"""
TAKE = "({ seen: seen.splice(0), told: told.splice(0), clock: clock.splice(0), frames })"


def pictures(folder, size):
    """A file with all pictures one behind the other, each of so many bytes; colour, 4:2:0, moving."""
    if not shutil.which("ffmpeg"):
        stop("ffmpeg is not installed; it makes the pictures (apt-get install ffmpeg).")
    side = WIDTH // FIELDS
    top = HEIGHT // 9
    draw = [f"drawbox=x=0:y=0:w={WIDTH}:h={top}:color=black:t=fill", f"drawbox=x=0:y=0:w={side}:h={top}:color=white:t=fill"]
    draw += [f"drawbox=x={side * (2 + i)}:y=0:w={side}:h={top}:color=white:t=fill:enable='mod(floor(n/{1 << (7 - i)}),2)'" for i in range(8)]
    noise = 4
    while True:  # with as much noise as fits
        filters = ",".join([f"noise=alls={noise}:allf=t", *draw, "format=yuvj420p"])
        made = subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"testsrc2=s={WIDTH}x{HEIGHT}:r={FPS}", "-vf", filters,
                               "-frames:v", str(PICTURES), "-q:v", "4", "-f", "image2pipe", "-c:v", "mjpeg", "-"], capture_output=True)
        if made.returncode:
            stop(f"ffmpeg could not make the pictures: {made.stderr.decode()[:300]}")
        parts = [b"\xff\xd8" + part for part in made.stdout.split(b"\xff\xd8\xff")[1:]]
        parts = [b"\xff\xd8\xff" + part[2:] for part in parts]
        largest = max(map(len, parts)) + 30
        if largest > size:
            if noise <= 0:
                stop(f"no pictures of {size:,} bytes could be made: the largest has {largest:,}.")
            break
        smaller, noise = parts, noise + (2 if size - largest < 40_000 else 8)
    file = f"{folder}/{size}.jpgs"
    with open(file, "wb") as out:
        for part in smaller:
            out.write(padded(part, size))
    return file


def padded(jpeg, size):
    """The picture behind the stamp that viewers.c describes, with as many comments before its scan as it takes to be so long.

    Not further ahead: ustreamer looks for the Huffman tables in the first two kilobytes, and puts its own in where it finds none."""
    head = b"\xff\xd8" + segment(0xFE, b"STAMP!" + bytes(8) + struct.pack("<I", size))
    missing, filler = size - len(head) - len(jpeg) + 2, b""
    while missing > 0:
        length = missing if missing <= 60_000 else 50_000
        filler += segment(0xFE, bytes(length - 4))
        missing -= length
    scan = jpeg.index(b"\xff\xda")
    return head + jpeg[2:scan] + filler + jpeg[scan:]


class Camera:
    """What a program that reads the camera is started with, and the times at which its pictures were due."""

    def __init__(self, folder, name, file, device, fps=FPS):
        self.log = f"{folder}/{name}.log"
        open(self.log, "w").close()
        self.environment = {"LD_PRELOAD": library(folder), "CAMERA_PATH": device, "CAMERA_PICTURE": file, "CAMERA_PICTURES": str(PICTURES),
                            "CAMERA_FPS": str(fps), "CAMERA_SIZE": f"{WIDTH}x{HEIGHT}", "CAMERA_LOG": self.log}

    def taken(self):
        """Pairs of the number that the picture shows and when it was due, in milliseconds since 1970; oldest first."""
        return [(number % PICTURES, nanos / 1e6) for number, nanos in struct.iter_unpack("<qq", whole(open(self.log, "rb").read()))]

    def forget(self):
        os.truncate(self.log, 0)


def whole(data):
    return data[:len(data) // 16 * 16]


def library(folder):
    done = f"{folder}/v4l2-camera"
    return done if os.path.exists(done) else compile_c(folder, "v4l2-camera.c", "-shared", "-fPIC")


class Painted:
    """What a page has painted of a camera's pictures since it was asked last."""

    def __init__(self, answer, taken, start=0):
        seen, self.told, self.frames = answer["seen"], answer["told"], answer["frames"]
        clock = sorted(answer["clock"])
        self.clock = clock[len(clock) // 2] if clock else 0  # of the page, against the machine's
        self.ages, self.widths, self.at = [], [], []
        place = None
        numbers = [number for number, _ in taken]
        for number, at, width in seen:
            place = found(taken, numbers, number, at + self.clock, place)
            if place is not None and at >= start:
                self.ages.append(at + self.clock - taken[place][1])
                self.widths.append(width)
                self.at.append(at + self.clock)


def found(taken, numbers, number, at, before):
    """Which of the pictures taken it is: numbers return, but it is the next one of this number, and is not of the future."""
    if before is None:
        fitting = [i for i, (shown, due) in enumerate(taken) if shown == number and due <= at + 5]
        return fitting[-1] if fitting else None
    try:
        place = numbers.index(number, before + 1)
    except ValueError:
        return before if numbers[before] == number else None
    return place if taken[place][1] <= at + 5 else None
