/**
 * Live streams and screens, through FFmpeg.
 *
 * <p>A {@code LiveOrigin} says what FFmpeg is to open, {@code LiveInput} opens it, and {@code LiveVideo} is the source
 * that shows its newest pictures. A stream of pictures is read by {@code StreamedPictures} without FFmpeg's demuxers.
 * {@code LiveErrors} has the sentences for what goes wrong.
 */
package dev.flipbook.live;
