package dev.flipbook.origin;

import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.Ticker;
import dev.flipbook.image.JpegEncoder;
import dev.flipbook.image.StandbyPicture;
import dev.flipbook.picture.PictureFrames;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes JPEGs of one feed's drafts, and draws its placeholders. The tools are made when they are needed, and used by one
 * thread at a time, which holds the lock for one picture. Thread-safe.
 */
final class DraftEncoder implements Draft.Tools {

    private final Ticker ticker;
    private final ReentrantLock work = new ReentrantLock();

    // Guarded by work.
    private final StandbyPicture standby = new StandbyPicture();
    private @Nullable JpegEncoder encoder;
    private @Nullable PictureFrames files;

    private volatile boolean closing;
    private volatile Encoding encoding = Encoding.NONE;

    DraftEncoder(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Encodes one draft. Waits while another picture is encoded or drawn; does nothing after a close.
     *
     * @param published time of the publish, which is the capture time unless the picture is drawn now
     * @param shows takes the frame, whose bytes are valid during the call
     */
    void encode(Draft draft, long published, Consumer<Frame> shows) throws IOException {
        work.lock();
        try {
            if (closing) {
                return;
            }
            long begun = ticker.nanos();
            Frame frame = draft.encode(this);
            encoding = encoding.plus(ticker.nanos() - begun);
            shows.accept(frame.capturedAt(draft.drawnWhenAsked() ? begun : published));
        } finally {
            work.unlock();
            freeIfClosing();
        }
    }

    /**
     * Draws a placeholder. Does nothing while a picture is being encoded: that may take long, because a program's own
     * code may run there, and the calling thread serves all feeds. The next placeholder is due in a second anyway.
     *
     * @param drawing draws it with the tools
     * @param shows takes the placeholder
     */
    void placeholder(StandbyPicture.Drawing drawing, Consumer<Frame> shows) {
        if (!work.tryLock()) {
            return;
        }
        try {
            if (!closing) {
                shows.accept(Frame.of(drawing.draw(standby, encoder())));
            }
        } finally {
            work.unlock();
            freeIfClosing();
        }
    }

    /** What was encoded of a program's pictures. Placeholders are not counted; they only set the encoder's name. */
    Encoding encoding() {
        return encoding;
    }

    @Override
    public JpegEncoder encoder() {
        JpegEncoder made = encoder;
        if (made == null) {
            made = JpegEncoder.best();
            encoder = made;
            encoding = encoding.by(made.name());
        }
        return made;
    }

    @Override
    public PictureFrames files() {
        PictureFrames made = files;
        if (made == null) {
            made = new PictureFrames();
            files = made;
        }
        return made;
    }

    /** Closes the tools as soon as no thread uses them. Drafts are ignored from now on. */
    void close() {
        closing = true;
        freeIfClosing();
    }

    /**
     * Closes the tools unless a thread uses them; that thread does so afterwards. The program's own code, which may be
     * drawing there, is not waited for.
     */
    private void freeIfClosing() {
        if (!closing || !work.tryLock()) {
            return;
        }
        try {
            if (encoder != null) {
                encoder.close();
                encoder = null;
            }
            if (files != null) {
                files.close();
                files = null;
            }
        } finally {
            work.unlock();
        }
    }
}
