package dev.flipbook.examples.detector;

import dev.flipbook.feed.Feeds;
import dev.flipbook.spring.FeedResponse;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Shows feeds at the application's own paths. */
// region controller
@RestController
class RoomController {

    private final Feeds feeds;

    RoomController(Feeds feeds) {
        this.feeds = feeds;
    }

    @GetMapping("/rooms/{room}/camera")
    FeedResponse camera(@PathVariable("room") String room) {
        return FeedResponse.stream(feeds.feed(room.equals("lab") ? "boxes" : "video"));
    }

    @GetMapping("/rooms/lab/now")
    FeedResponse now() {
        return FeedResponse.snapshot(feeds.feed("boxes"));
    }
}
// endregion
