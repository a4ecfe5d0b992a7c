package dev.flipbook.app.console;

import dev.flipbook.SourceOptions;
import dev.flipbook.image.GreyRange;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the options about the sources' pictures. */
public final class PictureArguments {

    private static final Pattern CONTROL = Pattern.compile("([A-Za-z0-9_]{1,64})=(-?\\d{1,9})");

    private PictureArguments() {}

    public static SourceOptions read(Arguments arguments) {
        int fps = arguments.number("fps", 0, 1000, SourceOptions.DEFAULT.fps());
        int quality = arguments.number("quality", 1, 100, SourceOptions.DEFAULT.quality());
        int[] size = arguments.has("size") ? size(arguments.text("size", "")) : new int[2];
        return new SourceOptions(
                fps,
                size[0],
                size[1],
                quality,
                rotate(arguments),
                arguments.has("mirror"),
                arguments.has("follow"),
                interval(arguments),
                arguments.text("format", ""),
                controls(arguments),
                range(arguments));
    }

    /** Width and height of an option {@code --size}. */
    public static int[] size(String size) {
        String[] sides = size.split("x", -1);
        try {
            if (sides.length == 2 && !size.matches("0+x0+")) { // would mean the source's own size
                return new int[] {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
            }
        } catch (NumberFormatException e) {
            // reported below, as another number of sides is
        }
        throw new IllegalArgumentException("--size is '" + size + "'; it is WIDTHxHEIGHT in pixels, such as 640x480");
    }

    private static int rotate(Arguments arguments) {
        String text = arguments.text("rotate", "0");
        if (!Set.of("0", "90", "180", "270").contains(text)) {
            throw new IllegalArgumentException("--rotate is '" + text + "'; it is 0, 90, 180 or 270, clockwise");
        }
        return Integer.parseInt(text);
    }

    private static Duration interval(Arguments arguments) {
        String text = arguments.text("interval", "0");
        if (!text.matches("\\d{1,5}(\\.\\d{1,3})?") || Double.parseDouble(text) > 86_400) {
            throw new IllegalArgumentException(
                    "--interval is '" + text + "'; it is a number of seconds up to 86400, such as 0.5");
        }
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    private static Map<String, Integer> controls(Arguments arguments) {
        Map<String, Integer> controls = new LinkedHashMap<>();
        for (String control : arguments.all("control")) {
            Matcher parts = CONTROL.matcher(control);
            if (!parts.matches()) {
                throw new IllegalArgumentException("--control is '" + control
                        + "'; it is NAME=NUMBER, such as brightness=20; the status of the feed lists the names");
            }
            if (controls.put(parts.group(1), Integer.parseInt(parts.group(2))) != null) {
                throw new IllegalArgumentException("--control sets " + parts.group(1) + " twice");
            }
        }
        return controls;
    }

    public static Optional<GreyRange> range(Arguments arguments) {
        String text = arguments.text("range", "");
        try {
            return arguments.has("range") ? Optional.of(GreyRange.parse(text)) : Optional.empty();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--range is '" + text + "'; " + e.getMessage(), e);
        }
    }
}
