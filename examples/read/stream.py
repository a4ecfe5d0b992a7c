"""Reads a stream with OpenCV, at a pace that the reader keeps up with."""

# region program
import sys
import time

import cv2

video = cv2.VideoCapture(sys.argv[1] + "?fps=5")  # http://127.0.0.1:8080/feeds/robot.mjpg
while True:
    read, picture = video.read()
    if not read:
        break  # the stream has ended
    print(picture.shape, flush=True)
    time.sleep(0.1)  # what your program does with it
# endregion
