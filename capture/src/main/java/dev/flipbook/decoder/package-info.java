/**
 * Decodes with FFmpeg in separate processes, so that bytes from strangers can end a process but never the server.
 *
 * <p>In the server, {@code Decoders} starts {@code DecoderProcess}es and puts sources into them; a
 * {@code DecodedSource} asks its process for one picture at a time, and {@code DecodedImages} for single pictures. In
 * the process, {@code DecoderMain} drops its rights with {@code Confinement} and answers through one {@code OpenFeed}
 * for each source. A {@code Message} is the head of everything that they send each other through the process's standard
 * input and output.
 */
package dev.flipbook.decoder;
