/**
 * Linux cameras through V4L2, called with {@code java.lang.foreign}, without any native library beyond the C library.
 *
 * <p>The path of a picture: {@link dev.flipbook.v4l2.Device} (the driver's buffers) →
 * {@link dev.flipbook.v4l2.OpenCamera} (the newest buffer while the camera streams) →
 * {@link dev.flipbook.v4l2.CameraSource} (a JPEG unchanged, or pixels through
 * {@link dev.flipbook.ffmpeg.RawConverter}). {@link dev.flipbook.v4l2.CameraFolder} finds the devices, and
 * {@link dev.flipbook.v4l2.OfferedFormats} knows what a camera offers.
 */
package dev.flipbook.v4l2;
