package dev.flipbook.app.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the value of a setting looks like: how it is read, how it is written, and the words for what would be right.
 *
 * @param kind how the value stands in a file
 * @param right what would be right, to follow "--fps is 'x'; "
 * @param reader the value of a text as it stands in a file; empty when the text is not right
 * @param writer the value as a file has it: a text, a number, a boolean, a list or a map; empty when nothing is written
 * @param typed what a text of the command line would be in a file, where numbers without a unit are not read
 * @param join both values of a setting that is given several times
 */
record Form<T>(
        Kind kind,
        String right,
        Function<String, Optional<T>> reader,
        Function<T, Optional<Object>> writer,
        UnaryOperator<String> typed,
        BinaryOperator<T> join) {

    /** How a value stands in a file. */
    enum Kind {
        /** A number without quotes. */
        NUMBER,
        /** True or false, without quotes. */
        SWITCH,
        TEXT,
        /** Texts, which the command line has in repeated options. */
        LIST,
        /** Names with numbers, which the command line has in repeated options NAME=NUMBER. */
        ENTRIES
    }

    /** Milliseconds of the units of time, the longest first. */
    private static final Map<String, Long> TIMES =
            ordered("d", 86_400_000, "h", 3_600_000, "m", 60_000, "s", 1000, "ms", 1);

    /** Bytes of the units of sizes, the largest first. The units of ten are read, and never written. */
    private static final Map<String, Long> SIZES =
            ordered("TiB", 1L << 40, "GiB", 1L << 30, "MiB", 1L << 20, "KiB", 1L << 10, "B", 1);

    private static final Map<String, Long> DECIMAL_SIZES =
            ordered("TB", 1_000_000_000_000L, "GB", 1_000_000_000, "MB", 1_000_000, "KB", 1000);

    private static final Pattern MEASURE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)([A-Za-z]{1,3})");
    private static final Pattern BARE = Pattern.compile("\\d{1,9}(?:\\.\\d{1,3})?");

    private static Map<String, Long> ordered(Object... unitsAndSizes) {
        Map<String, Long> units = new LinkedHashMap<>();
        for (int i = 0; i < unitsAndSizes.length; i += 2) {
            units.put((String) unitsAndSizes[i], ((Number) unitsAndSizes[i + 1]).longValue());
        }
        return Collections.unmodifiableMap(units);
    }

    /** A value that is given once. */
    static <T> Form<T> of(
            Kind kind, String right, Function<String, Optional<T>> reader, Function<T, Optional<Object>> writer) {
        return new Form<>(kind, right, reader, writer, text -> text, (first, second) -> second);
    }

    /** A whole number in a range; one outside of it stands for none and is not written. */
    static Form<Integer> number(int minimum, int maximum) {
        return of(
                Kind.NUMBER,
                "it is a whole number from " + minimum + " to " + maximum,
                text -> integer(text).filter(number -> number >= minimum && number <= maximum),
                number -> number < minimum ? Optional.empty() : Optional.of(number));
    }

    /** A whole number of this list. */
    static Form<Integer> oneOf(List<Integer> numbers, String right) {
        return of(Kind.NUMBER, right, text -> integer(text).filter(numbers::contains), Optional::of);
    }

    static Form<Boolean> flag() {
        return of(
                Kind.SWITCH,
                "it is true or false",
                text -> text.equals("true") || text.equals("false")
                        ? Optional.of(Boolean.valueOf(text))
                        : Optional.empty(),
                Optional::of);
    }

    static Optional<Integer> integer(String text) {
        return text.matches("-?\\d{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }

    /** A time between these two; on the command line a number alone means seconds. */
    static Form<Duration> time(Duration minimum, Duration maximum) {
        String right = "it is a time with its unit from " + written(minimum) + " to " + written(maximum)
                + ", such as 500ms, 10s, 5m or 1d";
        return new Form<>(
                Kind.TEXT,
                right,
                text -> measure(text, TIMES)
                        .map(Duration::ofMillis)
                        .filter(time -> time.compareTo(minimum) >= 0 && time.compareTo(maximum) <= 0),
                time -> Optional.of(written(time)),
                text -> BARE.matcher(text).matches() ? text + "s" : text,
                (first, second) -> second);
    }

    private static String written(Duration time) {
        return time.isZero() ? "0s" : written(time.toMillis(), TIMES);
    }

    /** A number of bytes between these two; on the command line a number alone means MiB. */
    static Form<Long> size(long minimum, long maximum) {
        String right = "it is a size with its unit from " + written(minimum, SIZES) + " to " + written(maximum, SIZES)
                + ", such as 64MiB or 2GB";
        return new Form<>(
                Kind.TEXT,
                right,
                text -> measure(text, SIZES)
                        .or(() -> measure(text, DECIMAL_SIZES))
                        .filter(bytes -> bytes >= minimum && bytes <= maximum),
                bytes -> Optional.of(written(bytes, SIZES)),
                text -> BARE.matcher(text).matches() ? text + "MiB" : text,
                (first, second) -> second);
    }

    private static Optional<Long> measure(String text, Map<String, Long> units) {
        Matcher parts = MEASURE.matcher(text);
        Long unit = parts.matches() ? units.get(parts.group(2)) : null;
        if (unit == null) {
            return Optional.empty();
        }
        BigDecimal value = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(unit));
        return value.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0
                ? Optional.empty()
                : Optional.of(value.longValue());
    }

    /** The value in the largest unit that gives a whole number. */
    private static String written(long value, Map<String, Long> units) {
        for (Map.Entry<String, Long> unit : units.entrySet()) {
            if (value % unit.getValue() == 0) {
                return value / unit.getValue() + unit.getKey();
            }
        }
        throw new IllegalArgumentException("no unit for " + value);
    }
}
