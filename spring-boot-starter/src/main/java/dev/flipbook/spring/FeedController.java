package dev.flipbook.spring;

import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.StatusJson;
import dev.flipbook.web.UnknownFeedException;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;

/** The paths of feeds in an application, below {@code flipbook.path}. */
@Controller
class FeedController {

    private final FeedLookup feeds;

    FeedController(FeedLookup feeds) {
        this.feeds = feeds;
    }

    @GetMapping({"${flipbook.path:}/feeds/{name}.mjpg", "${flipbook.path:}/video_feed/{name}"})
    FeedResponse stream(@PathVariable("name") String name) {
        return FeedResponse.stream(feeds.find(name));
    }

    @GetMapping("${flipbook.path:}/video_feed")
    FeedResponse firstStream() {
        return FeedResponse.stream(feeds.find(""));
    }

    @GetMapping("${flipbook.path:}/feeds/{name}.jpg")
    FeedResponse snapshot(@PathVariable("name") String name) {
        return FeedResponse.snapshot(feeds.find(name));
    }

    @GetMapping("${flipbook.path:}/api/feeds")
    FeedResponse status() {
        return new FeedResponse.Status(StatusJson.of(feeds.feeds()));
    }

    @GetMapping("${flipbook.path:}/api/feeds/{name}")
    FeedResponse status(@PathVariable("name") String name) {
        return new FeedResponse.Status(StatusJson.of(feeds.find(name)));
    }

    @ExceptionHandler
    FeedResponse unknown(UnknownFeedException e) {
        return new FeedResponse.Refusal(404, String.valueOf(e.getMessage()));
    }
}
