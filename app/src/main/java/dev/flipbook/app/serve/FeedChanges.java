package dev.flipbook.app.serve;

import dev.flipbook.FrameSource;
import dev.flipbook.app.config.FeedSettings;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps from the settings that are served to other settings. The sources of feeds that are new or changed are made
 * when the changes are planned, before anything is touched, so that settings with a wrong source change nothing. A feed
 * whose settings are the same is in no step.
 */
final class FeedChanges {

    private static final Logger LOG = System.getLogger("dev.flipbook");

    /** Makes the sources of feeds, which are not opened yet; empty for a feed that waits for publishers. */
    @FunctionalInterface
    interface Opener {
        Map<String, Optional<FrameSource>> open(Map<String, FeedSettings> feeds) throws ConfigException;
    }

    /** What is different between two settings of a feed. */
    private enum Difference {
        NONE,
        TIMEOUTS,
        /** Controls got other values, and perhaps the timeouts differ too. */
        CONTROLS,
        /** The feed is new, or needs another source. */
        SOURCE;

        static Difference between(@Nullable FeedSettings before, FeedSettings now) {
            if (before == null
                    || !before.origin().equals(now.origin())
                    || !before.pictures()
                            .withControls(Map.of())
                            .equals(now.pictures().withControls(Map.of()))) {
                return SOURCE;
            }
            Map<String, Integer> controls = before.pictures().controls();
            if (controls.equals(now.pictures().controls())) {
                return before.equals(now) ? NONE : TIMEOUTS;
            }
            // only another source brings back the driver's own value of a control that is not set any more
            boolean allSet = now.pictures().controls().keySet().containsAll(controls.keySet());
            return allSet ? CONTROLS : SOURCE;
        }
    }

    /** A change of one feed. */
    private sealed interface Step {

        /** The step in one word, for the log. */
        String word();
    }

    private record Remove() implements Step {
        @Override
        public String word() {
            return "removed";
        }
    }

    private record Add(FeedSettings settings, Optional<FrameSource> source) implements Step {
        @Override
        public String word() {
            return "added";
        }
    }

    private record Exchange(FeedSettings settings, Optional<FrameSource> source) implements Step {
        @Override
        public String word() {
            return "changed";
        }
    }

    /** @param otherwise what is done when the open source cannot set the controls */
    private record Control(Map<String, Integer> values, Exchange otherwise) implements Step {
        @Override
        public String word() {
            return "changed";
        }
    }

    private record Timeouts(FeedSettings settings) implements Step {
        @Override
        public String word() {
            return "changed";
        }
    }

    private final Map<String, Step> steps = new LinkedHashMap<>();

    private FeedChanges() {}

    /**
     * The changes from what is served to what is wanted.
     *
     * @param opener makes the sources
     * @throws ConfigException when a source cannot be made; nothing is changed then
     */
    static FeedChanges between(Map<String, FeedSettings> served, Map<String, FeedSettings> wanted, Opener opener)
            throws ConfigException {
        Map<String, FeedSettings> opened = new LinkedHashMap<>();
        wanted.forEach((feed, now) -> {
            if (Difference.between(served.get(feed), now).compareTo(Difference.CONTROLS) >= 0) {
                opened.put(feed, now);
            }
        });
        Map<String, Optional<FrameSource>> sources = opener.open(opened);
        FeedChanges changes = new FeedChanges();
        for (String feed : served.keySet()) {
            if (!wanted.containsKey(feed)) {
                changes.steps.put(feed, new Remove());
            }
        }
        wanted.forEach((feed, now) -> {
            FeedSettings before = served.get(feed);
            Optional<FrameSource> source = sources.getOrDefault(feed, Optional.empty());
            if (before == null) {
                changes.steps.put(feed, new Add(now, source));
                return;
            }
            Exchange exchange = new Exchange(now, source);
            switch (Difference.between(before, now)) {
                case NONE -> {}
                case TIMEOUTS -> changes.steps.put(feed, new Timeouts(now));
                case CONTROLS -> changes.steps.put(feed, new Control(changed(before, now), exchange));
                case SOURCE -> changes.steps.put(feed, exchange);
            }
        });
        return changes;
    }

    private static Map<String, Integer> changed(FeedSettings before, FeedSettings now) {
        Map<String, Integer> values = new HashMap<>(now.pictures().controls());
        values.entrySet().removeAll(before.pictures().controls().entrySet());
        return values;
    }

    /** Whether nothing differs. */
    boolean isEmpty() {
        return steps.isEmpty();
    }

    /** What is done, for the log: {@code door changed, yard removed}. */
    @Override
    public String toString() {
        List<String> all = new ArrayList<>();
        steps.forEach((feed, step) -> all.add(feed + " " + step.word()));
        return String.join(", ", all);
    }

    /** Does all steps. Viewers of a feed whose source is exchanged keep their connections. */
    void apply(Feeds feeds) {
        steps.forEach((feed, step) -> apply(feeds, feed, step));
    }

    private static void apply(Feeds feeds, String name, Step step) {
        switch (step) {
            case Remove _ -> feeds.remove(name);
            case Add(FeedSettings settings, Optional<FrameSource> source) ->
                source.ifPresentOrElse(
                        made -> feeds.feed(name, made, settings.timeouts()),
                        () -> feeds.open(name, settings.pictures(), settings.timeouts()));
            case Exchange exchange -> feeds.find(name).ifPresent(feed -> exchange(feed, exchange));
            case Control control -> feeds.find(name).ifPresent(feed -> control(feed, control));
            case Timeouts(FeedSettings settings) ->
                feeds.find(name).ifPresent(feed -> feed.options(settings.timeouts()));
        }
    }

    private static void exchange(Feed feed, Exchange exchange) {
        feed.options(exchange.settings.timeouts());
        exchange.source.ifPresentOrElse(feed::show, () -> feed.open(exchange.settings.pictures()));
    }

    private static void control(Feed feed, Control control) {
        feed.options(control.otherwise.settings.timeouts());
        try {
            feed.control(control.values);
        } catch (IllegalStateException | IllegalArgumentException e) {
            // the source is closed, or has other controls than when it was opened
            LOG.log(Level.DEBUG, "feed=" + feed.name(), e);
            exchange(feed, control.otherwise);
        }
    }
}
