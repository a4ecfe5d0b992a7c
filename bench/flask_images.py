"""The well-known recipe in Flask with OpenCV, as its development server runs it: a route whose generator encodes a picture and
yields it, for each viewer anew.

  flask_images.py FILE FPS PORT

FILE holds pictures of 1280x720 in BGR24, one behind the other, which come again and again.
"""
import logging, sys, time

import cv2
import numpy
from flask import Flask, Response

app = Flask(__name__)
logging.getLogger("werkzeug").setLevel(logging.ERROR)


def parts():
    due, number = time.monotonic(), 0
    while True:
        due += 1 / fps
        time.sleep(max(0, due - time.monotonic()))
        done, jpeg = cv2.imencode(".jpg", pictures[number % len(pictures)], [cv2.IMWRITE_JPEG_QUALITY, 80])
        number += 1
        yield b"--frame\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg.tobytes() + b"\r\n"


@app.route("/video_feed")
def video_feed():
    return Response(parts(), mimetype="multipart/x-mixed-replace; boundary=frame")


if __name__ == "__main__":
    pictures = numpy.fromfile(sys.argv[1], dtype=numpy.uint8).reshape(-1, 720, 1280, 3)
    fps = float(sys.argv[2])
    app.run(host="127.0.0.1", port=int(sys.argv[3]), threaded=True, debug=False)
