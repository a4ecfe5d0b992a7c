package dev.flipbook.capture;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_WARNING;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;
import static org.bytedeco.ffmpeg.global.avutil.setLogCallback;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
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
     * @throws IOException when there are none for this platform
     */
    public static void load() throws IOException {
        try {
            if (Libraries.LOG.isNull()) {
                throw new IOException("FFmpeg's log cannot be connected");
            }
        } catch (LinkageError e) {
            throw new IOException("FFmpeg is not available on this platform (" + Loader.getPlatform() + ")", e);
        }
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

    /** FFmpeg's own words for its error code. */
    public static String error(int code) {
        byte[] text = new byte[256];
        av_strerror(code, text, text.length);
        int end = 0;
        while (end < text.length && text[end] != 0) {
            end++;
        }
        return new String(text, 0, end, StandardCharsets.UTF_8);
    }

    /** A text without what may be secret in the addresses it names: user and password, and all behind a question mark. */
    public static String redacted(String text) {
        return ADDRESS_SECRETS.matcher(text).replaceAll("$1$2");
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
