package dev.flipbook.app.config;

import dev.flipbook.app.yaml.Complaints;
import dev.flipbook.app.yaml.YamlMap;
import dev.flipbook.web.Quote;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * The texts of a file, with the variables of the environment and the contents of files of secrets in their places.
 *
 * <p>The substitutor of Commons Text is not used: it leaves what is not a variable as it is, without a word.
 */
final class Texts {

    /** Maximum size of a file of secrets in bytes. A secret is a line. */
    private static final int MAX_SECRET = 64 << 10;

    /** The key for a file of secrets. */
    static final String FILE = "file";

    /** A dollar sign that is meant as it is, or a variable, whose end may be missing. */
    private static final Pattern VARIABLE = Pattern.compile("\\$\\$\\{|\\$\\{([^}]*)(}?)");

    private static final Pattern NAME = Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?", Pattern.DOTALL);

    private final Map<String, String> environment;
    private final Path folder;
    private final Complaints problems;
    private final boolean ofRequest;

    /** @param folder of the file, to which the paths of secrets are relative */
    Texts(Map<String, String> environment, Path folder, Complaints problems) {
        this(environment, folder, problems, false);
    }

    private Texts(Map<String, String> environment, Path folder, Complaints problems, boolean ofRequest) {
        this.environment = environment;
        this.folder = folder;
        this.problems = problems;
        this.ofRequest = ofRequest;
    }

    /** The texts of a request, which may name neither variables nor files. */
    static Texts ofRequest(Complaints problems) {
        return new Texts(Map.of(), Path.of(""), problems, true);
    }

    /** Whether a variable stands in the text. */
    static boolean hasVariable(String text) {
        return VARIABLE.matcher(text).find();
    }

    /** The text without its variables: what of it stands in the file itself. */
    static String withoutVariables(String text) {
        return VARIABLE.matcher(text).replaceAll("");
    }

    /** Whether a value is missing, or is written {@code null}. */
    static boolean isNull(Node node) {
        return node instanceof ScalarNode scalar
                && scalar.isPlain()
                && (scalar.getValue().isEmpty() || scalar.getValue().equals("null"));
    }

    /** Whether the node stands for the content of a file. */
    static boolean isFile(Node node) {
        return node instanceof MappingNode map
                && map.getValue().size() == 1
                && map.getValue().get(0).getKeyNode() instanceof ScalarNode key
                && key.getValue().equals(FILE);
    }

    /**
     * A text, or the content of a file of secrets; empty if it is neither, which the problems have then.
     *
     * @param right what would be right, to follow "feeds.door.source is a list; "
     */
    Optional<Secret> text(Node node, String where, String right) {
        if (isNull(node)) {
            problems.add(node, where + " has no value; " + right);
            return Optional.empty();
        }
        if (node instanceof ScalarNode scalar) {
            return scalar(scalar, where);
        }
        if (isFile(node)) {
            if (ofRequest) {
                throw new RefusedSourceException();
            }
            YamlMap map = YamlMap.of((MappingNode) node, where, problems);
            Node path = map.value(FILE).orElseThrow();
            return text(path, map.path(FILE), "it is the path of a file").flatMap(file -> content(file, path, where));
        }
        problems.add(node, where + " is a " + kind(node) + "; " + right);
        return Optional.empty();
    }

    static String kind(Node node) {
        return node instanceof MappingNode ? "map" : node instanceof ScalarNode ? "text" : "list";
    }

    /** The text of a node with its variables replaced; empty if that is not possible. */
    Optional<Secret> scalar(ScalarNode node, String where) {
        String typed = node.getValue();
        if (typed.indexOf('\0') >= 0) {
            problems.add(node, where + " has a character that no text may have, U+0000");
            return Optional.empty();
        }
        if (!hasVariable(typed)) {
            return Optional.of(Secret.typed(typed));
        }
        if (ofRequest) {
            throw new RefusedSourceException("variables come from the configuration only");
        }
        StringBuilder value = new StringBuilder();
        Set<String> values = new HashSet<>();
        boolean whole = true;
        Matcher variable = VARIABLE.matcher(typed);
        while (variable.find()) {
            Optional<String> found = value(variable, node, where);
            whole &= found.isPresent();
            found.ifPresent(values::add);
            variable.appendReplacement(value, Matcher.quoteReplacement(found.orElse("")));
        }
        variable.appendTail(value);
        String names = VARIABLE.matcher(typed).replaceAll(found -> Matcher.quoteReplacement(shown(found)));
        return whole ? Optional.of(Secret.expanded(value.toString(), names, values)) : Optional.empty();
    }

    /** The variable without what stands in for it. */
    private static String shown(MatchResult variable) {
        String content = variable.group(1);
        return content == null ? variable.group() : "${" + content.replaceFirst("(?s):-.*", "") + "}";
    }

    private Optional<String> value(Matcher variable, Node node, String where) {
        if (variable.group(1) == null) {
            return Optional.of("${");
        }
        Matcher parts = NAME.matcher(variable.group(1));
        if (variable.group(2).isEmpty() || !parts.matches()) {
            String wrong = variable.group(2).isEmpty() ? "${ has no end" : shown(variable) + " is no variable";
            String right = "; one is written ${NAME} or ${NAME:-ELSE}, and $${ stands for a plain ${";
            problems.add(node, where + ": " + wrong + right);
            return Optional.empty();
        }
        String set = environment.get(parts.group(1));
        if (parts.group(2) != null && (set == null || set.isEmpty())) {
            return Optional.of(parts.group(2));
        }
        if (set == null) {
            problems.add(node, where + ": ${" + parts.group(1) + "} is not set in the environment");
        }
        return Optional.ofNullable(set);
    }

    /** What a file of secrets has; empty if it cannot be read. */
    private Optional<Secret> content(Secret path, Node node, String where) {
        String named = "'" + Quote.of(path.toString()) + "'";
        try {
            Path file = folder.resolve(path.value());
            if (!Files.exists(file)) {
                problems.add(node, where + ": there is no file " + named);
            } else if (!Files.isRegularFile(file)) {
                problems.add(node, where + ": " + named + " is not a file");
            } else {
                return content(file, named, node, where);
            }
        } catch (InvalidPathException e) {
            problems.add(node, where + ": " + named + " is not the path of a file");
        }
        return Optional.empty();
    }

    private Optional<Secret> content(Path file, String named, Node node, String where) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MAX_SECRET + 1);
        } catch (IOException e) {
            problems.add(node, where + ": " + named + " cannot be read: its permissions do not allow it");
            return Optional.empty();
        }
        String wrong = bytes.length > MAX_SECRET ? "is larger than 64 KiB" : bytes.length == 0 ? "is empty" : "";
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            wrong = wrong.isEmpty() && text.indexOf('\0') >= 0 ? "has a character that no text may have" : wrong;
            if (wrong.isEmpty()) {
                return Optional.of(Secret.hidden(text.replaceFirst("\\r?\\n\\z", "")));
            }
        } catch (CharacterCodingException e) {
            wrong = wrong.isEmpty() ? "is not text in UTF-8" : wrong;
        }
        problems.add(node, where + ": " + named + " " + wrong + "; it has a secret, and nothing else");
        return Optional.empty();
    }
}
