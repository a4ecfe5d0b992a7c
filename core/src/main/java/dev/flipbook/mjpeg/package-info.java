/**
 * The wire format in both directions. {@link dev.flipbook.mjpeg.Block}, from a {@link dev.flipbook.mjpeg.BlockPool}, is
 * the memory from which a frame goes to its viewers, in one of the {@link dev.flipbook.mjpeg.Framing}s.
 * {@link dev.flipbook.mjpeg.MultipartReader} parses the streams of others.
 */
package dev.flipbook.mjpeg;
