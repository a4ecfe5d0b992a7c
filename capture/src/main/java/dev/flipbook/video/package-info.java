/** Video files at their own speed and in a loop: {@link dev.flipbook.video.Pace} says when each picture is due. */
package dev.flipbook.video;
