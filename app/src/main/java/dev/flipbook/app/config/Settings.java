package dev.flipbook.app.config;

import static dev.flipbook.app.config.Form.Kind.ENTRIES;
import static dev.flipbook.app.config.Form.Kind.LIST;
import static dev.flipbook.app.config.Form.Kind.TEXT;

import dev.flipbook.FeedOptions;
import dev.flipbook.SourceOptions;
import dev.flipbook.image.GreyRange;
import dev.flipbook.server.ServerOptions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The table of all settings. Files and command lines are read by it, so that both have the same ranges and sentences. */
final class Settings {

    private static final int MAX_CONNECTIONS = 20_000;
    private static final long MIN_MEMORY = 1L << 20;
    private static final long MAX_MEMORY = 64L << 30;
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** Bounds of a side in pixels, as {@link SourceOptions} has them. */
    private static final int MIN_SIDE = 16;

    private static final int MAX_SIDE = 8192;

    private static final Pattern CONTROL = Pattern.compile("([A-Za-z0-9_]{1,64})=(-?\\d{1,9})");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");

    // of a feed

    static final Setting<Integer> FPS = Setting.of("fps", "N", Form.number(0, 1000), SourceOptions.DEFAULT.fps());
    static final Setting<Size> PICTURE_SIZE = Setting.of(
            "size",
            "WxH",
            Form.of(
                    TEXT,
                    "it is WIDTHxHEIGHT in pixels, each from " + MIN_SIDE + " to " + MAX_SIDE + ", such as 640x480",
                    Size::of,
                    Size::written),
            Size.OF_THE_SOURCE);
    static final Setting<Integer> QUALITY =
            Setting.of("quality", "Q", Form.number(1, 100), SourceOptions.DEFAULT.quality());
    static final Setting<Integer> ROTATE = Setting.of(
            "rotate", "DEGREES", Form.oneOf(List.of(0, 90, 180, 270), "it is 0, 90, 180 or 270, clockwise"), 0);
    static final Setting<Boolean> MIRROR = Setting.of("mirror", "", Form.flag(), false);
    static final Setting<Duration> INTERVAL =
            Setting.of("interval", "TIME", Form.time(Duration.ZERO, DAY), SourceOptions.DEFAULT.interval());
    static final Setting<Boolean> FOLLOW = Setting.of("follow", "", Form.flag(), false);
    static final Setting<String> FORMAT = Setting.of(
            "format",
            "FORMAT",
            Form.of(
                    TEXT,
                    "it is a format in the camera's own word, such as MJPEG or YUYV",
                    text -> text.matches("[\\p{Alnum} ._:/-]{1,64}") ? Optional.of(text) : Optional.empty(),
                    text -> text.isEmpty() ? Optional.empty() : Optional.of(text)),
            "");
    static final Setting<Optional<GreyRange>> RANGE = Setting.of(
            "range",
            "LOW-HIGH",
            Form.of(
                    TEXT,
                    "it is LOW-HIGH, two different values from 0 to 65535, such as 500-4500",
                    text -> caught(one -> Optional.of(GreyRange.parse(one)), text),
                    range -> range.map(GreyRange::toString)),
            Optional.empty());
    static final Setting<Map<String, Integer>> CONTROLS = new Setting<>(
            "controls",
            List.of("control"),
            "NAME=VALUE",
            new Form<>(
                    ENTRIES,
                    "it sets a control to a whole number, such as brightness=20; the status of the feed lists the names",
                    Settings::control,
                    controls -> controls.isEmpty() ? Optional.empty() : Optional.of(controls),
                    UnaryOperator.identity(),
                    Settings::both),
            Map.of());
    static final Setting<Duration> START_TIMEOUT =
            Setting.of("start_timeout", "TIME", Form.time(SECOND, DAY), FeedOptions.DEFAULT.startTimeout());
    static final Setting<Duration> STALL_TIMEOUT =
            Setting.of("stall_timeout", "TIME", Form.time(SECOND, DAY), FeedOptions.DEFAULT.stallTimeout());
    static final Setting<Duration> IDLE_STOP = Setting.of(
            "idle_stop", "TIME", Form.time(Duration.ZERO, Duration.ofDays(7)), FeedOptions.DEFAULT.idleStop());

