/** A Spring Boot application that shows what a program sees in a video. */
@NullMarked
package dev.flipbook.examples.detector;

import org.jspecify.annotations.NullMarked;
