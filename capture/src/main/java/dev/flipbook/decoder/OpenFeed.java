package dev.flipbook.decoder;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.Semaphore;

/**
 * A source that is open in the decoder process, and its thread, which sends one picture for each request. The thread
 * that reads the server's messages calls {@link #next()} and {@link #end()}.
 */
final class OpenFeed implements Runnable {

    private final int feed;
    private final FrameSource source;
    private final Answering out;
    private final Thread thread;
    private final Semaphore asked = new Semaphore(0); // pictures that were asked for and not sent yet
    private volatile boolean ending;

    // Used by the feed's thread only.
    private byte[] message = new byte[0]; // memory for messages, reused
    private String encoder = Encoding.NONE.encoder();

    OpenFeed(int feed, FrameSource source, Answering out) {
        this.feed = feed;
        this.source = source;
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("flipbook-feed-" + feed).unstarted(this);
    }

    void start() {
        thread.start();
    }

    /** Asks for one picture. Returns at once. */
    void next() {
        asked.release();
    }

    /** Closes the source, on its own thread, and then tells the server. Returns at once. */
    void end() {
        ending = true;
        thread.interrupt();
    }

    @Override
    public void run() {
        try {
            while (!ending) {
                asked.acquire();
                answer();
            }
        } catch (InterruptedException e) {
            // end() was called
        } finally {
            var _ = Thread.interrupted(); // the interrupt was meant for next(); close() must run undisturbed
            source.close();
            out.send(Message.of(Message.Type.CLOSED, feed, 0), new byte[0]);
        }
    }

    private void answer() throws InterruptedException {
        try {
            send(source.next());
        } catch (IOException | RuntimeException | LinkageError e) {
            fail(e);
        } catch (OutOfMemoryError e) {
            fail(new IOException("there is not enough memory for it in the decoder process", e));
        }
    }

    private void fail(Throwable e) {
        out.failed(feed, DecoderMain.sentence(e), source.isBack());
    }

    private void send(Frame frame) {
        Encoding encoding = source.encoding();
        if (!encoding.encoder().equals(encoder)) {
            encoder = encoding.encoder();
            out.text(Message.Type.ENCODING, feed, encoder);
        }
        int body = Message.COUNTS + frame.size();
        int size = Message.HEAD + body;
        if (message.length < size) {
            message = new byte[size + size / 4]; // the next frame may be slightly larger
        }
        ByteBuffer to = ByteBuffer.wrap(message);
        new Message(Message.Type.FRAME, 0, feed, body, frame.capturedNanos(), 0).putTo(to);
        to.putLong(encoding.frames()).putLong(encoding.nanos()).putLong(source.damaged());
        frame.picture().parts().forEach(part -> to.put(part.duplicate()));
        out.write(message, size);
    }
}