    /** What every feed has, whatever its source. */
    static final List<Setting<?>> FEED = List.of(
            FPS,
            PICTURE_SIZE,
            QUALITY,
            ROTATE,
            MIRROR,
            INTERVAL,
            FOLLOW,
            FORMAT,
            RANGE,
            CONTROLS,
            START_TIMEOUT,
            STALL_TIMEOUT,
            IDLE_STOP);

    // of the server

    static final Setting<Listen> LISTEN = Setting.of(
            "listen",
            "ADDRESS:PORT",
            Form.of(
                    TEXT,
                    "it is ADDRESS:PORT, such as 127.0.0.1:8080 or [::1]:8080, or a port alone",
                    Listen::of,
                    listen -> Optional.of(listen.toString())),
            Listen.DEFAULT);

    /** Port and address for themselves, which the command line alone has: in a file they are {@link #LISTEN}. */
    static final Setting<Integer> PORT =
            Setting.of("port", "PORT", Form.number(0, 65_535), ServerOptions.DEFAULT.port());

    static final Setting<String> HOST = Setting.of(
            "host",
            "ADDRESS",
            Form.of(TEXT, "it is an address or a name of this machine", Optional::of, Optional::of),
            ServerOptions.DEFAULT.host());
    static final Setting<Boolean> INSECURE = Setting.of("insecure", "", Form.flag(), false);
    static final Setting<Set<String>> NAMES = new Setting<>(
            "names",
            List.of("host-name", "names"),
            "NAME",
            texts("it is a host name such as door.example, without a port", ServerOptions.DEFAULT::withHostNames),
            Set.of());
    static final Setting<Set<String>> EMBED = new Setting<>(
            "embed",
            List.of("embed-origin", "embed"),
            "ORIGIN",
            texts(
                    "it is an origin as browsers send it, such as https://wall.example, in lower case, with its port"
                            + " unless it is the default one, and nothing after that; or the text null",
                    ServerOptions.DEFAULT::withEmbedOrigins),
            Set.of());
    static final Setting<Integer> CONNECTIONS =
            Setting.of("connections_per_address", "N", Form.number(1, MAX_CONNECTIONS), 0);
    static final Setting<Long> MEMORY =
            Setting.of("memory", "SIZE", Form.size(MIN_MEMORY, MAX_MEMORY), FeedOptions.DEFAULT.blockCeiling());

    /** What a file has of the server. */
    static final List<Setting<?>> SERVER = List.of(LISTEN, INSECURE, NAMES, EMBED, CONNECTIONS, MEMORY);

    // of the API

    static final Setting<Set<SourceKind>> SOURCES = new Setting<>(
            "sources",
            List.of(),
            "KIND",
            new Form<>(
                    LIST,
                    "it is one of "
                            + SourceKind.allowable().stream()
                                    .map(SourceKind::key)
                                    .collect(Collectors.joining(", ")),
                    Settings::kind,
                    kinds -> Optional.of(
                            kinds.stream().sorted().map(SourceKind::key).toList()),
                    UnaryOperator.identity(),
                    Settings::union),
            ApiSettings.DEFAULT.sources());
    static final Setting<Boolean> KEEP = new Setting<>("keep", List.of(), "", Form.flag(), ApiSettings.DEFAULT.keep());

    static final List<Setting<?>> API = List.of(SOURCES, KEEP);

    private Settings() {}

    /** Texts that a check lets pass. */
    private static Form<Set<String>> texts(String right, Function<Set<String>, ?> check) {
        return new Form<>(
                LIST,
                right,
                text -> caught(check, Set.of(text)).map(_ -> Set.of(text)),
                texts -> Optional.of(texts.stream().sorted().toList()),
                UnaryOperator.identity(),
                Settings::union);
    }

