package dev.flipbook.spring;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.util.ClassUtils;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A slice of a shared block as a Netty buffer, without a copy. Reports when Netty releases it, because its bytes have
 * been sent or never will be.
 */
final class NettySlice extends UnpooledDirectByteBuf {

    /** Whether Netty's server is on the class path. */
    static final boolean PRESENT =
            ClassUtils.isPresent("reactor.netty.http.server.HttpServerResponse", FeedResponse.class.getClassLoader());

    private final Runnable whenReleased;

    private NettySlice(ByteBufAllocator allocator, ByteBuffer slice, Runnable whenReleased) {
        super(allocator, slice, slice.remaining());
        this.whenReleased = whenReleased;
    }

    /** A slice for Netty's server. {@link #fits} must have returned true. */
    static DataBuffer of(DataBufferFactory factory, ByteBuffer slice, Runnable whenReleased) {
        NettyDataBufferFactory netty = (NettyDataBufferFactory) factory;
        return netty.wrap(new NettySlice(netty.getByteBufAllocator(), slice, whenReleased));
    }

    static boolean fits(DataBufferFactory factory) {
        return PRESENT && factory instanceof NettyDataBufferFactory;
    }

    /** Makes the response have neither a length nor chunks, and end with its connection. */
    static void endWithTheConnection(Object server) {
        if (server instanceof HttpServerResponse response) {
            response.chunkedTransfer(false).keepAlive(false);
        }
    }

    /** Ends the connection of this response, even if a write is in progress. */
    static void cut(Object server) {
        if (server instanceof HttpServerResponse response) {
            response.withConnection(connection -> {
                var unused = connection.channel().close(); // nothing has to be done afterwards
            });
        }
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        whenReleased.run();
    }
}
