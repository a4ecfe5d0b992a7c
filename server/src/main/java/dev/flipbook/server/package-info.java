/**
 * The server: {@link dev.flipbook.server.Flipbook} serves feeds over HTTP.
 *
 * <p>A request passes through {@code Router}, which checks it, finds one of the {@code Routes} and calls its endpoint.
 * The endpoints for the page, snapshots, the status and its events are here. The large parts have packages of their
 * own: {@code stream}, {@code publish}, {@code generate} and the WebSocket. All of them use {@code http}, and the
 * WebSocket lists its streams beside those of {@code stream}.
 */
package dev.flipbook.server;
