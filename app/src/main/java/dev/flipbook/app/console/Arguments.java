package dev.flipbook.app.console;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.apache.commons.cli.UnrecognizedOptionException;
import org.jspecify.annotations.Nullable;

/**
 * A parsed command line: options with their values, and the other words in their order. Errors are
 * {@link IllegalArgumentException}s whose message names the option and what would be right. Immutable.
 */
public final class Arguments {

    private final CommandLine line;

    private Arguments(CommandLine line) {
        this.line = line;
    }

    /**
     * An option without a value.
     *
     * @param letter short name, or null
     */
    public static Option flag(@Nullable String letter, String name) {
        return Option.builder(letter).longOpt(name).get();
    }

    /**
     * An option with a value.
     *
     * @param letter short name, or null
     * @param label name of the value in the help text
     */
    public static Option valued(@Nullable String letter, String name, String label) {
        return Option.builder(letter).longOpt(name).hasArg().argName(label).get();
    }

    /**
     * Parses these words. After {@code --} there are no options.
     *
     * @param command as it is typed, such as {@code flipbook bench}
     */
    public static Arguments read(String command, Options options, List<String> words) {
        checkDashes(command, options, words);
        DefaultParser parser = DefaultParser.builder()
                .setAllowPartialMatching(false)
                .setStripLeadingAndTrailingQuotes(false)
                .get();
        try {
            return new Arguments(parser.parse(options, words.toArray(new String[0])));
        } catch (UnrecognizedOptionException e) {
            String name = e.getOption().replaceFirst("=.*", "");
            boolean known = name.startsWith("--") ? options.hasLongOption(name) : options.hasShortOption(name);
            throw new IllegalArgumentException(known ? name + " takes no value" : unknown(name, command), e);
        } catch (MissingArgumentException e) {
            String name = "--" + e.getOption().getLongOpt();
            throw new IllegalArgumentException(
                    name + " has no value; it is written " + name + "="
                            + e.getOption().getArgName(),
                    e);
        } catch (ParseException e) { // cannot happen with such options
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /**
     * Refuses -port instead of --port. The parser accepts it, but here it would mean -p with the value "ort", or
     * nothing, and is surely a mistake.
     */
    private static void checkDashes(String command, Options options, List<String> words) {
        for (String word : words) {
            if (word.equals("--")) {
                return;
            }
            for (Option option : options.getOptions()) {
                if (word.startsWith("-" + option.getLongOpt())) {
                    throw new IllegalArgumentException(unknown(word.replaceFirst("=.*", ""), command));
                }
            }
        }
    }

    private static String unknown(String option, String command) {
        return option + " is not an option of " + command + "; " + command + " --help lists them";
    }

    /** Whether this option is given. */
    public boolean has(String name) {
        int times = 0;
        for (Option option : line.getOptions()) {
            times += name.equals(option.getLongOpt()) ? 1 : 0;
        }
        return once(name, times);
    }

    /** The value of an option, or this default if the option is not given. */
    public String text(String name, String defaultValue) {
        String[] values = line.getOptionValues(name);
        return values != null && once(name, values.length) ? values[0] : defaultValue;
    }

    /**
     * The value of an option that is a whole number from {@code minimum} to {@code maximum}, or this default if the
     * option is not given.
     */
    public int number(String name, int minimum, int maximum, int defaultValue) {
        String text = text(name, "");
        return has(name) ? number(name, text, minimum, maximum) : defaultValue;
    }

    /** The values of an option, separated by commas, each a whole number from {@code minimum} to {@code maximum}. */
    public List<Integer> numbers(String name, int minimum, int maximum, String defaultValue) {
        return List.of(text(name, defaultValue).split(",", -1)).stream()
                .map(text -> number(name, text, minimum, maximum))
                .toList();
    }

    private static int number(String name, String text, int minimum, int maximum) {
        try {
            int number = Integer.parseInt(text);
            if (number >= minimum && number <= maximum) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, as a number out of range is
        }
        throw new IllegalArgumentException(
                "--" + name + " is '" + text + "'; it is a whole number from " + minimum + " to " + maximum);
    }

    /** All values of an option that may be repeated. */
    public Set<String> all(String name) {
        String[] values = line.getOptionValues(name);
        return values == null ? Set.of() : new LinkedHashSet<>(List.of(values));
    }

    /** The words that are not options. */
    public List<String> words() {
        return line.getArgList();
    }

    private static boolean once(String name, int times) {
        if (times > 1) {
            throw new IllegalArgumentException("--" + name + " is given " + times + " times; it may be given once");
        }
        return times == 1;
    }
}
