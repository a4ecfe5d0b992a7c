package dev.flipbook.app.yaml;

import dev.flipbook.web.Quote;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads YAML 1.2 into nodes, which know their places. Nothing is made of the nodes here: there are texts, lists and
 * maps, and no tag stands for anything else. All limits are checked on the way, before the nodes are made.
 */
public final class YamlText {

    /** Maximum size of a text in bytes: a thousand cameras take a tenth of it. */
    public static final int MAX_BYTES = 1 << 20;

    /** Maximum number of aliases. A name for what several feeds share is used a few times. */
    private static final int MAX_ALIASES = 50;

    /** Maximum depth of lists and maps in each other. A configuration has five. */
    private static final int MAX_DEPTH = 20;

    /** Parts of the parser's sentences that only its authors understand, and what they mean. */
    private static final Map<String, String> PLAIN_WORDS = Map.of(
            "(TAB)", "a tab cannot stand before a key; use blanks",
            "expected <block end>", "this line is not indented as the lines above it",
            "mapping values are not allowed here",
                    "a colon with a blank after it stands in a text; put the text in quotes",
            "found unexpected end of stream", "the file ends within a text in quotes",
            "found '<stream end>'", "the file ends within a list or a map");

    /** Maximum number of keys and values, which take 200 bytes each. A thousand cameras with all settings have 40,000. */
    private static final int MAX_NODES = 100_000;

    private final Complaints complaints;
    private final LoadSettings settings;

    private int documents;
    private int nodes;
    private int aliases;
    private int depth;

    /** @param length of the text, which is read at once: the parser copies what it has at each further read */
    private YamlText(int length, Complaints complaints) {
        this.complaints = complaints;
        this.settings = LoadSettings.builder()
                .setLabel("")
                .setBufferSize(length + 1)
                .setCodePointLimit(MAX_BYTES)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setAllowNonScalarKeys(true) // YamlMap says where they are
                .build();
    }

    /**
     * The root node of a text; empty if something is wrong, which the complaints have then.
     *
     * @param bytes not more than {@link #MAX_BYTES}
     */
    public static Optional<Node> read(byte[] bytes, Complaints complaints) {
        Optional<String> decoded = decoded(bytes, complaints);
        if (decoded.isEmpty() || !isPrintable(decoded.get(), complaints)) {
            return Optional.empty();
        }
        return new YamlText(decoded.get().length(), complaints).read(decoded.get());
    }

    /**
     * The value of a JSON text that this program has written: maps, lists, texts, numbers.
     *
     * @throws IllegalArgumentException if it is not JSON
     */
    public static Object value(String json) {
        try {
            return new Load(LoadSettings.builder().build()).loadFromString(json);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException(
                    String.valueOf(e.getMessage()).lines().findFirst().orElse("not JSON"), e);
        }
    }

    /** The text of these bytes; empty if they are not UTF-8. */
    private static Optional<String> decoded(byte[] bytes, Complaints complaints) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(bytes), text, true);
        text.flip();
        try {
            if (result.isError()) {
                result.throwException();
            }
        } catch (CharacterCodingException e) {
            String before = text.toString();
            complaints.add(lineOf(before), columnOf(before), "here is a byte that is not UTF-8");
            return Optional.empty();
        }
        return Optional.of(
                text.length() > 0 && text.charAt(0) == '\uFEFF'
                        ? text.toString().substring(1)
                        : text.toString());
    }

    /** The line in which a text ends. */
    private static int lineOf(String text) {
        return 1 + (int) text.chars().filter(character -> character == '\n').count();
    }

    /** The column after the last character of a text. */
    private static int columnOf(String text) {
        String last = text.substring(text.lastIndexOf('\n') + 1);
        return 1 + last.codePointCount(0, last.length());
    }

    private static boolean isPrintable(String text, Complaints complaints) {
        int index = 0;
        while (index < text.length()) {
            int character = text.codePointAt(index);
            if (!StreamReader.isPrintable(character)) {
                String before = text.substring(0, index);
                String sentence =
                        String.format(Locale.ROOT, "here is a character that YAML does not allow, U+%04X", character);
                complaints.add(lineOf(before), columnOf(before), sentence);
                return false;
            }
            index += Character.charCount(character);
        }
        return true;
    }

    private Optional<Node> read(String text) {
        try {
            for (Event event : new Parse(settings).parseString(text)) {
                if (!isAllowed(event)) {
                    return Optional.empty();
                }
            }
            Optional<Node> root = new Compose(settings).composeString(text);
            if (root.isEmpty()) {
                complaints.add(1, 1, "there is nothing in the file; it has keys such as listen and feeds");
            }
            return root;
        } catch (MarkedYamlEngineException e) {
            Mark at = e.getProblemMark().or(e::getContextMark).orElseThrow(() -> e);
            complaints.add(at, "this is not YAML: " + inPlainWords(String.valueOf(e.getProblem())));
        } catch (YamlEngineException e) {
            complaints.add(1, 1, "this is not YAML: " + Quote.of(String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    /** What the parser found, in the words of somebody who knows the file and not the grammar. */
    private static String inPlainWords(String problem) {
        return PLAIN_WORDS.entrySet().stream()
                .filter(entry -> problem.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> Quote.of(problem));
    }

    /** Counts what is limited. */
    private boolean isAllowed(Event event) {
        documents += event instanceof DocumentStartEvent ? 1 : 0;
        nodes += event instanceof NodeEvent ? 1 : 0;
        aliases += event instanceof AliasEvent ? 1 : 0;
        depth += event instanceof CollectionStartEvent ? 1 : event instanceof CollectionEndEvent ? -1 : 0;
        String wrong = "";
        if (documents > 1) {
            wrong = "here begins a second document; a configuration has one";
        } else if (nodes > MAX_NODES) {
            wrong = "here are more than " + MAX_NODES + " keys and values";
        } else if (aliases > MAX_ALIASES) {
            wrong = "here are more than " + MAX_ALIASES + " aliases";
        } else if (depth > MAX_DEPTH) {
            wrong = "here are more than " + MAX_DEPTH + " lists and maps in each other";
        } else if (event instanceof CollectionStartEvent start) {
            wrong = start.getTag().map(YamlText::tag).orElse("");
        } else if (event instanceof ScalarEvent scalar) {
            wrong = scalar.getTag().map(YamlText::tag).orElse("");
        }
        if (!wrong.isEmpty()) {
            complaints.add(event.getStartMark().orElseThrow(), wrong);
        }
        return wrong.isEmpty();
    }

    private static String tag(String tag) {
        return "here is the tag " + Quote.of(tag.replace("tag:yaml.org,2002:", "!!")) + "; a configuration has none";
    }
}
