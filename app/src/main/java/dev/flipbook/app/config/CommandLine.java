package dev.flipbook.app.config;

import dev.flipbook.app.config.Settings.Given;
import dev.flipbook.app.console.Arguments;
import dev.flipbook.app.yaml.YamlMap;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.cli.Option;

/**
 * The settings of a command line. They are those of a file: its options by the names of the keys with dashes, and all
 * others by {@code --set=KEY=VALUE}. Immutable.
 */
public final class CommandLine {

    private static final String SET = "set";

    /** The order in which the options are listed. */
    private static final List<Setting<?>> SERVER = List.of(
            Settings.PORT,
            Settings.HOST,
            Settings.LISTEN,
            Settings.INSECURE,
            Settings.NAMES,
            Settings.EMBED,
            Settings.CONNECTIONS,
            Settings.MEMORY);

    private final ServerSettings server;
    private final Map<String, List<SetValue>> ofFeeds;

    /**
     * Reads the options of a line.
     *
     * @throws IllegalArgumentException if a value is wrong; the sentence names the option and what would be right
     */
    public CommandLine(Arguments arguments) {
        List<SetValue> values = new ArrayList<>();
        arguments.all(SET).forEach(text -> values.add(SetValue.of(text)));
        Given given = options(arguments, SERVER);
        for (Setting<?> one : List.of(Settings.PORT, Settings.HOST)) {
            if (given.has(one) && given.has(Settings.LISTEN)) {
                throw new IllegalArgumentException("--listen has the address and the port; leave out --" + one.key());
            }
        }
        given = put(given, values, "", Settings.SERVER);
        given = put(given, values, ConfigReader.API, Settings.API);
        Given defaults = put(options(arguments, Settings.FEED), values, ConfigReader.DEFAULTS, Settings.FEED);
        server = new ServerSettings(given, defaults);
        ofFeeds = new LinkedHashMap<>();
        for (SetValue value : values) {
            value.feed()
                    .ifPresent(name -> ofFeeds.computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(value));
        }
        values.forEach(SetValue::check);
    }

    /** The options of the program for all settings, in the order of its help. */
    public static List<Option> options() {
        List<Option> options = new ArrayList<>();
        List<Setting<?>> all = new ArrayList<>(SERVER);
        all.addAll(Settings.FEED);
        for (Setting<?> setting : all) {
            String letter = setting.equals(Settings.PORT) ? "p" : null;
            for (String name : setting.options()) {
                options.add(
                        setting.label().isEmpty()
                                ? Arguments.flag(letter, name)
                                : Arguments.valued(letter, name, setting.label()));
            }
        }
        options.add(Arguments.valued(null, SET, "KEY=VALUE"));
        return options;
    }

    /** The values of the options of these settings. */
    private static Given options(Arguments arguments, List<Setting<?>> table) {
        Given given = Given.NONE;
        for (Setting<?> setting : table) {
            for (String name : setting.options()) {
                given = option(arguments, setting, name, given);
            }
        }
        return given;
    }

    private static Given option(Arguments arguments, Setting<?> setting, String name, Given given) {
        if (setting.form().kind() == Form.Kind.SWITCH) {
            return arguments.has(name) ? setting.read(given, "--" + name, "true", "true") : given;
        }
        boolean repeats =
                setting.form().kind() == Form.Kind.LIST || setting.form().kind() == Form.Kind.ENTRIES;
        Set<String> texts =
                repeats ? arguments.all(name) : arguments.has(name) ? Set.of(arguments.text(name, "")) : Set.of();
        Given all = given;
        for (String text : texts) {
            all = setting.add(all, "--" + name, setting.form().typed().apply(text), text);
        }
        return all;
    }

    /** These values, and those that {@code --set} gives to settings in this part of a file. */
    private static Given put(Given given, List<SetValue> values, String part, List<Setting<?>> table) {
        Given all = given;
        for (SetValue value : values) {
            if (value.part().equals(part)) {
                all = value.put(all, table);
            }
        }
        return all;
    }