    /** The result of a function that throws an {@link IllegalArgumentException} for a wrong value. */
    private static <V, T> Optional<T> caught(Function<V, T> function, V value) {
        try {
            return Optional.of(function.apply(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Set<SourceKind>> kind(String text) {
        return SourceKind.allowable().stream()
                .filter(kind -> kind.key().equals(text))
                .findFirst()
                .map(EnumSet::of);
    }

    private static <E> Set<E> union(Set<E> first, Set<E> second) {
        Set<E> both = new LinkedHashSet<>(first);
        both.addAll(second);
        return Set.copyOf(both);
    }

    private static Optional<Map<String, Integer>> control(String text) {
        Matcher parts = CONTROL.matcher(text);
        return parts.matches()
                ? Optional.of(Map.of(parts.group(1), Integer.valueOf(parts.group(2))))
                : Optional.empty();
    }

    private static Map<String, Integer> both(Map<String, Integer> first, Map<String, Integer> second) {
        Map<String, Integer> both = new LinkedHashMap<>(first);
        second.forEach((name, value) -> {
            if (both.put(name, value) != null) {
                throw new IllegalArgumentException("sets " + name + " twice");
            }
        });
        return Map.copyOf(both);
    }

    /**
     * The size of pictures.
     *
     * @param width in pixels; 0 with a height of 0 for the source's own size
     */
    record Size(int width, int height) {

        static final Size OF_THE_SOURCE = new Size(0, 0);

        static Optional<Size> of(String text) {
            Matcher sides = SIZE.matcher(text);
            return sides.matches()
                    ? Optional.of(new Size(Integer.parseInt(sides.group(1)), Integer.parseInt(sides.group(2))))
                            .filter(size -> isSide(size.width) && isSide(size.height))
                    : Optional.empty();
        }

        private static boolean isSide(int pixels) {
            return pixels >= MIN_SIDE && pixels <= MAX_SIDE;
        }

        Optional<Object> written() {
            return equals(OF_THE_SOURCE) ? Optional.empty() : Optional.of(width + "x" + height);
        }
    }

    /** Where the server listens. */
    record Listen(String host, int port) {

        static final Listen DEFAULT = new Listen(ServerOptions.DEFAULT.host(), ServerOptions.DEFAULT.port());

        /** {@code ADDRESS:PORT}, {@code :PORT} or {@code PORT}; an address of IPv6 is in brackets. */
        private static final Pattern FORM =
                Pattern.compile("(?:(\\[[0-9A-Fa-f:.]+(?:%[\\w.-]+)?]|[\\w.-]+)?:)?(\\d{1,5})");

        static Optional<Listen> of(String text) {
            Matcher parts = FORM.matcher(text);
            if (!parts.matches() || Integer.parseInt(parts.group(2)) > 65_535) {
                return Optional.empty();
            }
            String host = parts.group(1) == null ? DEFAULT.host : parts.group(1);
            return Optional.of(new Listen(host.replaceAll("[\\[\\]]", ""), Integer.parseInt(parts.group(2))));
        }

        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** Values of settings as far as they are given, by a file or a command line. Immutable. */
    record Given(Map<Setting<?>, Object> values) {

        static final Given NONE = new Given(Map.of());

        Given {
            values = Map.copyOf(values);
        }

        boolean has(Setting<?> setting) {
            return values.containsKey(setting);
        }

        /** The value that was given, or the setting's usual one. */
        @SuppressWarnings("unchecked") // with() puts in no other type
        <T> T get(Setting<T> setting) {
            return (T) values.getOrDefault(setting, setting.usual());
        }

        <T> Given with(Setting<T> setting, T value) {
            Map<Setting<?>, Object> more = new LinkedHashMap<>(values);
            more.put(setting, value);
            return new Given(more);
        }

        /** These values, and of one setting the value that it has there. */
        <T> Given copying(Setting<T> setting, Given there) {
            return with(setting, there.get(setting));
        }

        Given without(Setting<?> setting) {
            Map<Setting<?>, Object> fewer = new LinkedHashMap<>(values);
            fewer.remove(setting);
            return new Given(fewer);
        }

        /** These values, and of the settings that have none here, those of another. */
        Given over(Given below) {
            Map<Setting<?>, Object> both = new LinkedHashMap<>(below.values);
            both.putAll(values);
            return new Given(both);
        }
    }
}
