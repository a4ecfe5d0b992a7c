/**
 * The WebSocket: one connection carries many feeds, at the pace at which the client paints their pictures.
 *
 * <p>{@link dev.flipbook.websocket.WebSockets} accepts connections, and {@code LiveConnection} is one of them. Messages
 * to the client leave through its {@code Outbox}. Each watched feed is a {@code WatchedFeed}; {@code WatchedFeeds} shares the
 * connection among them. The congestion control is {@code ShortestTime} (delay), {@code SendWindow} (bytes in flight) and
 * {@code SizeStep} (picture size).
 */
package dev.flipbook.websocket;