    /** What is asked of the server, and of feeds that do not say otherwise. */
    public ServerSettings server() {
        return server;
    }

    /** A feed with the settings that the line has for all. */
    public FeedSettings feed(FeedOrigin origin) {
        return FeedSettings.of(origin, server.defaults(), Position.NONE);
    }

    /**
     * The whole line.
     *
     * @param feeds of the line, by name
     * @throws IllegalArgumentException if {@code --set} names a feed that is not one of these, or a value is wrong
     */
    public Configuration configuration(Map<String, FeedSettings> feeds) {
        Map<String, FeedSettings> all = new LinkedHashMap<>(feeds);
        ofFeeds.forEach((name, values) -> {
            FeedSettings feed = feeds.get(name);
            if (feed == null) {
                throw new IllegalArgumentException(values.get(0).where() + " is for a feed of the command line, and '"
                        + name + "' is none of these: " + String.join(", ", feeds.keySet()));
            }
            Given given = feed.given();
            FeedOrigin origin = feed.origin();
            for (SetValue value : values) {
                origin = value.inEnvironment(origin);
                given = value.key().equals(Walk.ENVIRONMENT) ? given : value.put(given, Settings.FEED);
            }
            all.put(name, FeedSettings.of(origin, given, Position.NONE));
        });
        return Configuration.of(server, all);
    }

    /**
     * One option {@code --set}.
     *
     * @param part the keys before the last one, such as {@code feeds.door}; empty for a key of the server
     */
    private record SetValue(String part, String key, String text) {

        private static final String FEED = ConfigReader.FEEDS + ".";
        private static final List<String> PARTS = List.of("", ConfigReader.API, ConfigReader.DEFAULTS);

        static SetValue of(String typed) {
            int equals = typed.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(
                        "--set is '" + typed + "'; it is KEY=VALUE with a key of the file, such as feeds.door.fps=15");
            }
            String keys = typed.substring(0, equals);
            int dot = keys.lastIndexOf('.');
            return new SetValue(
                    dot < 0 ? "" : keys.substring(0, dot), keys.substring(dot + 1), typed.substring(equals + 1));
        }

        /** The name of the feed that this is for. */
        Optional<String> feed() {
            return part.startsWith(FEED) ? Optional.of(part.substring(FEED.length())) : Optional.empty();
        }

        String where() {
            return "--set=" + (part.isEmpty() ? "" : part + ".") + key;
        }

        /** Refuses what is no part of a file. */
        void check() {
            if (!PARTS.contains(part) && feed().isEmpty()) {
                throw new IllegalArgumentException(
                        where() + " is no setting; a key is written as in feeds.door.fps, defaults.fps or api.keep");
            }
        }

        Given put(Given given, List<Setting<?>> table) {
            for (Setting<?> setting : table) {
                if (setting.key().equals(key)) {
                    boolean repeats = setting.form().kind() == Form.Kind.LIST
                            || setting.form().kind() == Form.Kind.ENTRIES;
                    String typed = setting.form().typed().apply(text);
                    return repeats
                            ? setting.add(given, where(), typed, text)
                            : setting.read(given, where(), typed, text);
                }
            }
            throw new IllegalArgumentException(
                    where() + " is no setting; " + YamlMap.advice(key, Walk.keys(List.of(), table)));
        }

        /** The origin with this variable, if this is one of the environment of a command. */
        FeedOrigin inEnvironment(FeedOrigin origin) {
            if (!key.equals(Walk.ENVIRONMENT)) {
                return origin;
            }
            int equals = text.indexOf('=');
            if (equals < 1 || !(origin instanceof FeedOrigin.Exec exec)) {
                throw new IllegalArgumentException(where() + " is NAME=VALUE for a feed with exec");
            }
            Map<String, Secret> more = new LinkedHashMap<>(exec.environment());
            more.put(text.substring(0, equals), Secret.hidden(text.substring(equals + 1)));
            return new FeedOrigin.Exec(exec.words(), more);
        }
    }
}
