/**
 * Video through FFmpeg, in this process.
 *
 * <p>The path of a picture: {@link dev.flipbook.ffmpeg.MediaInput} (packets) → {@link dev.flipbook.ffmpeg.DecodedVideo}
 * (planes) → {@link dev.flipbook.ffmpeg.Conversion} (full range, BT.601, upright) →
 * {@link dev.flipbook.ffmpeg.PictureEncoder} (JPEG) → {@link dev.flipbook.ffmpeg.MediaSource}, which returns the frame
 * when it is due.
 */
package dev.flipbook.ffmpeg;
