package dev.flipbook.websocket;

import dev.flipbook.Ticker;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.Framing;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.FeedLookup;
import dev.flipbook.web.Json;
import dev.flipbook.web.StreamRequest;
import dev.flipbook.web.UnknownFeedException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Does what the messages of one client ask for. If a message cannot be followed, the client gets the reason. Used by
 * one thread at a time, under the connection's lock.
 */
final class MessageHandler {

    private final FeedLookup feeds;
    private final Ticker ticker;
    private final WatchedFeeds watches;
    private final StatusSubscription status;
    private final Allowance allowance;
    private final Consumer<String> answer;

    /**
     * @param allowance gets back the count of each valid acknowledgement
     * @param answer sends a JSON text to the client
     */
    MessageHandler(
            FeedLookup feeds,
            Ticker ticker,
            WatchedFeeds watches,
            StatusSubscription status,
            Allowance allowance,
            Consumer<String> answer) {
        this.feeds = feeds;
        this.ticker = ticker;
        this.watches = watches;
        this.status = status;
        this.allowance = allowance;
        this.answer = answer;
    }

    /** Does what this message asks for, or refuses it. */
    void handle(ClientMessage message) {
        try {
            follow(message);
        } catch (BadRequestException e) {
            refuse(message, e.status(), String.valueOf(e.getMessage()));
        } catch (UnknownFeedException e) {
            refuse(message, 404, String.valueOf(e.getMessage()));
        } catch (IllegalArgumentException e) { // an impossible variant
            refuse(message, 400, String.valueOf(e.getMessage()));
        }
    }

    private void follow(ClientMessage message) {
        switch (message.verb()) {
            case "painted" -> {
                if (watches.painted(message.number())) {
                    allowance.giveBack();
                }
            }
            case "watch" -> watch(message);
            case "forget" -> watches.forget(message.number());
            case "status" -> {
                if (message.truth()) {
                    status.start();
                } else {
                    status.stop();
                }
            }
            case "ping" -> pong(message);
            default ->
                throw new BadRequestException("a message has one of the keys: watch, forget, painted, status, ping");
        }
    }

    private void watch(ClientMessage message) {
        int number = message.number();
        StreamRequest asked = StreamRequest.of(message::text, header -> Optional.empty());
        StreamRequest wish = new StreamRequest(Framing.NONE, asked.fps(), asked.variant());
        Feed feed = feeds.find(message.text("feed")
                .filter(name -> !name.isEmpty())
                .orElseThrow(() -> new BadRequestException("a watch names its feed: {\"watch\":1,\"feed\":\"door\"}")));
        watches.watch(number, feed, wish);
    }

    private void pong(ClientMessage message) {
        String time = String.format(Locale.ROOT, "%.3f", PictureHeader.unixMillis(ticker.now()));
        answer.accept("{\"pong\":" + message.numeral() + ",\"time\":" + time + "}");
    }

    private void refuse(ClientMessage message, int status, String sentence) {
        Map<String, Object> refusal = new LinkedHashMap<>();
        message.numberIfAny().ifPresent(number -> refusal.put("refused", number));
        if (refusal.isEmpty()) {
            refusal.put("refused", false);
        } else if (message.verb().equals("watch")) {
            watches.forget(message.number());
        }
        refusal.put("status", status);
        refusal.put("reason", sentence);
        answer.accept(Json.of(refusal));
    }
}
