package dev.flipbook.spring;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import java.nio.ByteBuffer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import org.springframework.util.ClassUtils;
import reactor.netty.http.server.HttpServerResponse;

/** A slice of a shared block as Netty takes it, without a copy: tells when Netty lets go of it, as its bytes have gone or never will. */
final class NettySlice extends UnpooledDirectByteBuf {

    /** Whether there is a server of Netty in this application. */
    static final boolean PRESENT =
            ClassUtils.isPresent("reactor.netty.http.server.HttpServerResponse", FeedResponse.class.getClassLoader());

    private final Runnable whenReleased;

    private NettySlice(ByteBufAllocator allocator, ByteBuffer slice, Runnable whenReleased) {
        super(allocator, slice, slice.remaining());
        this.whenReleased = whenReleased;
    }

    /** The slice for a server of Netty; of others nothing is known. */
    static DataBuffer of(DataBufferFactory factory, ByteBuffer slice, Runnable whenReleased) {
        NettyDataBufferFactory netty = (NettyDataBufferFactory) factory;
        return netty.wrap(new NettySlice(netty.getByteBufAllocator(), slice, whenReleased));
    }

    static boolean fits(DataBufferFactory factory) {
        return PRESENT && factory instanceof NettyDataBufferFactory;
    }

    /** Has the response neither a length nor chunks. */
    static void endWithTheConnection(Object server) {
        if (server instanceof HttpServerResponse response) {
            response.chunkedTransfer(false).keepAlive(false);
        }
    }

    /** Ends the connection of this response, whatever is under way on it. */
    static void cut(Object server) {
        if (server instanceof HttpServerResponse response) {
            response.withConnection(connection -> {
                var unused = connection.channel().close(); // nothing more is to be done behind it
            });
        }
    }

    @Override
    protected void deallocate() {
        super.deallocate();
        whenReleased.run();
    }
}
