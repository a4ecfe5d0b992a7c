/** The HTTP server of Flipbook, which a program embeds or the launcher runs. */
@org.jspecify.annotations.NullMarked
module dev.flipbook.server {
    requires transitive dev.flipbook;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires org.eclipse.jetty.websocket.api;
    requires org.eclipse.jetty.websocket.server;
    requires static org.jspecify;
    requires tools.jackson.core;
    requires tools.jackson.databind;

    exports dev.flipbook.server;
    exports dev.flipbook.server.control;
    exports dev.flipbook.server.generate;
    exports dev.flipbook.websocket to
            org.eclipse.jetty.websocket.common;
}
