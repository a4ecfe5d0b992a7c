/**
 * Responses that a program writes over time. A generator gets a {@link dev.flipbook.server.generate.StreamedText},
 * {@link dev.flipbook.server.generate.StreamedParts} or {@link dev.flipbook.server.generate.StreamedEvents} and waits
 * while its reader is slow.
 */
package dev.flipbook.server.generate;
