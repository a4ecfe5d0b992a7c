package dev.flipbook.decoder;

import dev.flipbook.FrameSource;
import dev.flipbook.confinement.Confinement;
import dev.flipbook.ffmpeg.Ffmpeg;
import dev.flipbook.ffmpeg.PictureEncoder;
import dev.flipbook.image.Canvas;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.imagefile.FfmpegDecoder;
import dev.flipbook.live.LiveStreams;
import dev.flipbook.video.VideoFiles;
import java.io.BufferedInputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The main class of a decoder process.
 *
 * <p>What it is. The process reads the server's messages from its standard input and writes its answers to its standard
 * output; nothing else may write there, so {@code System.out} is redirected to standard error. The process loads its
 * libraries, drops its rights at the first message ({@link Confinement}), and decodes until the server ends.
 *
 * <p>Order. The libraries must be loaded before the rights are dropped, because later their files cannot be opened. The
 * rights must be dropped before any source is opened, because from then on the bytes come from outside.
 *
 * <p>Threads. The main thread reads messages and never decodes, so it can always answer a ping: the server ends a
 * process that does not answer. Each open feed has a thread of its own ({@link OpenFeed}), and so has each still
 * picture. Those threads are started after the rights were dropped and inherit the restrictions.
 */
final class DecoderMain {

    private final DecoderKind kind;
    private final int server;
    private final Answering out;
    private final Map<Integer, OpenFeed> feeds = new HashMap<>();

    private DecoderMain(DecoderKind kind, int server, Answering out) {
        this.kind = kind;
        this.server = server;
        this.out = out;
    }

    /**
     * Serves until standard input ends.
     *
     * @param arguments the {@link DecoderKind} and the server's process id
     */
    public static void main(String[] arguments) {
        FileOutputStream pipe = new FileOutputStream(FileDescriptor.out);
        System.setOut(System.err);
        Answering out = new Answering(pipe);
        try (InputStream in = new BufferedInputStream(new FileInputStream(FileDescriptor.in))) {
            load();
            new DecoderMain(DecoderKind.valueOf(arguments[0]), Integer.parseInt(arguments[1]), out).serve(in);
        } catch (IOException | RuntimeException | Error e) { // the server gets all of them
            out.failed(0, sentence(e), false);
        }
        leave();
    }

    /** Ends the process at once. A decoder may be inside native code, and there is nothing to clean up. */
    static void leave() {
        Runtime.getRuntime().halt(0);
    }

    static String sentence(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    /** Loads everything that lies in folders that cannot be read later. */
    private static void load() throws IOException {
        Ffmpeg.load();
        PictureEncoder.Kind.best().close();
        try (JpegEncoder encoder = JpegEncoder.best()) {
            var _ = new Canvas(16, 16, 0).encode(encoder, 80);
        }
    }

    private void serve(InputStream in) throws IOException {
        for (Message message = Message.read(in); message != null; message = Message.read(in)) {
            byte[] body = message.body(in);
            switch (message.type()) {
                case ENTER -> enter(body);
                case OPEN -> open(message.feed(), Opening.of(body));
                case NEXT -> ask(message.feed());
                case CLOSE -> close(message.feed());
                case STILL -> still(message, body);
                case PING -> out.send(Message.of(Message.Type.PONG, 0, 0), new byte[0]);
                default -> throw new IOException("the server does not send " + message.type());
            }
        }
    }

    private void enter(byte[] body) {
        List<Path> readable = Stream.of(new String(body, StandardCharsets.UTF_8).split(Message.SEPARATOR))
                .filter(path -> !path.isEmpty()) // an empty entry would be the working folder
                .map(Path::of)
                .toList();
        List<String> refused = Confinement.enter(kind.confinement, readable, server);
        out.text(Message.Type.READY, 0, String.join("; ", refused));
    }

    private void open(int feed, Opening opening) {
        try {
            FrameSource source = kind == DecoderKind.NETWORK
                    ? LiveStreams.inside(opening.source(), opening.addresses(), opening.options())
                    : VideoFiles.inside(Path.of(opening.source()), opening.options());
            OpenFeed opened = new OpenFeed(feed, source, out);
            feeds.put(feed, opened);
            opened.start();
        } catch (IOException e) {
            out.failed(feed, sentence(e), false);
        }
    }

    private void ask(int feed) {
        OpenFeed asked = feeds.get(feed);
        if (asked != null) {
            asked.next();
        }
    }

    private void close(int feed) {
        OpenFeed closed = feeds.remove(feed);
        if (closed == null) {
            out.send(Message.of(Message.Type.CLOSED, feed, 0), new byte[0]);
        } else {
            closed.end();
        }
    }

    /**
     * Decodes a picture on a thread of its own, which has no more rights than this one. The main thread goes on
     * answering.
     */
    private void still(Message message, byte[] body) {
        Thread.ofPlatform().daemon().name("flipbook-still").start(() -> decode(message, body));
    }

    private void decode(Message message, byte[] body) {
        int id = message.feed();
        try (FfmpegDecoder decoder = new FfmpegDecoder()) {
            Optional<Canvas> picture = decoder.decode(ByteBuffer.wrap(body), Opening.range(message.value()));
            if (picture.isEmpty()) {
                out.send(Message.of(Message.Type.UNKNOWN, id, 0), new byte[0]);
            } else {
                pixels(id, picture.get());
            }
        } catch (IOException | RuntimeException | LinkageError e) {
            out.failed(id, sentence(e), false);
        } catch (OutOfMemoryError e) {
            out.failed(id, "there is not enough memory for the picture", false);
        }
    }

    private void pixels(int id, Canvas picture) {
        int length = 4 * picture.width() * picture.height();
        long size = (long) picture.width() << 32 | picture.height();
        out.pixels(new Message(Message.Type.PIXELS, 0, id, length, 0, size), picture);
    }
}
