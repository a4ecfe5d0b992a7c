/**
 * A feed as an endless HTTP response: {@code StreamEndpoint} opens an {@code MjpegStream}, whose {@code JettySink}
 * writes the blocks that all viewers share. {@code OpenStreams} lists them and those of the WebSocket.
 */
package dev.flipbook.server.stream;
