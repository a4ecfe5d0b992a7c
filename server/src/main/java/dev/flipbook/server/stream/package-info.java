/**
 * A feed as an endless HTTP response: {@code StreamEndpoint} opens an {@code MjpegStream}, whose {@code JettySink}
 * writes the blocks that all viewers share. Each stream is an {@code OpenStream}, as each feed that a WebSocket watches
 * is; {@code OpenStreams} lists them and ends them by their ids.
 */
package dev.flipbook.server.stream;
