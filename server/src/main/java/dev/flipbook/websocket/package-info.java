/**
 * The WebSocket: one connection carries many feeds, at the pace at which the client paints their pictures.
 *
 * <p>{@link dev.flipbook.websocket.WebSockets} accepts connections, and {@code LiveConnection} is one of them. The
 * client's messages are limited by {@code MessageDemand} and followed by {@code MessageHandler}; messages to the client
 * leave through the {@code Outbox}. Each watched feed is a {@code WatchedFeed} with one {@code PictureSink} at a time;
 * {@code WatchedFeeds} shares the connection among them. The congestion control is {@code ShortestTime} (delay),
 * {@code SendWindow} (bytes in flight), {@code PicturesInFlight} (pictures in flight) and {@code SizeStep} (picture size).
 */
package dev.flipbook.websocket;
