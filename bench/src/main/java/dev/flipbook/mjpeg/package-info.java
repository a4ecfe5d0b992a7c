/** Trials of the blocks with two threads at once. */
@NullMarked
package dev.flipbook.mjpeg;

import org.jspecify.annotations.NullMarked;
