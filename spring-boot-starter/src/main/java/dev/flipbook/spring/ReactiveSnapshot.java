package dev.flipbook.spring;

import dev.flipbook.FrameSink;
import dev.flipbook.feed.Feed;
import dev.flipbook.mjpeg.SnapshotMemory;
import dev.flipbook.web.SnapshotRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * The response of one snapshot in WebFlux: a {@link FrameFlow} of one picture, with headers that are set when the
 * picture is known.
 */
final class ReactiveSnapshot {

    private final Feed feed;
    private final SnapshotRequest asked;
    private final ServerWebExchange exchange;
    private volatile @Nullable CompletableFuture<Void> begun;

    ReactiveSnapshot(Feed feed, SnapshotRequest asked, ServerWebExchange exchange) {
        this.feed = feed;
        this.asked = asked;
        this.exchange = exchange;
    }

    /** Answers the request. Fails with an {@link IOException} if there is no picture; then nothing was written. */
    Mono<Void> answer() {
        ServerHttpResponse response = exchange.getResponse();
        if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
            return Mono.fromFuture(() -> take((nothing, last, completion) -> completion.drained()))
                    .then(Mono.defer(response::setComplete));
        }
        FrameFlow flow = new FrameFlow(this::take, response.bufferFactory(), () -> ReactiveFeedResponses.cut(response));
        return response.writeAndFlushWith(flow).doOnCancel(this::stopWaiting);
    }

    private void take(FrameFlow flow) {
        var unused = take((FrameSink) flow).whenComplete((nothing, failure) -> {
            // cancelled by stopWaiting: the client has left, and nobody would handle the failure
            if (failure != null && !(failure instanceof CancellationException)) {
                flow.fail(failure instanceof OutOfMemoryError ? shortOfMemory() : failure);
            }
        });
    }

    /** An exception for a lack of memory, because Reactor does not pass on errors of the JVM. */
    private static IOException shortOfMemory() {
        return new SnapshotMemory.FullException("there is not enough memory");
    }

    private CompletableFuture<Void> take(FrameSink to) {
        String reader = ReactiveFeedResponses.client(exchange);
        CompletableFuture<Void> waiting = asked.write(feed, reader, new Headed(to));
        begun = waiting;
        return waiting;
    }

    private void stopWaiting() {
        CompletableFuture<Void> waiting = begun;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    /** Sets the headers before the picture is passed on. */
    private final class Headed implements FrameSink {

        private final FrameSink to;

        Headed(FrameSink to) {
            this.to = to;
        }

        @Override
        public void coming(long sequence, long capturedNanos, boolean placeholder) {
            asked.headers(feed, sequence, capturedNanos)
                    .forEach(exchange.getResponse().getHeaders()::set);
        }

        @Override
        public void write(ByteBuffer picture, boolean last, Completion completion) {
            ServerHttpResponse response = exchange.getResponse();
            response.setStatusCode(HttpStatusCode.valueOf(200));
            ReactiveFeedResponses.protect(response.getHeaders());
            response.getHeaders().setContentLength(picture.remaining());
            to.write(picture, last, completion);
        }

        @Override
        public void cut() {
            to.cut();
        }
    }
}
