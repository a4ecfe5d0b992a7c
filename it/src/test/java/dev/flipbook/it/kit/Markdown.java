package dev.flipbook.it.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A Markdown document, split into prose, blocks of code, inline code and links. Immutable. */
public record Markdown(Path file, List<String> lines) {

    private static final Pattern LINK = Pattern.compile("]\\(<?([^)\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)");
    private static final Pattern TAG = Pattern.compile("<(?:img|a)\\s[^>]*?(?:src|href)=\"([^\"]+)\"");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    public static Markdown read(Path file) throws IOException {
        return new Markdown(file, Files.readAllLines(file));
    }

    /** The lines outside of fenced blocks. */
    public List<String> prose() {
        List<String> prose = new ArrayList<>();
        boolean code = false;
        for (String line : lines) {
            if (line.strip().startsWith("```")) {
                code = !code;
            } else if (!code) {
                prose.add(line);
            }
        }
        return prose;
    }

    /** The fenced blocks, each with its opening line, which names the language. */
    public List<List<String>> blocks() {
        List<List<String>> blocks = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith("```")) {
                List<String> block = fenced(i);
                blocks.add(lines.subList(i, i + 1 + block.size()));
                i += block.size() + 1;
            }
        }
        return blocks;
    }

    /** The content of the fenced block that opens on this line, or on the first one after it that is not blank. */
    public List<String> fenced(int from) {
        int open = from;
        while (open < lines.size() && lines.get(open).isBlank()) {
            open++;
        }
        assertThat(lines.get(open)).as("%s:%d opens a block", file, open + 1).startsWith("```");
        int close = open + 1;
        while (!lines.get(close).startsWith("```")) {
            close++;
        }
        return lines.subList(open + 1, close);
    }

    /** The targets of the links and images in the prose, except addresses of the web. */
    public List<String> links() {
        List<String> links = new ArrayList<>();
        for (String line : prose()) {
            String bare = withoutCode(line);
            for (Pattern pattern : List.of(LINK, TAG)) {
                pattern.matcher(bare).results().map(match -> match.group(1)).forEach(links::add);
            }
        }
        links.removeIf(link -> link.matches("(https?|mailto):.*"));
        return links;
    }

    /** The inline code in these lines, without its backticks. */
    public static List<String> code(List<String> lines) {
        return CODE.matcher(String.join("\n", lines))
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    public static String withoutCode(String line) {
        return CODE.matcher(line).replaceAll("");
    }

    /** The line without its links' targets. */
    public static String withoutLinks(String line) {
        return LINK.matcher(line).replaceAll("]");
    }
}
