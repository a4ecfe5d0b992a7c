"""Publishes what OpenCV draws: as plain pixels, of which Flipbook makes JPEGs while somebody watches."""

# region program
import http.client
import sys
import time

import cv2
import numpy


def pictures():
    for number in range(1_000_000):
        picture = numpy.zeros((240, 320, 3), numpy.uint8)  # rows of blue, green, red
        cv2.circle(picture, (number * 4 % 320, 120), 40, (0, 255, 0), -1)
        yield picture.tobytes()
        time.sleep(0.04)


flipbook = http.client.HTTPConnection(sys.argv[1])  # 127.0.0.1:8080
try:
    flipbook.request("POST", "/feeds/robot?format=bgr24&size=320x240", pictures(),
                     {"Transfer-Encoding": "chunked"}, encode_chunked=True)
except ConnectionError:
    sys.exit(flipbook.getresponse().read().decode())  # why it was ended, in a sentence
# endregion
