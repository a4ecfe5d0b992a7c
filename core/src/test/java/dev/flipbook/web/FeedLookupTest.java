package dev.flipbook.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.FeedOptions;
import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeedLookupTest {

    private final Feeds feeds = new Feeds(FeedOptions.DEFAULT, new FakeTicker());
    private final FeedLookup lookup = new FeedLookup(feeds);

    @AfterEach
    void end() {
        feeds.close();
    }

    @Test
    void aFeedIsFoundByItsNameAndTheFirstOneWithoutAName() {
        Feed door = feeds.feed("door");
        Feed attic = feeds.feed("attic");

        assertThat(lookup.find("door")).isSameAs(door);
        assertThat(lookup.find("attic")).isSameAs(attic);
        assertThat(lookup.find("")).isSameAs(feeds.list().get(0));
    }

    @ParameterizedTest
    @CsvSource({"''", "door"})
    void whereThereAreNoFeedsThatIsSaid(String name) {
        assertThatThrownBy(() -> lookup.find(name))
                .isInstanceOf(UnknownFeedException.class)
                .hasMessage("there are no feeds yet");
    }

    @Test
    void unknownFeedIsAnsweredWithTheNamesThatExist() {
        feeds.feed("door");
        assertThatThrownBy(() -> lookup.find("Door"))
                .isInstanceOf(UnknownFeedException.class)
                .hasMessage("there is no feed 'Door'; there are: door");

        feeds.feed("attic");
        String names = feeds.list().get(0).name() + ", " + feeds.list().get(1).name();
        assertThatThrownBy(() -> lookup.find("attic\n")).hasMessage("there is no feed 'attic?'; there are: " + names);
    }
}
