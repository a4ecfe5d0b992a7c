package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avutil.AVERROR_BUG;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_DECODER_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_DEMUXER_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXIT;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_INVALIDDATA;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_PATCHWELCOME;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_PROTOCOL_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_STREAM_NOT_FOUND;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_WARNING;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;

/** FFmpeg's libraries in this process, loaded when first needed, and their errors as exceptions. Thread-safe. */
public final class Ffmpeg {

    private static final Pattern ADDRESS_SECRETS =
            Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]*://)(?:[^/\\s'\"]*@)?([^?\\s'\"]*)(?:\\?[^\\s'\"]*)?");

    private Ffmpeg() {}

    /**
     * Loads the libraries.
     *
     * @throws IOException when they cannot be loaded, with the reason; where they found no folder, a later call tries again
     */
    public static synchronized void load() throws IOException {
        liftLimits();
        if (!Loader.getLoadedLibraries().containsKey("jniavfilter")) {
            LibraryFolder.choose();
        }
        try {
            if (Libraries.LOG.isNull()) {
                throw new IOException("FFmpeg's log cannot be connected");
            }
        } catch (LinkageError e) {
            throw new IOException(
                    "FFmpeg's libraries for " + Loader.getPlatform() + " could not be loaded: " + cause(e)
                            + "; mend that and start the program again",
                    e);
        }
    }

    /**
     * JavaCPP would refuse FFmpeg all memory as soon as the process has more than four times the largest heap, which a small heap and ten
     * videos do. It reads its limits once, when its first class is loaded. Who has set them meant it.
     */
    private static void liftLimits() {
        for (String limit : List.of("maxPhysicalBytes", "maxBytes")) {
            String name = "org.bytedeco.javacpp." + limit;
            if (System.getProperty(name) == null) {
                System.setProperty(name, "0"); // none
            }
        }
    }

    /** What the last error of the chain says: those before it tell only that a class is unusable because of it. */
    private static String cause(Throwable error) {
        Throwable last = error;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }

    /**
     * Loads the library for screens and cameras too. It stands on libraries of the system that a server may be without.
     *
     * @throws IOException with a sentence that says which, when they are missing
     */
    public static void loadDevices() throws IOException {
        load();
        try {
            Loader.load(avdevice.class);
        } catch (LinkageError e) {
            throw new IOException(
                    "FFmpeg's devices need libxcb, libxcb-shm, libasound and libpulse, and one is missing here;"
                            + " on Debian: apt install libxcb1 libxcb-shm0 libasound2 libpulse0",
                    e);
        }
        avdevice.avdevice_register_all();
    }

    /**
     * Begins to load the libraries, which takes a quarter of a second, before anybody waits for a picture. {@link #load}
     * waits for the end of it, and tells what went wrong.
     */
    public static void loadAhead() {
        Thread.ofPlatform().daemon().name("flipbook-ffmpeg").start(() -> {
            try {
                load();
            } catch (IOException e) {
                Log.LOG.log(Level.DEBUG, "FFmpeg is not there; the first picture will tell", e);
            }
        });
    }

    /**
     * Passes on what an FFmpeg function returned.
     *
     * @throws IOException when that is an error, with a sentence that begins with {@code what}
     */
    public static int check(int code, String what) throws IOException {
        if (code < 0) {
            throw new IOException(what + ": " + error(code));
        }
        return code;
    }

    /** Passes on what an FFmpeg function allocated; JavaCPP gives null for a null pointer. */
    public static <T> T allocated(T pointer) throws IOException {
        if (pointer == null) {
            throw new IOException("there is not enough memory for FFmpeg");
        }
        return pointer;
    }

    /**
     * What FFmpeg's error means, as the end of a sentence for people. FFmpeg's own words ("Invalid argument") name neither what
     * was tried nor what would be right, and are for the log alone.
     */
    public static String error(int code) {
        String meaning = Meanings.OF.get(code);
        if (meaning != null) {
            return meaning;
        }
        return code == AVERROR_PATCHWELCOME()
                ? "FFmpeg does not know this kind of it yet"
                : "FFmpeg gives it up (error " + code + ")";
    }

    /** A text without what may be secret in the addresses it names: user and password, and all behind a question mark. */
    public static String redacted(String text) {
        return ADDRESS_SECRETS.matcher(text).replaceAll("$1$2");
    }

    /** Its initialisation asks FFmpeg for its numbers. */
    private static final class Meanings {

        /** The errors that come of what people name, and of what is in it. The smaller numbers are those of every system. */
        static final Map<Integer, String> OF = Map.ofEntries(
                Map.entry(AVERROR_INVALIDDATA(), "its data make no sense"),
                Map.entry(AVERROR_EOF(), "it ends too early"),
                Map.entry(AVERROR_EXIT(), "it was given up, as it took too long"),
                Map.entry(AVERROR_DECODER_NOT_FOUND(), "FFmpeg has no decoder for it here"),
                Map.entry(AVERROR_DEMUXER_NOT_FOUND(), "FFmpeg has no reader for its kind here"),
                Map.entry(AVERROR_PROTOCOL_NOT_FOUND(), "FFmpeg is built here without its protocol"),
                Map.entry(AVERROR_STREAM_NOT_FOUND(), "there is no video in it"),
                Map.entry(AVERROR_BUG(), "FFmpeg has an error of its own with it"),
                Map.entry(AVERROR_EXTERNAL(), "a library that FFmpeg uses has failed with it"),
                Map.entry(-1, "this user may not open it"),
                Map.entry(-2, "it is not there"),
                Map.entry(-5, "it cannot be read to its end"),
                Map.entry(-12, "there is not enough memory for it"),
                Map.entry(-13, "this user may not open it"),
                Map.entry(-21, "it is a folder"),
                Map.entry(-22, "FFmpeg does not take it in this form"),
                Map.entry(-24, "too many files are open"),
                Map.entry(-28, "there is no room left for it"));
    }

    /** Its initialisation loads the libraries, once in a process, as the operating system does. */
    private static final class Libraries {

        /** FFmpeg's log is one for the process; the reference keeps the callback from being collected. */
        static final Log LOG = start();

        private static Log start() {
            Loader.load(avfilter.class); // and with it all that it stands on
            Log log = new Log();
            if (Log.LOG.isLoggable(Level.DEBUG)) {
                av_log_set_level(AV_LOG_WARNING);
                setLogCallback(log);
            } else {
                av_log_set_level(AV_LOG_QUIET);
            }
            return log;
        }
    }

    /** Where FFmpeg's messages go. A broken file brings one for each macroblock, so no more than ten a second pass. */
    private static final class Log extends LogCallback {

        static final Logger LOG = System.getLogger("dev.flipbook.capture.ffmpeg");
        private static final int PER_SECOND = 10;

        // guarded by this: decoders call from threads of their own
        private long second;
        private int messages;

        @Override
        public void call(int level, BytePointer message) {
            if (passes()) {
                LOG.log(
                        Level.DEBUG,
                        "{0}",
                        redacted(message.getString(StandardCharsets.UTF_8).strip()));
            }
        }

        private synchronized boolean passes() {
            long now = System.nanoTime() / 1_000_000_000;
            if (now != second) {
                second = now;
                messages = 0;
            }
            return messages++ < PER_SECOND;
        }
    }
}
