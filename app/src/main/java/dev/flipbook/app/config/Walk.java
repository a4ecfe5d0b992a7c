package dev.flipbook.app.config;

import dev.flipbook.app.config.Settings.Given;
import dev.flipbook.app.yaml.Complaints;
import dev.flipbook.app.yaml.YamlMap;
import dev.flipbook.feed.Feeds;
import dev.flipbook.text.Secrets;
import dev.flipbook.web.Quote;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Goes through the nodes of one file, makes settings and feeds of them, and complains about everything that is wrong.
 * Confined to one thread.
 */
final class Walk {

    static final String SOURCE = "source";
    static final String EXEC = "exec";
    static final String ENVIRONMENT = "environment";

    /** The keys of a feed besides those of the table. */
    static final List<String> ORIGIN_KEYS = List.of(SOURCE, EXEC, ENVIRONMENT);

    private static final String A_FEED = "it is a source, or a map with source or exec";
    private static final String A_SOURCE = "it is a source, such as webcam or rtsp://door/stream1";
    private static final String A_COMMAND =
            "it is a list of the program and its arguments, such as [thermal, --mjpeg]; no shell reads it";
    private static final String A_WORD = "it is a text; one that looks like something else is in quotes";
    private static final String CONTROLS = "it is a map of names and whole numbers, such as {brightness: 20}";

    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(pass|pwd|token|secret|key|credential).*");
    private static final Pattern LOGIN = Pattern.compile("://[^/\\s:@]*:[^/\\s@]+@");

    private final Complaints complaints;
    private final Texts texts;

    private final Optional<Given> nulls;

    private boolean holdsSecret;

    /** @param nulls the values that a key without a value brings back; empty if every key needs one */
    Walk(Complaints complaints, Texts texts, Optional<Given> nulls) {
        this.complaints = complaints;
        this.texts = texts;
        this.nulls = nulls;
    }

    /** Whether a secret stands in the file itself, and not only its place. */
    boolean holdsSecret() {
        return holdsSecret;
    }

    /** The map that a node is; empty with a complaint if it is something else. */
    Optional<YamlMap> map(Node node, String where, String right) {
        if (node instanceof MappingNode map) {
            return Optional.of(YamlMap.of(map, where, complaints));
        }
        String is = Texts.isNull(node) ? " has no value" : " is a " + Texts.kind(node);
        complaints.add(node, (where.isEmpty() ? "the file" : where) + is + "; " + right);
        return Optional.empty();
    }

    /** These values, and those that a map has for settings of this table. */
    Given settings(YamlMap map, List<Setting<?>> table, Given given) {
        Given all = given;
        for (Setting<?> setting : table) {
            Optional<Node> value = map.value(setting.key());
            if (value.isPresent()) {
                all = setting(setting, value.get(), map.path(setting.key()), all);
            }
        }
        return all;
    }

    private Given setting(Setting<?> setting, Node node, String where, Given given) {
        if (Texts.isNull(node)) {
            if (nulls.isEmpty()) {
                complaints.add(node, where + " has no value; " + setting.form().right());
            }
            return nulls.map(usual -> given.copying(setting, usual)).orElse(given);
        }
        return switch (setting.form().kind()) {
            case LIST -> list(setting, node, where, given);
            case ENTRIES -> entries(setting, node, where, given);
            case NUMBER, SWITCH, TEXT -> one(setting, node, where, "", given.without(setting));
        };
    }

    /**
     * The values with that of one text.
     *
     * @param before what stands before the text on a command line: the name of a control with an equals sign
     */
    private Given one(Setting<?> setting, Node node, String where, String before, Given given) {
        Form.Kind kind = setting.form().kind();
        boolean quoted = kind != Form.Kind.TEXT && kind != Form.Kind.LIST;
        if (!(node instanceof ScalarNode scalar) || Texts.isNull(node)) {
            String is = Texts.isNull(node) ? " has no value; " : " is a " + Texts.kind(node) + "; ";
            complaints.add(node, where + is + setting.form().right());
        } else if (quoted && !scalar.isPlain() && !Texts.hasVariable(scalar.getValue())) {
            String text = Quote.of(scalar.getValue());
            complaints.add(
                    node,
                    where + " is the text '" + text + "'; " + setting.form().right() + ", without quotes");
        } else {
            Optional<Secret> text = texts.scalar(scalar, where);
            try {
                return text.isEmpty()
                        ? given
                        : setting.add(
                                given,
                                where,
                                before + text.get().value(),
                                text.get().toString());
            } catch (IllegalArgumentException e) {
                complaints.add(node, String.valueOf(e.getMessage()));
            }
        }
        return given;
    }

