package dev.flipbook.app.config;

import java.util.EnumSet;
import java.util.Set;

/**
 * What requests may do to the feeds. Immutable.
 *
 * @param sources kinds of sources that requests may add
 * @param keep whether the feeds that requests added are there again after a restart
 */
public record ApiSettings(Set<SourceKind> sources, boolean keep) {

    /** Cameras of the network and publishers, forgotten at a restart. */
    public static final ApiSettings DEFAULT =
            new ApiSettings(EnumSet.of(SourceKind.HTTP, SourceKind.RTSP, SourceKind.PUBLISH), false);

    /** Copies the kinds. */
    public ApiSettings {
        sources = Set.copyOf(sources);
    }
}
