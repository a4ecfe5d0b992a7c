package dev.flipbook.ffmpeg;

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

import dev.flipbook.text.Secrets;
import dev.flipbook.time.Allowance;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.LogCallback;
import org.bytedeco.ffmpeg.global.avdevice;
import org.bytedeco.ffmpeg.global.avfilter;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;

/**
 * Loads FFmpeg's libraries into this process at their first use, and turns their errors into exceptions. Thread-safe.
 */
public final class Ffmpeg {

    private Ffmpeg() {}

    /**
     * Loads the libraries.
     *
     * @throws IOException with the reason if they cannot be loaded. If no folder could take them, a later call tries
     *     again
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
                            + "; correct that and start the program again",
                    e);
        }
    }

    /**
     * Turns off JavaCPP's memory limits unless the user has set them. Otherwise JavaCPP would refuse FFmpeg all memory
     * as soon as the process has more than four times the maximum heap, which is the case with a small heap and ten
     * videos. JavaCPP reads its limits once, when its first class is loaded.
     */
    private static void liftLimits() {
        for (String limit : List.of("maxPhysicalBytes", "maxBytes")) {
            String name = "org.bytedeco.javacpp." + limit;
            if (System.getProperty(name) == null) {
                System.setProperty(name, "0"); // no limit
            }
        }
    }

    /** The message of the last cause. The errors before it only say that a class cannot be used because of it. */
    private static String cause(Throwable error) {
        Throwable last = error;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return String.valueOf(last.getMessage());
    }

    /**
     * Loads the library for screens and cameras as well. That library needs system libraries that a server may lack.
     *
     * @throws IOException with a sentence that names the missing libraries
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
     * Begins to load the libraries on another thread, which takes a quarter of a second, before anybody waits for a
     * picture. {@link #load} waits until they are loaded, and reports errors.
     */
    public static void loadAhead() {
        Thread.ofPlatform().daemon().name("flipbook-ffmpeg").start(() -> {
            try {
                load();
            } catch (IOException e) {
                Log.LOG.log(Level.DEBUG, "FFmpeg cannot be loaded; the first picture will show why", e);
            }
        });
    }

    /**
     * Checks the result of an FFmpeg function and returns it.
     *
     * @param what beginning of the exception's sentence
     * @throws IOException if the result is an error
     */
    public static int check(int code, String what) throws IOException {
        if (code < 0) {
            throw new IOException(what + ": " + error(code));
        }
        return code;
    }

    /**
     * Checks the result of a function of FFmpeg that allocates, and returns it. JavaCPP returns null for a null
     * pointer.
     *
     * @throws IOException if there was not enough memory
     */
    public static <T> T allocated(T pointer) throws IOException {
        if (pointer == null) {
            throw new IOException("there is not enough memory for FFmpeg");
        }
        return pointer;
    }

    /**
     * The meaning of an FFmpeg error as the end of a sentence for users. FFmpeg's own texts, such as "Invalid
     * argument", say neither what failed nor what would be right, so only the log has them.
     */
    public static String error(int code) {
        String meaning = Meanings.OF.get(code);
        if (meaning != null) {
            return meaning;
        }
        return code == AVERROR_PATCHWELCOME()
                ? "FFmpeg does not support this kind of it yet"
                : "FFmpeg gives up on it (error " + code + ")";
    }

    /** Separate class, because its initialization calls FFmpeg for the error numbers. */
    private static final class Meanings {

        /**
         * Errors that are caused by what users name, and by its content. The small numbers are those of the operating
         * system.
         */
        static final Map<Integer, String> OF = Map.ofEntries(
                Map.entry(AVERROR_INVALIDDATA(), "its data make no sense"),
                Map.entry(AVERROR_EOF(), "it ends too early"),
                Map.entry(AVERROR_EXIT(), "it was given up because it took too long"),
                Map.entry(AVERROR_DECODER_NOT_FOUND(), "FFmpeg has no decoder for it here"),
                Map.entry(AVERROR_DEMUXER_NOT_FOUND(), "FFmpeg has no reader for its kind here"),
                Map.entry(AVERROR_PROTOCOL_NOT_FOUND(), "FFmpeg is built here without its protocol"),
                Map.entry(AVERROR_STREAM_NOT_FOUND(), "there is no video in it"),
                Map.entry(AVERROR_BUG(), "FFmpeg fails on it with an internal error"),
                Map.entry(AVERROR_EXTERNAL(), "a library that FFmpeg uses fails on it"),
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

    /**
     * Separate class, because its initialization loads the libraries, once for the process as the operating system
     * does.
     */
    private static final class Libraries {

        /**
         * The callback for FFmpeg's log, of which there is one in a process. The reference keeps the callback from
         * being garbage collected.
         */
        static final Log LOG = start();

        private static Log start() {
            Loader.load(avfilter.class); // and all libraries that it needs
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

    /**
     * Receives FFmpeg's log messages. At most ten a second pass, because a damaged file causes one for each macroblock.
     */
    private static final class Log extends LogCallback {

        static final Logger LOG = System.getLogger("dev.flipbook.capture.ffmpeg");

        // Guarded by this, because decoders log from threads of their own.
        private final Allowance allowance = new Allowance(10, 100_000_000, System.nanoTime());

        @Override
        public void call(int level, BytePointer message) {
            if (passes()) {
                LOG.log(
                        Level.DEBUG,
                        "{0}",
                        Secrets.withoutLoginsAndQueries(
                                message.getString(StandardCharsets.UTF_8).strip()));
            }
        }

        private synchronized boolean passes() {
            return allowance.take(System.nanoTime());
        }
    }
}