    @SuppressWarnings("unchecked") // the values of lists are sets
    private Given list(Setting<?> setting, Node node, String where, Given given) {
        if (!(node instanceof SequenceNode list)) {
            return one(setting, node, where, "", given.without(setting));
        }
        Given all = list.getValue().isEmpty()
                ? given.with((Setting<Set<Object>>) setting, Set.of())
                : given.without(setting);
        for (Node element : list.getValue()) {
            all = one(setting, element, where, "", all);
        }
        return all;
    }

    private Given entries(Setting<?> setting, Node node, String where, Given given) {
        Given all = given.without(setting);
        if (node instanceof ScalarNode scalar && !Texts.isNull(node)) {
            complaints.add(node, where + " is '" + Quote.of(scalar.getValue()) + "'; " + CONTROLS);
            return all;
        }
        Optional<YamlMap> map = map(node, where, CONTROLS);
        for (String key : map.map(YamlMap::keys).orElse(List.of())) {
            Node value = map.get().value(key).orElseThrow();
            all = one(setting, value, map.get().path(key), key + "=", all);
        }
        return all;
    }

    /** The feeds of a map of feeds. */
    Map<String, FeedSettings> feeds(Node node, Given defaults) {
        Map<String, FeedSettings> feeds = new LinkedHashMap<>();
        Optional<YamlMap> map = map(node, "feeds", "it is a map of names and sources, such as {door: webcam}");
        for (String name : map.map(YamlMap::keys).orElse(List.of())) {
            try {
                Feeds.checkName(name);
            } catch (IllegalArgumentException e) {
                complaints.add(map.get().key(name), "feeds: " + e.getMessage());
            }
            feed(map.get().value(name).orElseThrow(), map.get().path(name), defaults)
                    .ifPresent(feed -> feeds.put(name, feed));
        }
        checkInputs(feeds);
        return feeds;
    }

    /** Standard input can be read once. */
    private void checkInputs(Map<String, FeedSettings> feeds) {
        String first = "";
        for (Map.Entry<String, FeedSettings> feed : feeds.entrySet()) {
            FeedSettings settings = feed.getValue();
            if (!settings.origin().equals(FeedOrigin.of("-"))) {
                continue;
            }
            if (!first.isEmpty()) {
                Position at = settings.position();
                String sentence = "feeds." + feed.getKey() + " is standard input, as feeds." + first
                        + " is; it can be one feed only";
                complaints.add(at.line(), at.column(), sentence);
            }
            first = first.isEmpty() ? feed.getKey() : first;
        }
    }

    /** The feed that a node is, in its short form or its long one. */
    private Optional<FeedSettings> feed(Node node, String where, Given defaults) {
        if (node instanceof ScalarNode || Texts.isFile(node)) {
            return address(node, where, A_FEED).map(origin -> FeedSettings.of(origin, defaults, position(node)));
        }
        return map(node, where, A_FEED).flatMap(map -> feed(map, node, where, defaults));
    }

    private Optional<FeedSettings> feed(YamlMap map, Node node, String where, Given defaults) {
        map.checkKeys(keys(ORIGIN_KEYS, Settings.FEED), "a feed", complaints);
        Given given = settings(map, Settings.FEED, defaults);
        Optional<Node> source = map.value(SOURCE);
        Optional<Node> exec = map.value(EXEC);
        if (source.isPresent() == exec.isPresent()) {
            String is = source.isPresent() ? " has both source and exec" : " has no source";
            complaints.add(source.isPresent() ? map.key(EXEC) : node, where + is + "; " + A_FEED);
            return Optional.empty();
        }
        if (source.isPresent() && map.value(ENVIRONMENT).isPresent()) {
            complaints.add(map.key(ENVIRONMENT), map.path(ENVIRONMENT) + " is for commands; " + where + " has no exec");
        }
        Node from = source.or(() -> exec).orElseThrow();
        Optional<FeedOrigin> origin =
                source.isPresent() ? address(from, map.path(SOURCE), A_SOURCE) : command(map, from);
        return origin.map(one -> FeedSettings.of(one, given, position(from)));
    }

