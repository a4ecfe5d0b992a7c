package dev.flipbook;

import java.time.Duration;

/**
 * How one viewer of a feed is at one moment.
 *
 * @param watching how long it has been here
 * @param sent frames that its connection took
 * @param skipped frames that it did not get as a newer one had come
 * @param bytes that its connection took
 * @param fps frames a second since it came
 * @param age of the latest picture when it was handed to the connection
 */
public record ViewerStatus(Duration watching, long sent, long skipped, long bytes, double fps, Duration age) {}
