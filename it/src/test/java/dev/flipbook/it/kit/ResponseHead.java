package dev.flipbook.it.kit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The status line and headers of a response, as they were sent.
 *
 * @param headers by name, in any case
 */
public record ResponseHead(String statusLine, Map<String, String> headers) {

    static ResponseHead of(List<String> lines) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line : lines.subList(1, lines.size())) {
            int colon = line.indexOf(':');
            if (headers.put(line.substring(0, colon), line.substring(colon + 1).strip()) != null) {
                throw new IllegalArgumentException("a header came twice: " + line);
            }
        }
        return new ResponseHead(lines.get(0), headers);
    }

    public int status() {
        return Integer.parseInt(statusLine.split(" ", -1)[1]);
    }

    /** A header's value, or an empty text. */
    public String header(String name) {
        return headers.getOrDefault(name, "");
    }

    /** The headers but these, in their order. */
    public Map<String, String> without(String... names) {
        Map<String, String> rest = new LinkedHashMap<>(headers);
        for (String name : names) {
            rest.keySet().removeIf(name::equalsIgnoreCase);
        }
        return rest;
    }
}
