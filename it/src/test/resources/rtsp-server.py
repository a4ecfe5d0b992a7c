#!/usr/bin/python3
"""GStreamer's RTSP server with moving test pictures: rtsp-server.py PORT [basic|digest USER PASSWORD].

PORT 0 takes a free one. It prints the port when it listens, and ends when its standard input does. /h264 needs decoding,
/jpeg carries JPEGs. With a user and password both are asked for, by that method alone.
"""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PICTURES = "videotestsrc is-live=true pattern=ball ! video/x-raw,format=I420,width=320,height=240,framerate=25/1"
STREAMS = {
    "/h264": PICTURES + " ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=25 ! rtph264pay name=pay0 pt=96",
    "/jpeg": PICTURES + " ! jpegenc ! rtpjpegpay name=pay0 pt=26",
}


def guard(server, method, user, password):
    methods = {"basic": GstRtsp.RTSPAuthMethod.BASIC, "digest": GstRtsp.RTSPAuthMethod.DIGEST}
    auth = GstRtspServer.RTSPAuth()
    auth.set_supported_methods(methods[method])
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if method == "basic":
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    else:
        auth.add_digest(user, password, token)
    server.set_auth(auth)


def factory(description, guarded):
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch("( " + description + " )")
    made.set_shared(True)
    if guarded:
        rights = GstRtspServer.RTSPPermissions()
        rights.add_permission_for_role("viewer", "media.factory.access", True)
        rights.add_permission_for_role("viewer", "media.factory.construct", True)
        made.set_permissions(rights)
    return made


def main():
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(sys.argv[1])
    guarded = len(sys.argv) > 2
    if guarded:
        guard(server, *sys.argv[2:5])
    for path, description in STREAMS.items():
        server.get_mount_points().add_factory(path, factory(description, guarded))
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    loop.run()


main()
