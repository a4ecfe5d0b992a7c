#!/bin/sh
# What a shell needs to publish: $1 is http://127.0.0.1:8080, $2 a JPEG, $3 a video file.
set -eu
# region curl
curl -sS -T "$2" "$1/feeds/robot"
# endregion
# region ffmpeg
ffmpeg -v error -re -i "$3" -f mpjpeg -method POST "$1/feeds/robot"
# endregion
