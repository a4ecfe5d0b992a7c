/** The wire format in both directions: what a whole JPEG is, the block in which a frame goes to its viewers, the reader of parts. */
package dev.flipbook.mjpeg;
