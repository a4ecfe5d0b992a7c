/**
 * Cameras of Linux by its V4L2 interface, through {@code java.lang.foreign}: no library of ours, and none that must be there.
 *
 * <p>A picture's way: {@link dev.flipbook.v4l2.Device} (the driver's buffers) → {@link dev.flipbook.v4l2.OpenCamera} (the newest
 * of them, while it streams) → {@link dev.flipbook.v4l2.CameraSource} (a JPEG as it is, or pixels through {@link
 * dev.flipbook.capture.RawPictures}). Which device that is, {@link dev.flipbook.v4l2.CameraFolder} finds; what it can be asked
 * for, {@link dev.flipbook.v4l2.Offer} holds.
 */
package dev.flipbook.v4l2;
