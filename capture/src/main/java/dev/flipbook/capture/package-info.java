/**
 * Video files through FFmpeg and JPEG encoding through libjpeg-turbo, both in this process.
 *
 * <p>A picture's way: {@link dev.flipbook.capture.MediaFile} (packets) → {@link dev.flipbook.capture.DecodedPictures} (planes)
 * → {@link dev.flipbook.capture.Conversion} (full range, BT.601, upright) → {@link dev.flipbook.capture.PictureEncoder} (JPEG)
 * → {@link dev.flipbook.capture.VideoFile}, which paces it by {@link dev.flipbook.capture.Pace}.
 */
package dev.flipbook.capture;
