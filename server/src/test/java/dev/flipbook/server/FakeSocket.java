package dev.flipbook.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.channels.spi.SelectorProvider;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A connected socket for which the test plays the kernel and the peer. The socket keeps each write separately, and
 * takes only what it has room for.
 */
public final class FakeSocket extends SocketChannel {

    static final InetSocketAddress PEER = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_123);
    private static final InetSocketAddress OWN = new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080);

    public final Map<SocketOption<?>, Object> options = new ConcurrentHashMap<>();

    // guarded by this
    private final List<byte[]> writes = new ArrayList<>();
    private final ByteBuffer incoming = ByteBuffer.allocate(64 << 10).flip();
    private int room = Integer.MAX_VALUE;
    private boolean ended;
    private boolean ignoresOptions;
    private @Nullable IOException broken;
    private @Nullable IOException brokenForWrites;

    public FakeSocket() {
        super(SelectorProvider.provider());
    }

    /** What was written: one entry for each system call of which the kernel took at least one byte. */
    public synchronized List<byte[]> writes() {
        return List.copyOf(writes);
    }

    /** Everything that was written, one character for each byte. */
    public synchronized String written() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        writes.forEach(all::writeBytes);
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    /** From now on the kernel takes no more than this. */
    public synchronized void takesNoMoreThan(int bytes) {
        room = bytes;
    }

    /** From now on each write and each read fails with this. */
    public synchronized void breaks(IOException how) {
        broken = how;
    }

    /** From now on each write fails with this. */
    public synchronized void breaksWrites(IOException how) {
        brokenForWrites = how;
    }

    /** From now on no option can be set, as on a connection that is gone. */
    public synchronized void refusesOptions() {
        ignoresOptions = true;
    }

    /** The peer sends this. */
    public synchronized void receives(String text) {
        incoming.compact().put(text.getBytes(StandardCharsets.ISO_8859_1)).flip();
    }

    /** The peer sends nothing more. */
    public synchronized void receivesTheEnd() {
        ended = true;
    }

    @Override
    public synchronized int read(ByteBuffer into) throws IOException {
        check();
        if (!incoming.hasRemaining()) {
            return ended ? -1 : 0;
        }
        int count = Math.min(into.remaining(), incoming.remaining());
        for (int i = 0; i < count; i++) {
            into.put(incoming.get());
        }
        return count;
    }

    @Override
    public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        return read(into[offset]);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        return (int) write(new ByteBuffer[] {bytes}, 0, 1);
    }

    @Override
    public synchronized long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
        check();
        if (brokenForWrites != null) {
            throw brokenForWrites;
        }
        ByteArrayOutputStream taken = new ByteArrayOutputStream();
        for (int i = offset; i < offset + length; i++) {
            while (buffers[i].hasRemaining() && taken.size() < room) {
                taken.write(buffers[i].get());
            }
        }
        if (taken.size() > 0) {
            writes.add(taken.toByteArray());
        }
        room -= room == Integer.MAX_VALUE ? 0 : taken.size();
        return taken.size();
    }

    private void check() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public synchronized <T> SocketChannel setOption(SocketOption<T> name, T value) throws IOException {
        if (ignoresOptions) {
            throw new IOException("the connection is gone");
        }
        options.put(name, value);
        return this;
    }

    @Override
    @SuppressWarnings("unchecked") // as only setOption puts them there
    public <T> T getOption(SocketOption<T> name) {
        return (T) options.get(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return Set.of();
    }

    @Override
    public SocketChannel bind(SocketAddress address) {
        return this;
    }

    @Override
    public SocketChannel shutdownInput() {
        return this;
    }

    @Override
    public SocketChannel shutdownOutput() {
        return this;
    }

    @Override
    public Socket socket() {
        return new Socket();
    }

    @Override
    public boolean isConnected() {
        return true;
    }

    @Override
    public boolean isConnectionPending() {
        return false;
    }

    @Override
    public boolean connect(SocketAddress remote) {
        return true;
    }

    @Override
    public boolean finishConnect() {
        return true;
    }

    @Override
    public SocketAddress getRemoteAddress() {
        return PEER;
    }

    @Override
    public SocketAddress getLocalAddress() {
        return OWN;
    }

    @Override
    protected void implCloseSelectableChannel() {}

    @Override
    protected void implConfigureBlocking(boolean block) {}
}
