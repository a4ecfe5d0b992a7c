"""Reads the newest picture again and again, as fast as the reader is ready for one."""

# region program
import http.client
import sys
import time

import cv2
import numpy

flipbook = http.client.HTTPConnection(sys.argv[1])  # 127.0.0.1:8080
while True:
    flipbook.request("GET", "/feeds/robot.jpg")
    answer = flipbook.getresponse()
    body = answer.read()
    if answer.status != 200:
        sys.exit(body.decode())  # why there is none, in a sentence
    picture = cv2.imdecode(numpy.frombuffer(body, numpy.uint8), cv2.IMREAD_COLOR)
    print(picture.shape, answer.headers["X-Frame-Age-Ms"], "ms old", flush=True)
    time.sleep(0.1)  # what your program does with it
# endregion