    /** The keys of a map that has these and those of the tables. */
    @SafeVarargs
    static List<String> keys(List<String> first, List<Setting<?>>... tables) {
        List<String> keys = new ArrayList<>(first);
        for (List<Setting<?>> table : tables) {
            table.forEach(setting -> keys.add(setting.key()));
        }
        return keys;
    }

    private static Position position(Node node) {
        Mark mark = node.getStartMark().orElseThrow();
        return new Position(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private Optional<FeedOrigin> address(Node node, String where, String right) {
        Optional<Secret> text = texts.text(node, where, right);
        if (text.isPresent() && text.get().value().equals(EXEC)) {
            complaints.add(node, where + " is exec; a command is written {exec: [CMD, ARGS]}");
            return Optional.empty();
        }
        if (node instanceof ScalarNode typed) {
            holdsSecret |=
                    LOGIN.matcher(Texts.withoutVariables(typed.getValue())).find();
        }
        return text.map(FeedOrigin::of);
    }

    /** A text of a request, in quotes; empty with a complaint if it is something else. */
    Optional<Secret> text(Node node, String where) {
        if (node instanceof ScalarNode scalar && scalar.isPlain() && !Texts.isNull(node)) {
            complaints.add(node, where + " is " + Quote.of(scalar.getValue()) + "; it is a text, in quotes");
            return Optional.empty();
        }
        return texts.text(node, where, "it is a text");
    }

    private Optional<FeedOrigin> command(YamlMap map, Node node) {
        Map<String, Secret> environment = environment(map);
        if (!(node instanceof SequenceNode list) || list.getValue().isEmpty()) {
            String is = Texts.isNull(node)
                    ? " has no value; "
                    : node instanceof SequenceNode ? " is empty; " : " is a " + Texts.kind(node) + "; ";
            complaints.add(node, map.path(EXEC) + is + A_COMMAND);
            return Optional.empty();
        }
        List<Secret> words = new ArrayList<>();
        List<String> typed = new ArrayList<>();
        for (Node word : list.getValue()) {
            texts.text(word, map.path(EXEC), A_WORD).ifPresent(words::add);
            typed.add(word instanceof ScalarNode text ? Texts.withoutVariables(text.getValue()) : "");
        }
        holdsSecret |=
                typed.stream().anyMatch(word -> !Secrets.in(typed).hide(word).equals(word));
        boolean whole = words.size() == list.getValue().size();
        if (whole && words.get(0).value().isBlank()) {
            complaints.add(node, map.path(EXEC) + " has no program; " + A_COMMAND);
            return Optional.empty();
        }
        return whole ? Optional.of(new FeedOrigin.Exec(words, environment)) : Optional.empty();
    }

    private Map<String, Secret> environment(YamlMap map) {
        Map<String, Secret> variables = new LinkedHashMap<>();
        Optional<Node> node = map.value(ENVIRONMENT);
        if (node.isEmpty()) {
            return variables;
        }
        String where = map.path(ENVIRONMENT);
        Optional<YamlMap> environment = map(node.get(), where, "it is a map of names and texts, such as {GAIN: \"2\"}");
        for (String name : environment.map(YamlMap::keys).orElse(List.of())) {
            Node value = environment.get().value(name).orElseThrow();
            if (!VARIABLE_NAME.matcher(name).matches()) {
                complaints.add(
                        environment.get().key(name),
                        environment.get().path(name) + " is not the name of a variable; it takes A-Z a-z 0-9 _");
            }
            texts.text(value, environment.get().path(name), A_WORD).ifPresent(text -> variables.put(name, text));
            holdsSecret |= SECRET_NAME.matcher(name).matches()
                    && value instanceof ScalarNode typed
                    && !Texts.withoutVariables(typed.getValue()).isEmpty();
        }
        return variables;
    }
}
