/**
 * The server: {@link dev.flipbook.server.Flipbook} serves feeds over HTTP, and the other classes are its parts.
 *
 * <p>A request passes through {@code Router}, which checks it, finds one of the {@code Routes} and calls its
 * {@code Endpoint}: {@code StreamEndpoint} and {@code SnapshotEndpoint} for pictures, {@code PublishEndpoint} for
 * pictures that come in, {@code StatusEndpoint} and {@code EventsEndpoint} for the status, {@code Page} for the page,
 * {@code StreamedPages} for responses that a program writes. Below them, {@code FairConnector}, {@code FairEndPoint}
 * and {@code ConnectionGuard} share threads and connections among clients.
 */
package dev.flipbook.server;
