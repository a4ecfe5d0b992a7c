/**
 * The server: {@link dev.flipbook.server.Flipbook} serves feeds over HTTP.
 *
 * <p>A request passes through {@code Router}, which checks it, finds one of the {@code Routes} and calls its endpoint.
 * The endpoints for the page, snapshots, the status and its events are here. The large parts have packages of their
 * own, which do not know each other: {@code stream}, {@code publish}, {@code generate} and the WebSocket. All of them
 * use {@code http}.
 */
package dev.flipbook.server;
