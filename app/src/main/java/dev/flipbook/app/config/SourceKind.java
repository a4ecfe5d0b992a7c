package dev.flipbook.app.config;

import java.io.File;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** The kinds of sources that requests may be allowed to add, and {@link #OTHER} for all that they may never add. */
public enum SourceKind {
    /** A camera or server at an address {@code http://} or {@code https://}. */
    HTTP,
    /** A stream at an address {@code rtsp://}, or of another protocol that carries live video. */
    RTSP,
    /** Another program that sends pictures. */
    PUBLISH,
    /** The emulated camera. */
    DEMO,
    /** The test pattern. */
    TEST,
    /** A camera of this machine. */
    CAMERA,
    /** This machine's screen. */
    SCREEN,
    /** Commands, files, folders, standard input, and what is not known. */
    OTHER;

    private static final Set<String> LIVE = Set.of("rtsp", "rtsps", "rtmp", "rtmps", "rtp", "srt", "tcp", "udp");

    /** Devices by their paths. A path is not a way out of the folder of the devices. */
    private static final Pattern DEVICE = Pattern.compile("/dev/(video\\d{1,4}|v4l/by-(id|path)/[^/.][^/]*)");

    private static final Pattern PI = Pattern.compile("picam(:\\d{1,2})?");

    /** The word for this kind in a configuration file. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kinds that a configuration may allow to requests. */
    static List<SourceKind> allowable() {
        return Arrays.stream(values()).filter(kind -> kind != OTHER).toList();
    }

    /**
     * The kind of a source.
     *
     * @param cameras names of this machine's cameras, asked for only when the text may be one
     */
    static SourceKind of(FeedOrigin origin, Supplier<List<String>> cameras) {
        return switch (origin) {
            case FeedOrigin.Publish() -> PUBLISH;
            case FeedOrigin.Exec _ -> OTHER;
            case FeedOrigin.Address(Secret source) -> of(source.value(), cameras);
        };
    }

    private static SourceKind of(String source, Supplier<List<String>> cameras) {
        if (source.chars().anyMatch(character -> character < ' ' || character == 0x7F)) {
            return OTHER; // what looks like an address to one reader may be a path to another
        }
        int colon = source.indexOf("://");
        if (colon > 0) {
            String scheme = source.substring(0, colon).toLowerCase(Locale.ROOT);
            return scheme.equals("http") || scheme.equals("https") ? HTTP : LIVE.contains(scheme) ? RTSP : OTHER;
        }
        return switch (source) {
            case "demo" -> DEMO;
            case "test" -> TEST;
            case "screen" -> SCREEN;
            case "webcam" -> CAMERA;
            default -> {
                boolean camera = PI.matcher(source).matches()
                        || DEVICE.matcher(source).matches()
                        || (source.matches("[^/\\\\*?\\[{:]+")
                                && cameras.get().contains(source)
                                && !new File(source).exists());
                yield camera ? CAMERA : source.matches("screen:[\\w:.]{1,64}") ? SCREEN : OTHER;
            }
        };
    }
}
