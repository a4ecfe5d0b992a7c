/**
 * Pictures that other programs send to a feed: {@code PublishEndpoint} gives a place to a {@code PublishedBody}, which
 * reads and splits the {@code RequestBody} on a thread of its own.
 */
package dev.flipbook.server.publish;
