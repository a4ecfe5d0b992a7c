"""The well-known recipe in Flask, as its development server runs it, with threads: a generator yields the parts of a
streaming response. One thread takes the frames and all viewers share the newest.

  flask_app.py PICTURE FPS PORT

PICTURE begins with the stamp that viewers.c describes; the time in it is set anew for each frame.
"""
import logging, struct, sys, threading, time

from flask import Flask, Response


class Camera:
    def __init__(self, picture, fps):
        self.picture, self.fps = picture, fps
        self.frame, self.number = picture, 0
        self.changed = threading.Condition()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self):
        due = time.monotonic()
        while True:
            due += 1 / self.fps
            time.sleep(max(0, due - time.monotonic()))
            stamp = struct.pack("<q", time.monotonic_ns())
            with self.changed:
                self.frame = self.picture[:12] + stamp + self.picture[20:]
                self.number += 1
                self.changed.notify_all()

    def next(self, number):
        """The newest frame behind this number, and its own."""
        with self.changed:
            self.changed.wait_for(lambda: self.number > number)
            return self.frame, self.number


app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)


def parts():
    number = 0
    yield b"--frame\r\n"
    while True:
        frame, number = camera.next(number)
        yield b"Content-Type: image/jpeg\r\n\r\n" + frame + b"\r\n--frame\r\n"


@app.route("/video_feed")
def video_feed():
    return Response(parts(), mimetype="multipart/x-mixed-replace; boundary=frame")


if __name__ == "__main__":
    with open(sys.argv[1], "rb") as file:
        camera = Camera(file.read(), float(sys.argv[2]))
    app.run(host="127.0.0.1", port=int(sys.argv[3]), threaded=True, debug=False)
