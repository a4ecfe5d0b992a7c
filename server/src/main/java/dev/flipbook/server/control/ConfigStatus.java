package dev.flipbook.server.control;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The state of the configuration. Immutable.
 *
 * @param file the configuration file; an empty text if there is none
 * @param applied when the configuration that holds was applied; empty if there is none
 * @param current whether the configuration that holds is that of the file
 * @param errors what is wrong with the file, each as {@code file:line:column: sentence}; empty if nothing is
 * @param restart settings of the file that hold only after a restart
 * @param sources the kinds of sources that clients may name when they add a feed
 */
public record ConfigStatus(
        String file,
        Optional<Instant> applied,
        boolean current,
        List<String> errors,
        List<String> restart,
        List<String> sources) {

    public ConfigStatus {
        errors = List.copyOf(errors);
        restart = List.copyOf(restart);
        sources = List.copyOf(sources);
    }

    /** The status under the names of the HTTP interface, without the sources. What does not exist is null. */
    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("file", file.isEmpty() ? null : file);
        json.put("applied", applied.map(Instant::toString).orElse(null));
        json.put("current", current);
        json.put("error", errors);
        json.put("restart", restart);
        return json;
    }
}
