package dev.flipbook.app.config;

import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.command.CommandSource;
import dev.flipbook.text.Secrets;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a feed's pictures come from, as it was asked for. Immutable; equal when the same source would be opened. */
public sealed interface FeedOrigin {

    /** The text for a feed that waits for a publisher. */
    String PUBLISH = "publish";

    /**
     * The source, constructed and not opened yet; empty for {@link Publish}.
     *
     * @param pictures what is asked of its pictures
     * @throws IOException if there is no such source; the sentence is without secrets
     */
    Optional<FrameSource> open(SourceOptions pictures) throws IOException;

    /** The origin that a SOURCE text of the command line stands for, all but {@code exec}. */
    static FeedOrigin of(String source) {
        return of(Secret.typed(source));
    }

    /** The origin that this text stands for. */
    static FeedOrigin of(Secret source) {
        return source.value().equals(PUBLISH) ? new Publish() : new Address(source);
    }

    /**
     * A source that a text stands for: an address, a file, a camera, {@code demo}.
     *
     * @param source the text, as on the command line
     */
    record Address(Secret source) implements FeedOrigin {
        @Override
        public Optional<FrameSource> open(SourceOptions pictures) throws IOException {
            try {
                return Optional.of(FrameSource.open(source.value(), pictures));
            } catch (IOException | IllegalArgumentException e) {
                throw new IOException(source.hideIn(String.valueOf(e.getMessage())), e);
            }
        }
    }

    /**
     * A command that prints pictures. No shell reads it.
     *
     * @param words the program and its arguments
     * @param environment variables that the command gets besides those of this program
     */
    record Exec(List<Secret> words, Map<String, Secret> environment) implements FeedOrigin {
        /** Copies the words and the variables. */
        public Exec {
            words = List.copyOf(words);
            environment = Map.copyOf(environment);
        }

        @Override
        public Optional<FrameSource> open(SourceOptions pictures) {
            Map<String, String> variables = new LinkedHashMap<>();
            environment.forEach((name, value) -> variables.put(name, value.value()));
            Set<String> secrets = Stream.concat(words.stream(), environment.values().stream())
                    .flatMap(text -> text.parts().stream())
                    .collect(Collectors.toSet());
            List<String> command = words.stream().map(Secret::value).toList();
            return Optional.of(new CommandSource(command, pictures, variables, secrets));
        }

        /** The words without what looks like a password in them. */
        public List<String> shown() {
            Secrets secrets = Secrets.in(words.stream().map(Secret::value).toList());
            return words.stream().map(word -> secrets.hide(word.toString())).toList();
        }

        /** The words that may be shown, and the names of the variables. */
        @Override
        public String toString() {
            return "Exec" + shown() + new TreeSet<>(environment.keySet());
        }
    }

    /** Other programs, which send pictures over HTTP. */
    record Publish() implements FeedOrigin {
        @Override
        public Optional<FrameSource> open(SourceOptions pictures) {
            return Optional.empty();
        }
    }
}
