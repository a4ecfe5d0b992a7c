package dev.flipbook.app.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came of reading a configuration file. Immutable.
 *
 * @param configuration what the file says; empty when there are problems
 * @param problems everything that is wrong, in the order of the file
 * @param warnings what is allowed and yet not good
 */
public record Reading(Optional<Configuration> configuration, List<Problem> problems, List<Problem> warnings) {

    /** Copies the lists. */
    public Reading {
        problems = List.copyOf(problems);
        warnings = List.copyOf(warnings);
    }

    /** The same with these further problems, because of which there is no configuration. */
    public Reading and(List<Problem> more) {
        List<Problem> all = new ArrayList<>(problems);
        all.addAll(more);
        return all.isEmpty() ? this : new Reading(Optional.empty(), all, warnings);
    }

    /**
     * The file together with a command line: the feeds of both, and of the settings those of the command line where
     * both give one. A feed that both name is a problem at its place in the file.
     *
     * @param file the file's name, for problems
     */
    public Reading under(Configuration commandLine, String file) {
        if (configuration.isEmpty()) {
            return this;
        }
        List<Problem> twice = new ArrayList<>();
        for (Map.Entry<String, FeedSettings> feed : configuration.get().feeds().entrySet()) {
            if (commandLine.feeds().containsKey(feed.getKey())) {
                Position at = feed.getValue().position();
                String sentence = "feeds." + feed.getKey() + " is on the command line too; give one another name";
                twice.add(new Problem(file, at.line(), at.column(), sentence));
            }
        }
        return twice.isEmpty()
                ? new Reading(Optional.of(commandLine.with(configuration.get())), problems, warnings)
                : and(twice);
    }
}
