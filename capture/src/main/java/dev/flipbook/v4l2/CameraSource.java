package dev.flipbook.v4l2;

import dev.flipbook.FeedStatus;
import dev.flipbook.FeedStatus.Encoding;
import dev.flipbook.Frame;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.Ticker;
import dev.flipbook.ffmpeg.RawConverter;
import dev.flipbook.time.Cadence;
import dev.flipbook.v4l2.CameraFolder.Found;
import dev.flipbook.v4l2.CameraFolder.Identity;
import dev.flipbook.v4l2.CameraFolder.Opened;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A camera of this machine, read through V4L2. JPEGs are passed on unchanged; plain pixels are encoded.
 *
 * <p>The first {@link #next()} opens the camera. After it was unplugged it is recognized when it comes back. Any thread
 * may close it; its resources are freed by the last thread that uses them.
 */
final class CameraSource implements FrameSource {

    private static final System.Logger LOG = System.getLogger("dev.flipbook.v4l2");

    /** Maximum time in milliseconds that a close from another thread takes to be noticed. */
    private static final int POLL_INTERVAL_MILLIS = 200;

    /** Minimum bytes of a JPEG. Cameras that are starting send less, which is less than the headers of any JPEG. */
    private static final int MIN_JPEG_BYTES = 128;

    /**
     * Maximum age in nanoseconds of a picture by the driver's timestamp. If a picture is older or from the future, the
     * driver uses another clock.
     */
    private static final long MAX_AGE = 10_000_000_000L;

    private final String text;
    private final CameraFolder folder;
    private final SourceOptions options;
    private final Ticker ticker;
    private final Hotplug arrivals;
    private final CameraControls controls;
    private final ReentrantLock lock = new ReentrantLock();

    // Guarded by lock.
    private @Nullable OpenCamera camera;
    private @Nullable RawConverter raw; // encoder for plain pixels; null for JPEGs
    private @Nullable Identity known; // the camera that was opened last
    private Path last; // its path
    private String name; // its name for messages
    private long damagedBefore; // damaged pictures of earlier openings, and those found here
    private final Cadence cadence; // of the frames, if the camera delivers more than are requested

    private volatile boolean closing; // whether close() was called and has still to be done
    private volatile long damaged;
    private volatile Encoding encoding = Encoding.NONE;

    /** @param text as the user typed it: a path, a camera's name, or {@link Cameras#FIRST} */
    CameraSource(String text, CameraFolder folder, SourceOptions options, Ticker ticker) {
        this.text = text;
        this.folder = folder;
        this.options = options;
        this.ticker = ticker;
        this.cadence = Cadence.ofRate(options.fps());
        this.arrivals = new Hotplug(folder, ticker);
        this.controls = new CameraControls(text, options.controls());
        this.last = Path.of(text);
        this.name = text;
    }

    /**
     * Reports now what the camera would refuse later, if it is connected and can be queried.
     *
     * @throws IOException if the camera does not offer what the options request
     */
    void check() throws IOException {
        Opened opened;
        try {
            opened = find();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "camera={0} cannot be queried now: {1}", text, e.getMessage());
            return;
        }
        try (Device device = opened.device()) {
            choice(opened);
            Controls.of(device).check(name, options.controls());
        }
    }

    @Override
    public Frame next() throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            return read();
        } catch (IOException | InterruptedException | RuntimeException e) {
            free();
            throw e;
        } finally {
            lock.unlock();
            if (closing) {
                close(); // the thread that called close() found the camera in use
            }
        }
    }

    private Frame read() throws IOException, InterruptedException {
        try {
            OpenCamera from = camera == null ? open() : camera;
            while (!Thread.interrupted() && !closing) {
                Optional<OpenCamera.Picture> picture = from.newest(POLL_INTERVAL_MILLIS);
                Frame frame = picture.isPresent() && cadence.take(taken(picture.get())) ? frame(picture.get()) : null;
                damaged = damagedBefore + from.damaged();
                if (frame != null) {
                    return frame;
                }
            }
        } catch (DeviceException e) {
            throw new IOException(folder.reason(e, last, name), e);
        }
        throw new InterruptedException();
    }

    private long taken(OpenCamera.Picture picture) {
        long now = ticker.nanos();
        long age = now - picture.nanos();
        return picture.nanos() != OpenCamera.UNKNOWN && age >= 0 && age < MAX_AGE ? picture.nanos() : now;
    }

    /** The picture as a frame, or null if it is damaged, which is counted. */
    private @Nullable Frame frame(OpenCamera.Picture picture) throws IOException {
        try {
            RawConverter pixels = raw;
            if (pixels == null && picture.bytes().remaining() < MIN_JPEG_BYTES) {
                damagedBefore++;
                return null;
            }
            Frame frame = pixels == null
                    ? Frame.ofJpeg(picture.bytes()).turned(options.rotate(), options.mirror())
                    : pixels.frame(picture.bytes());
            return frame.capturedAt(taken(picture));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "camera={0} damaged: {1}", name, e.getMessage());
            damagedBefore++;
            return null;
        }
    }

    private OpenCamera open() throws IOException {
        boolean ignored = arrivals.isRecent(); // so that a failure now is not taken for a new device
        Opened opened = find();
        known = opened.identity();
        last = opened.path();
        name = opened.identity().name();
        FormatChoice choice;
        try {
            choice = choice(opened);
            controls.prepare(opened.device(), name);
        } catch (IOException | RuntimeException e) {
            opened.device().close();
            throw e;
        }
        OpenCamera started = OpenCamera.start(opened.device(), choice, options.width() > 0, ticker);
        camera = started;
        controls.running(opened.device());
        cadence.restart();
        raw = choice.pixels().isJpeg() ? null : pixels(choice.pixels(), started.shape());
        String encoder = raw == null ? "none" : raw.encoder();
        encoding = encoding.by(encoder);
        LOG.log(
                Level.INFO,
                "camera={0} device={1} format={2} size={3}x{4} fps={5} encoder={6}",
                name,
                last,
                Pixels.name(choice.pixels().fourcc),
                Integer.toString(started.shape().width()),
                Integer.toString(started.shape().height()),
                choice.interval().map(one -> Interval.text(one.fps())).orElse("unknown"),
                encoder);
        return started;
    }

    private FormatChoice choice(Opened opened) throws IOException {
        Device device = opened.device();
        return FormatChoice.of(
                opened.identity().name(), OfferedFormats.of(device), options, OpenCamera.driversOwn(device));
    }

    private RawConverter pixels(Pixels pixels, OpenCamera.Shape shape) throws IOException {
        RawConverter.Layout layout = new RawConverter.Layout(
                pixels.ffmpeg,
                shape.width(),
                shape.height(),
                shape.stride(),
                pixels.isSwapped(),
                shape.fullRange(),
                shape.bt709());
        return RawConverter.open(layout, options, ticker, took -> encoding = encoding.plus(took));
    }

    private Opened find() throws IOException {
        Identity before = known;
        if (before != null && !Cameras.isPlace(text)) {
            return folder.openAgain(before, last);
        }
        if (Cameras.isPath(text)) {
            return folder.open(Path.of(text), name);
        }
        List<Found> cameras = folder.cameras();
        Found found = Cameras.pick(text, cameras)
                .orElseThrow(() -> new IOException(
                        text.equals(Cameras.FIRST)
                                ? "no camera is plugged in"
                                : "no camera that is called '" + text + "' is plugged in"));
        if (!found.problem().isEmpty()) {
            throw new IOException(found.problem());
        }
        return folder.open(found.path(), found.identity().name());
    }

    private void free() {
        OpenCamera open = camera;
        RawConverter pixels = raw;
        camera = null;
        raw = null;
        if (pixels != null) {
            pixels.close();
        }
        if (open != null) {
            controls.closing();
            damagedBefore += open.damaged();
            open.close();
        }
    }

    @Override
    public boolean isBack() {
        return arrivals.isRecent();
    }

    @Override
    public void close() {
        closing = true;
        if (lock.tryLock()) { // otherwise next() notices it within 200 ms and closes
            try {
                closing = false;
                free();
            } finally {
                lock.unlock();
            }
        }
    }

    @Override
    public String description() {
        return text;
    }

    @Override
    public Encoding encoding() {
        return encoding;
    }

    @Override
    public long damaged() {
        return damaged;
    }

    @Override
    public List<FeedStatus.Control> controls() {
        return controls.status();
    }

    @Override
    public void control(String control, int value) throws IOException {
        controls.set(control, value);
    }
}
