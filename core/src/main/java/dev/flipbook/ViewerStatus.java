package dev.flipbook;

import java.time.Duration;

/**
 * The figures of one viewer of a feed at one moment. Immutable.
 *
 * @param watching time since the viewer came
 * @param sent frames that its connection took
 * @param skipped frames that the viewer did not get because a newer one had come
 * @param bytes bytes that its connection took
 * @param fps frames a second since the viewer came
 * @param age of the latest picture when it was handed to the connection
 */
public record ViewerStatus(Duration watching, long sent, long skipped, long bytes, double fps, Duration age) {}
