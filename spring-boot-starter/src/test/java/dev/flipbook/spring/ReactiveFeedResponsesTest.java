package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import org.springframework.core.MethodParameter;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.codec.ServerCodecConfigurer;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.AbstractServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.CollectionUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.HandlerResult;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.adapter.DefaultServerWebExchange;
import org.springframework.web.server.i18n.AcceptHeaderLocaleContextResolver;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.server.HttpServerResponse;

/** The answers of WebFlux to one request each, without a server. */
@Timeout(180)
class ReactiveFeedResponsesTest {

    private final Feeds feeds = new Feeds();
    private final ReactiveFeedResponses responses = new ReactiveFeedResponses();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private @Nullable InetSocketAddress peer = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4711);
    private final Response response = new Response();

    @AfterEach
    void end() {
        feeds.close();
        channel.finishAndReleaseAll();
    }

    @Test
    void answersOfFeedsComeBeforeThoseOfSpring() {
        assertThat(responses.getOrder()).as("that of ResponseEntity has 0").isEqualTo(-1);
    }

    @Test
    void statusAndRefusalsAreNeverKeptByACacheNorShownByOthers() {
        answer(exchange("GET", "application/json"), new FeedResponse.Status(Map.of("feeds", List.of())));

        assertThat(response.body()).isEqualTo("{\"feeds\":[]}\n");
        assertThat(headers())
                .containsEntry("Content-Type", "application/json")
                .containsEntry("Cache-Control", "no-store")
                .containsEntry("Content-Length", "13")
                .containsEntry("X-Content-Type-Options", "nosniff")
                .containsEntry("Cross-Origin-Resource-Policy", "same-origin");
    }

    @Test
    void aRefusalAsJsonHasTheTitleOfItsStatus() {
        answer(exchange("GET", "application/json"), new FeedResponse.Refusal(404, "there is none"));

        assertThat(response.getStatusCode()).hasToString("404 NOT_FOUND");
        assertThat(response.body()).isEqualTo("{\"title\":\"Not Found\",\"status\":404,\"detail\":\"there is none\"}");
    }

    @Test
    void aStatusWithoutATitleIsItsOwnTitle() {
        answer(exchange("GET", "application/json"), new FeedResponse.Refusal(499, "gone"));

        assertThat(response.body()).isEqualTo("{\"title\":\"499\",\"status\":499,\"detail\":\"gone\"}");
    }

    @Test
    void aStreamEndsWithItsConnection() {
        answer(exchange("HEAD", "*/*"), FeedResponse.stream(feeds.feed("door")));

        assertThat(headers()).containsEntry("Connection", "close").containsEntry("X-Content-Type-Options", "nosniff");
    }

    @Test
    void theClientIsNamedByItsAddressIfThereIsOne() throws UnknownHostException {
        peer = new InetSocketAddress(InetAddress.getByName("192.0.2.7"), 4711);
        assertThat(ReactiveFeedResponses.client(exchange("GET", "*/*"))).isEqualTo("192.0.2.7");
        peer = InetSocketAddress.createUnresolved("192.0.2.8", 4711);
        assertThat(ReactiveFeedResponses.client(exchange("GET", "*/*"))).isEqualTo("192.0.2.8");
        peer = null;
        assertThat(ReactiveFeedResponses.client(exchange("GET", "*/*"))).isEmpty();
    }

    @Test
    void aStreamThatIsCutClosesItsConnection() {
        Kept kept = new Kept(response);

        answer(exchange("GET", "*/*", kept), FeedResponse.stream(feeds.feed("door")));
        assertThat(channel.isOpen()).isTrue();
        kept.flow().cut();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aSnapshotThatIsCutClosesItsConnection() {
        Kept kept = new Kept(response);

        answer(exchange("GET", "*/*", kept), FeedResponse.snapshot(feeds.feed("door")));
        kept.flow().cut();

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aSnapshotMayBeShownByPagesOfItsOwnOriginAlone() {
        Feed door = feeds.feed("door");
        door.publish(Numbered.picture(1));

        answer(exchange("GET", "*/*"), FeedResponse.snapshot(door));

        assertThat(response.bytes.toByteArray()).isEqualTo(Numbered.picture(1));
        assertThat(headers())
                .containsEntry("Content-Type", "image/jpeg")
                .containsEntry("Content-Length", Integer.toString(Numbered.picture(1).length))
                .containsEntry("X-Content-Type-Options", "nosniff")
                .containsEntry("Cross-Origin-Resource-Policy", "same-origin");
    }

    @Test
    void theHeadersOfASnapshotHoldNoPicture() {
        Feed door = feeds.feed("door");
        door.publish(Numbered.picture(1));

        answer(exchange("HEAD", "*/*"), FeedResponse.snapshot(door));
        feeds.remove("door");

        assertThat(headers()).containsEntry("Content-Length", Integer.toString(Numbered.picture(1).length));
        await().untilAsserted(() -> assertThat(feeds.usedBytes()).isZero());
    }

    @Test
    void nobodyWaitsForAPictureAfterItsClientHasLeft() {
        Feed door = feeds.feed("door");
        Disposable waiting = responses
                .handleResult(exchange("GET", "*/*"), result(FeedResponse.snapshot(door)))
                .subscribe();
        await().until(door::watched);
        List<Throwable> dropped = new CopyOnWriteArrayList<>();
        Hooks.onErrorDropped(dropped::add);

        try {
            waiting.dispose();

            await().atMost(Duration.ofSeconds(30)).until(() -> !door.watched());
            assertThat(dropped).as("errors that nobody can handle").isEmpty();
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    private void answer(ServerWebExchange exchange, FeedResponse answer) {
        responses.handleResult(exchange, result(answer)).block(Duration.ofSeconds(60));
    }

    private static HandlerResult result(FeedResponse answer) {
        try {
            return new HandlerResult(
                    "a controller",
                    answer,
                    new MethodParameter(Numbered.class.getDeclaredMethod("picture", int.class), -1));
        } catch (NoSuchMethodException e) {
            throw new AssertionError(e);
        }
    }

    private Map<String, String> headers() {
        return response.getHeaders().toSingleValueMap();
    }

    private ServerWebExchange exchange(String method, String accept) {
        return exchange(method, accept, response);
    }

    private ServerWebExchange exchange(String method, String accept, ServerHttpResponse to) {
        HttpHeaders headers = new HttpHeaders();
        headers.set("Accept", accept);
        return new DefaultServerWebExchange(
                new Request(method, headers, peer),
                to,
                exchange -> Mono.empty(),
                ServerCodecConfigurer.create(),
                new AcceptHeaderLocaleContextResolver());
    }

    /** A request from this peer, which waits a minute for a picture. */
    private static final class Request extends AbstractServerHttpRequest {

        private final @Nullable InetSocketAddress peer;

        Request(String method, HttpHeaders headers, @Nullable InetSocketAddress peer) {
            super(HttpMethod.valueOf(method), URI.create("http://localhost/?max_delay=60000"), null, headers);
            this.peer = peer;
        }

        @Override
        public @Nullable InetSocketAddress getRemoteAddress() {
            return peer;
        }

        @Override
        protected MultiValueMap<String, HttpCookie> initCookies() {
            return CollectionUtils.toMultiValueMap(Map.of());
        }

        @Override
        protected @Nullable SslInfo initSslInfo() {
            return null;
        }

        @Override
        @SuppressWarnings("TypeParameterUnusedInFormals") // as Spring has it
        public <T> T getNativeRequest() {
            throw new IllegalStateException("nobody needs it");
        }

        @Override
        public Flux<DataBuffer> getBody() {
            return Flux.empty();
        }
    }

    /** A response that keeps its bytes. Its connection is one of Netty's; everything else is faked. */
    private final class Response extends AbstractServerHttpResponse {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Response() {
            super(new DefaultDataBufferFactory());
        }

        String body() {
            return bytes.toString(StandardCharsets.UTF_8);
        }

        @Override
        @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as Spring has it
        public <T> T getNativeResponse() {
            return (T) netty();
        }

        @Override
        protected Mono<Void> writeWithInternal(Publisher<? extends DataBuffer> body) {
            return Flux.from(body)
                    .doOnNext(piece -> bytes.writeBytes(read(piece)))
                    .then();
        }

        private static byte[] read(DataBuffer piece) {
            byte[] all = new byte[piece.readableByteCount()];
            piece.read(all);
            return all;
        }

        @Override
        protected Mono<Void> writeAndFlushWithInternal(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            return Flux.from(body).concatMap(this::writeWithInternal, 1).then();
        }

        @Override
        protected void applyStatusCode() {}

        @Override
        protected void applyHeaders() {}

        @Override
        protected void applyCookies() {}
    }

    /** A response that keeps what is to be written, and writes nothing. */
    private static final class Kept extends ServerHttpResponseDecorator {

        private final AtomicReference<@Nullable FrameFlow> flow = new AtomicReference<>();

        Kept(ServerHttpResponse response) {
            super(response);
        }

        FrameFlow flow() {
            return Objects.requireNonNull(flow.get());
        }

        @Override
        public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
            flow.set((FrameFlow) body);
            return Mono.empty();
        }
    }

    private HttpServerResponse netty() {
        return (HttpServerResponse) Proxy.newProxyInstance(
                HttpServerResponse.class.getClassLoader(),
                new Class<?>[] {HttpServerResponse.class},
                (self, method, with) -> {
                    if (method.getName().equals("withConnection")) {
                        @SuppressWarnings("unchecked")
                        Consumer<Connection> consumer = (Consumer<Connection>) with[0];
                        consumer.accept(() -> channel);
                    }
                    return self;
                });
    }
}
