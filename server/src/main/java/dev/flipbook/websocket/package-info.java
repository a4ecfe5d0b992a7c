/**
 * The WebSocket: one connection carries many feeds, at the pace at which the client paints their pictures.
 *
 * <p>{@link dev.flipbook.websocket.WebSockets} accepts connections, and {@code LiveConnection} is one of them. Messages
 * to the client leave through its {@code Outbox}. Each watched feed is a {@code Watch}; {@code Watches} shares the
 * connection among them. The congestion control is {@code Shortest} (delay), {@code Window} (bytes in flight) and
 * {@code Step} (picture size).
 */
package dev.flipbook.websocket;
