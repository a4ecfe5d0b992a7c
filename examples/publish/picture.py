"""Publishes a picture now and then, each with a request of its own."""

# region program
import sys
import urllib.error
import urllib.request

import cv2
import numpy

picture = numpy.zeros((240, 320, 3), numpy.uint8)
cv2.putText(picture, "42 parts", (20, 130), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (255, 255, 255))
ok, jpeg = cv2.imencode(".jpg", picture)
request = urllib.request.Request(sys.argv[1] + "/feeds/robot", jpeg.tobytes(), method="PUT")
try:
    print(urllib.request.urlopen(request).read().decode())  # {"frames":1,"refused":0}
except urllib.error.HTTPError as refused:
    sys.exit(refused.read().decode())  # why not, in a sentence
# endregion
