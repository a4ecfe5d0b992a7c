package dev.flipbook.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.EventListener;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.util.Attributes;
import org.jspecify.annotations.Nullable;

/** A connection for HTTP that comes from an address, and over which a test says what came. */
public final class FakeConnection extends Attributes.Mapped implements Connection, ConnectionMetaData {

    HttpVersion version = HttpVersion.HTTP_1_1;
    public long bytesIn;

    private final SocketAddress remote;
    private final EndPoint end;
    private final @Nullable Connector connector;

    public FakeConnection(String address) {
        remote = new InetSocketAddress(address, 50_000);
        end = new ByteArrayEndPoint() {
            @Override
            public SocketAddress getRemoteSocketAddress() {
                return remote;
            }
        };
        connector = null;
    }

    /** A connection with this end, which this connector has accepted. */
    public FakeConnection(EndPoint end, Connector connector) {
        this.remote = end.getRemoteSocketAddress();
        this.end = end;
        this.connector = connector;
    }

    /** Speaks HTTP/1.0 from now on. */
    public void speakHttp10() {
        version = HttpVersion.HTTP_1_0;
    }

    /** Two are two, whatever their attributes are. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    public boolean isOpen() {
        return end.isOpen();
    }

    @Override
    public EndPoint getEndPoint() {
        return end;
    }

    @Override
    public long getBytesIn() {
        return bytesIn;
    }

    @Override
    public HttpVersion getHttpVersion() {
        return version;
    }

    @Override
    public Connection getConnection() {
        return this;
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);
    }

    @Override
    public HttpConfiguration getHttpConfiguration() {
        return new HttpConfiguration();
    }

    @Override
    public void close() {
        end.close();
    }

    @Override
    public String getId() {
        return "1";
    }

    @Override
    public String getProtocol() {
        return version.asString();
    }

    @Override
    public boolean isPersistent() {
        return true;
    }

    @Override
    public Connector getConnector() {
        if (connector == null) {
            throw new UnsupportedOperationException("getConnector");
        }
        return connector;
    }

    @Override
    public void addEventListener(EventListener listener) {}

    @Override
    public void removeEventListener(EventListener listener) {}

    @Override
    public void onOpen() {}

    @Override
    public void onClose(Throwable cause) {}

    @Override
    public boolean onIdleExpired(TimeoutException timeout) {
        return true;
    }

    @Override
    public long getMessagesIn() {
        return 0;
    }

    @Override
    public long getMessagesOut() {
        return 0;
    }

    @Override
    public long getBytesOut() {
        return 0;
    }

    @Override
    public long getCreatedTimeStamp() {
        return 0;
    }
}
