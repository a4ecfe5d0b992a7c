/**
 * Pictures from bytes: {@link dev.flipbook.picture.PictureFrames} makes a frame of one file of any kind,
 * {@link dev.flipbook.picture.PictureStream} takes pictures out of a stream of bytes. The kinds are recognised by their
 * bytes, and not by names or content types.
 */
package dev.flipbook.picture;
