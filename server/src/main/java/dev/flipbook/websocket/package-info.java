/** One WebSocket that carries many feeds, at the pace at which their pictures are shown. */
package dev.flipbook.websocket;
