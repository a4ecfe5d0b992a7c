/** The wire format: what a whole JPEG is, and the block of memory in which a frame goes to its viewers. */
package dev.flipbook.mjpeg;
