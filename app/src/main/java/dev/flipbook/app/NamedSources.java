package dev.flipbook.app;

import dev.flipbook.Feeds;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code [NAME=]SOURCE} and finds a name where none is given. */
record NamedSources(SourceOptions options) {

    private static final Pattern NAMED = Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,63})=(.+)");
    private static final int LONGEST_NAME = 64;

    /**
     * The sources by their names, in their order; none is opened yet.
     *
     * @throws IOException when there is no such source
     * @throws IllegalArgumentException when a name is given twice, or is none
     */
    Map<String, FrameSource> open(List<String> texts) throws IOException {
        Map<String, FrameSource> sources = new LinkedHashMap<>();
        for (String text : texts) {
            Matcher named = NAMED.matcher(text);
            boolean given = named.matches();
            String name = given ? named.group(1) : nameFor(text, sources.keySet());
            Feeds.checkName(name);
            if (sources.putIfAbsent(name, FrameSource.open(given ? named.group(2) : text, options)) != null) {
                throw new IllegalArgumentException("two feeds are named '" + name + "'; give one another name: NAME="
                        + (given ? named.group(2) : text));
            }
        }
        return sources;
    }

    /** The last part of a path without its ending, in the letters that a name may have; numbered when it is taken. */
    static String nameFor(String source, Set<String> taken) {
        String base = source.replaceAll("[/\\\\]+$", "").replaceAll(".*[/\\\\]", "");
        int dot = base.lastIndexOf('.');
        String name = (dot > 0 ? base.substring(0, dot) : base)
                .replaceAll("[^A-Za-z0-9._-]+", "-")
                .replaceAll("^[^A-Za-z0-9]+|-+$", "");
        name = name.substring(0, Math.min(name.length(), LONGEST_NAME - 4));
        name = name.isEmpty() || name.endsWith(".jpg") || name.endsWith(".mjpg") ? "feed" : name;
        String free = name;
        for (int number = 2; taken.contains(free); number++) {
            free = name + "-" + number;
        }
        return free;
    }
}
