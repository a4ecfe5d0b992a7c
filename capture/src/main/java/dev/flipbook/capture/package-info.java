/**
 * Video files through FFmpeg and JPEG encoding through libjpeg-turbo, both in this process.
 *
 * <p>The path of a picture: {@link dev.flipbook.capture.MediaFile} (packets) →
 * {@link dev.flipbook.capture.DecodedPictures} (planes) → {@link dev.flipbook.capture.Conversion} (full range, BT.601,
 * upright) → {@link dev.flipbook.capture.PictureEncoder} (JPEG) → {@link dev.flipbook.capture.VideoFile}, which waits
 * until the picture is due ({@link dev.flipbook.capture.Pace}).
 */
package dev.flipbook.capture;
