package dev.flipbook.spring;

import dev.flipbook.feed.Feed;
import dev.flipbook.web.BadRequestException;
import dev.flipbook.web.ClientName;
import dev.flipbook.web.Json;
import dev.flipbook.web.Problem;
import dev.flipbook.web.SnapshotRequest;
import dev.flipbook.web.StreamRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.reactive.HandlerResultHandler;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Mono;

/**
 * Answers requests whose WebFlux controller returns a {@link FeedResponse}. Ordered before Spring's own handlers,
 * because the handler for a {@code @RestController} accepts every value.
 */
final class ReactiveFeedResponses implements HandlerResultHandler, Ordered {

    @Override
    public int getOrder() {
        return -1;
    }

    @Override
    public boolean supports(HandlerResult result) {
        return result.getReturnValue() instanceof FeedResponse
                || FeedResponse.class.isAssignableFrom(
                        result.getReturnType().getGeneric(0).resolve(Object.class));
    }

    @Override
    public Mono<Void> handleResult(ServerWebExchange exchange, HandlerResult result) {
        if (result.getReturnValue() instanceof Mono<?> later) {
            return later.cast(FeedResponse.class).flatMap(answer -> answer(answer, exchange));
        }
        return result.getReturnValue() instanceof FeedResponse answer ? answer(answer, exchange) : Mono.empty();
    }

    private static Mono<Void> answer(FeedResponse answer, ServerWebExchange exchange) {
        try {
            if (answer instanceof FeedResponse.Live live) {
                return stream(live.feed(), exchange);
            }
            if (answer instanceof FeedResponse.Snapshot snapshot) {
                return snapshot(snapshot.feed(), exchange);
            }
        } catch (BadRequestException e) {
            return refuse(e.status(), String.valueOf(e.getMessage()), exchange);
        }
        if (answer instanceof FeedResponse.Status status) {
            exchange.getResponse().getHeaders().set(HttpHeaders.CONTENT_TYPE, "application/json");
            return send(200, (Json.of(status.json()) + "\n").getBytes(StandardCharsets.UTF_8), exchange);
        }
        FeedResponse.Refusal refusal = (FeedResponse.Refusal) answer;
        return refuse(refusal.status(), refusal.sentence(), exchange);
    }

    private static Mono<Void> stream(Feed feed, ServerWebExchange exchange) {
        StreamRequest asked = StreamRequest.of(query(exchange), header(exchange));
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(200));
        asked.headers(feed).forEach(response.getHeaders()::set);
        protect(response.getHeaders());
        endWithTheConnection(response);
        if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
            return response.setComplete();
        }
        String client = client(exchange);
        return response.writeAndFlushWith(
                new FrameFlow(sink -> asked.watch(feed, sink, client), response.bufferFactory(), () -> cut(response)));
    }

    static String client(ServerWebExchange exchange) {
        InetSocketAddress peer = exchange.getRequest().getRemoteAddress();
        if (peer == null) {
            return "";
        }
        InetAddress address = peer.getAddress();
        return ClientName.of(address == null ? peer.getHostString() : address.getHostAddress(), peer.getPort());
    }

    /** Makes the response have neither a length nor chunks, and end with its connection. */
    private static void endWithTheConnection(ServerHttpResponse response) {
        response.getHeaders().set(HttpHeaders.CONNECTION, "close");
        Object server = ServerHttpResponseDecorator.getNativeResponse(response);
        if (NettySlice.PRESENT) {
            NettySlice.endWithTheConnection(server);
        }
    }

    static void cut(ServerHttpResponse response) {
        if (NettySlice.PRESENT) {
            NettySlice.cut(ServerHttpResponseDecorator.getNativeResponse(response));
        }
    }

    private static Mono<Void> snapshot(Feed feed, ServerWebExchange exchange) {
        SnapshotRequest asked = SnapshotRequest.of(query(exchange));
        ReactiveSnapshot snapshot = new ReactiveSnapshot(feed, asked, exchange);
        return snapshot.answer()
                .onErrorResume(IOException.class, failure -> none(asked.refusal(feed, failure), failure, exchange));
    }

    private static Mono<Void> none(String sentence, Throwable failure, ServerWebExchange exchange) {
        if (exchange.getResponse().isCommitted()) {
            return Mono.error(failure);
        }
        exchange.getResponse().getHeaders().set("Retry-After", "1");
        return refuse(503, sentence, exchange);
    }

    private static String title(int status) {
        HttpStatus known = HttpStatus.resolve(status);
        return known == null ? Integer.toString(status) : known.getReasonPhrase();
    }

    private static Mono<Void> refuse(int status, String sentence, ServerWebExchange exchange) {
        Problem problem = Problem.of(header(exchange).apply("Accept"), status, title(status), sentence);
        exchange.getResponse().getHeaders().set(HttpHeaders.CONTENT_TYPE, problem.contentType());
        return send(status, problem.bytes(), exchange);
    }

    private static Mono<Void> send(int status, byte[] body, ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatusCode.valueOf(status));
        response.getHeaders().set(HttpHeaders.CACHE_CONTROL, "no-store");
        protect(response.getHeaders());
        response.getHeaders().setContentLength(body.length);
        if (HttpMethod.HEAD.equals(exchange.getRequest().getMethod())) {
            return response.setComplete();
        }
        DataBuffer buffer = response.bufferFactory().wrap(body);
        return response.writeWith(Mono.just(buffer));
    }

    /** Keeps pages of other origins from showing our pictures, unless the application has set this header. */
    static void protect(HttpHeaders headers) {
        headers.set("X-Content-Type-Options", "nosniff");
        if (headers.getFirst("Cross-Origin-Resource-Policy") == null) {
            headers.set("Cross-Origin-Resource-Policy", "same-origin");
        }
    }

    private static Function<String, Optional<String>> query(ServerWebExchange exchange) {
        return key -> Optional.ofNullable(exchange.getRequest().getQueryParams().getFirst(key));
    }

    private static Function<String, Optional<String>> header(ServerWebExchange exchange) {
        ServerHttpRequest request = exchange.getRequest();
        return name -> Optional.ofNullable(request.getHeaders().getFirst(name));
    }
}
