package dev.flipbook.app.yaml;

import dev.flipbook.web.Quote;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** A map with the nodes of its keys and values, in the order of the text. Immutable. */
public final class YamlMap {

    /** Maximum number of characters in which a misspelt key differs from the right one. */
    private static final int MAX_MISSPELT = 3;

    private final Map<String, NodeTuple> entries;
    private final String where;

    private YamlMap(Map<String, NodeTuple> entries, String where) {
        this.entries = entries;
        this.where = where;
    }

    /**
     * The map that a node is. A key that is not a text, or is there a second time, is left out with a complaint.
     *
     * @param where the keys that lead to the node, such as {@code feeds.door}; empty for the root
     */
    public static YamlMap of(MappingNode node, String where, Complaints complaints) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                complaints.add(tuple.getKeyNode(), "a key is a text, and not a list or a map");
                continue;
            }
            NodeTuple before = entries.putIfAbsent(key.getValue(), tuple);
            if (before != null) {
                int line = before.getKeyNode().getStartMark().orElseThrow().getLine() + 1;
                complaints.add(
                        key,
                        path(where, key.getValue()) + " is here for the second time; the first is in line " + line);
            }
        }
        return new YamlMap(entries, where);
    }

    /** The keys that lead to a key of this map, such as {@code feeds.door.fps}. */
    public String path(String key) {
        return path(where, key);
    }

    private static String path(String where, String key) {
        return where.isEmpty() ? Quote.of(key) : where + "." + Quote.of(key);
    }

    /** The keys, in the order of the text. */
    public Collection<String> keys() {
        return entries.keySet();
    }

    /** The value of a key. */
    public Optional<Node> value(String key) {
        return Optional.ofNullable(entries.get(key)).map(NodeTuple::getValueNode);
    }

    /** The node of a key that is there. */
    public Node key(String key) {
        NodeTuple tuple = entries.get(key);
        if (tuple == null) {
            throw new IllegalArgumentException("there is no key " + key);
        }
        return tuple.getKeyNode();
    }

    /**
     * Complains about each key that is not one of these.
     *
     * @param what what the keys are settings of, such as {@code a feed}
     */
    public void checkKeys(List<String> known, String what, Complaints complaints) {
        for (String key : entries.keySet()) {
            if (!known.contains(key)) {
                String advice = key.equals("<<") ? "what several feeds share stands in defaults" : advice(key, known);
                complaints.add(key(key), path(key) + " is no setting of " + what + "; " + advice);
            }
        }
    }

    /** What to write for a key that is none of these: the one that was probably meant, or else all there are. */
    public static String advice(String key, List<String> known) {
        return closest(key, known)
                .map(right -> "did you mean " + right + "?")
                .orElseGet(() -> "there are " + String.join(", ", known));
    }

    /** The known key that was probably meant. */
    private static Optional<String> closest(String key, List<String> known) {
        String typed = key.replace('-', '_').toLowerCase(Locale.ROOT);
        LevenshteinDistance distance = new LevenshteinDistance(Math.min(MAX_MISSPELT, typed.length() / 2));
        List<String> near = new ArrayList<>(known);
        near.removeIf(right -> distance.apply(typed, right) < 0);
        return near.stream().min(Comparator.comparingInt(right -> distance.apply(typed, right)));
    }
}
