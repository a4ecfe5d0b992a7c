package dev.flipbook.app.config;

import dev.flipbook.FeedOptions;
import dev.flipbook.FrameSource;
import dev.flipbook.SourceOptions;
import dev.flipbook.app.config.Settings.Given;
import dev.flipbook.web.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One feed as it was asked for. Two are equal when nothing has to be changed from one to the other; where they stand
 * does not count. Immutable.
 *
 * @param origin where its pictures come from
 * @param pictures what is asked of the pictures
 * @param timeouts when its source is opened and closed
 * @param position of the source in the file; {@link Position#NONE} if the feed is from elsewhere
 */
public record FeedSettings(FeedOrigin origin, SourceOptions pictures, FeedOptions timeouts, Position position) {

    /** A feed with these settings. */
    static FeedSettings of(FeedOrigin origin, Given given, Position position) {
        return new FeedSettings(origin, pictures(given), timeouts(given), position);
    }

    private static SourceOptions pictures(Given given) {
        Settings.Size size = given.get(Settings.PICTURE_SIZE);
        return new SourceOptions(
                given.get(Settings.FPS),
                size.width(),
                size.height(),
                given.get(Settings.QUALITY),
                given.get(Settings.ROTATE),
                given.get(Settings.MIRROR),
                given.get(Settings.FOLLOW),
                given.get(Settings.INTERVAL),
                given.get(Settings.FORMAT),
                given.get(Settings.CONTROLS),
                given.get(Settings.RANGE));
    }

    /** The timeouts of these settings. What all feeds share, such as memory, has its default. */
    static FeedOptions timeouts(Given given) {
        FeedOptions usual = FeedOptions.DEFAULT;
        return new FeedOptions(
                given.get(Settings.IDLE_STOP),
                usual.repeatAfter(),
                given.get(Settings.START_TIMEOUT),
                given.get(Settings.STALL_TIMEOUT),
                usual.blockCeiling(),
                usual.maxVariants());
    }

    /** All settings of this feed as values of the table. */
    Given given() {
        return Given.NONE
                .with(Settings.FPS, pictures.fps())
                .with(Settings.PICTURE_SIZE, new Settings.Size(pictures.width(), pictures.height()))
                .with(Settings.QUALITY, pictures.quality())
                .with(Settings.ROTATE, pictures.rotate())
                .with(Settings.MIRROR, pictures.mirror())
                .with(Settings.INTERVAL, pictures.interval())
                .with(Settings.FOLLOW, pictures.follow())
                .with(Settings.FORMAT, pictures.format())
                .with(Settings.RANGE, pictures.range())
                .with(Settings.CONTROLS, pictures.controls())
                .with(Settings.START_TIMEOUT, timeouts.startTimeout())
                .with(Settings.STALL_TIMEOUT, timeouts.stallTimeout())
                .with(Settings.IDLE_STOP, timeouts.idleStop());
    }

    /**
     * The source, constructed and not opened yet; empty for a feed that waits for a publisher.
     *
     * @throws IOException if there is no such source; the sentence is without secrets
     */
    public Optional<FrameSource> open() throws IOException {
        return origin.open(pictures);
    }

    /**
     * This feed as JSON that {@link ConfigReader#feed} reads, with its secrets, for a file that only this user reads.
     *
     * @throws IllegalStateException for a command, which is never kept
     */
    public String json(String name) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("name", name);
        if (origin instanceof FeedOrigin.Exec) {
            throw new IllegalStateException("a command is not kept");
        }
        object.put(
                "source",
                origin instanceof FeedOrigin.Address address ? address.source().value() : FeedOrigin.PUBLISH);
        ConfigWriter.add(object, Settings.FEED, given());
        return Json.of(object);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof FeedSettings feed
                && feed.origin.equals(origin)
                && feed.pictures.equals(pictures)
                && feed.timeouts.equals(timeouts);
    }

    @Override
    public int hashCode() {
        return Objects.hash(origin, pictures, timeouts);
    }
}
