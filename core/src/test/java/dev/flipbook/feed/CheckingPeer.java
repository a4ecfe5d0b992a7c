package dev.flipbook.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flipbook.FrameSink;
import dev.flipbook.delivery.FakeSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Queue;

/** The peer of a viewer that checks each picture that it is sent, and leaves after a number of them. */
abstract class CheckingPeer implements FrameSink {

    private final int frames;
    private final Queue<Throwable> wrong;
    private int drained;

    /** Number of the last frame; 0 before the first. */
    volatile long shown;

    volatile boolean ended;

    /** @param wrong gets what a check has thrown */
    CheckingPeer(int frames, Queue<Throwable> wrong) {
        this.frames = frames;
        this.wrong = wrong;
    }

    /** The number of the frame in this picture, after a check of the picture. */
    abstract long check(byte[] picture);

    /** Takes what was written, and leaves if that was enough. */
    final void drain(ByteBuffer slice, boolean last, Completion completion) {
        try {
            long frame = check(picture(FakeSink.bytes(slice)));
            assertThat(frame).as("no older one").isGreaterThanOrEqualTo(shown);
            shown = frame;
        } catch (RuntimeException | Error e) {
            wrong.add(e);
        }
        if (last || ++drained > frames) {
            ended = true;
        }
        if (ended && !last) {
            completion.failed(new IOException("seen enough"));
        } else {
            completion.drained();
        }
    }

    private static byte[] picture(byte[] part) {
        String text = new String(part, StandardCharsets.ISO_8859_1);
        int begin = text.indexOf("\r\n\r\n") + 4;
        int length = Integer.parseInt(text.replaceFirst("(?s).*?Content-Length: (\\d+).*", "$1"));
        return Arrays.copyOfRange(part, begin, begin + length);
    }
}
