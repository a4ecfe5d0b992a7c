package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.flipbook.feed.Feed;
import dev.flipbook.feed.Feeds;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;

/** What an application without a web server has: the feeds of its configuration, and the sentences about a bad one. */
@Timeout(180)
class ConfigurationTest {

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(FlipbookAutoConfiguration.class)
    static class Application {}

    private static ConfigurableApplicationContext run(String... properties) {
        SpringApplication application = new SpringApplication(Application.class);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setLogStartupInfo(false);
        String[] all = Arrays.copyOf(properties, properties.length + 1);
        all[properties.length] = "--spring.main.banner-mode=off";
        return application.run(all);
    }

    @Test
    void feedsAreInTheOrderOfTheConfigurationAndEndWithTheApplication() {
        ConfigurableApplicationContext application = run("--spring.config.name=ordered");
        Feeds feeds = application.getBean(Feeds.class);
        assertThat(feeds.list().stream().map(Feed::name)).containsExactly("z", "a", "m");
        assertThat(feeds.find("a").orElseThrow().status().source()).isEqualTo("a program");
        application.close();
        assertThatThrownBy(() -> feeds.feed("late")).hasMessageContaining("the feeds are closed");
    }

    @Test
    void aBadFeedStopsTheStartWithASentence() {
        assertSentence("no-such-file.mp4", "flipbook.feeds.door: ", "no-such-file.mp4");
        assertSentence(
                "http://me:s3#cret@door/x",
                "flipbook.feeds.door: the URL has a # before its @; in a password # is written %23");
        assertThatThrownBy(() -> run("--flipbook.feeds.door.fps=3"))
                .hasRootCauseMessage(
                        "it has no source; source says where its pictures come from, such as http://door/stream");
        assertThatThrownBy(() -> run("--flipbook.feeds.door=rtsp://door/1"))
                .hasMessageContaining("rtsp://… take flipbook-capture on the class path, and Java 25");
        assertThatThrownBy(() -> run("--flipbook.feeds.door.source=test", "--flipbook.feeds.door.size=big"))
                .hasRootCauseMessage("size is 'big'; it is like 640x480");
        assertThatThrownBy(() -> run("--flipbook.feeds.door.source=test", "--flipbook.feeds.door.fps=-1"))
                .hasRootCauseMessage("fps is -1; it goes from 1 to 1000");
        assertThatThrownBy(() -> run("--flipbook.path=live/"))
                .hasRootCauseMessage(
                        "flipbook.path is 'live/'; it is empty, or begins with a / and does not end with one,"
                                + " such as /live");
    }

    @Test
    void aNameThatNoFeedMayHaveIsToldBeforeItsSource() {
        FlipbookProperties.FeedSource none = new FlipbookProperties.FeedSource(null, 0, null, 80);
        try (Feeds feeds = new Feeds()) {
            assertThatThrownBy(() -> ConfiguredFeeds.addTo(
                            feeds, new FlipbookProperties("", DataSize.ofKilobytes(128), Map.of("a/b", none))))
                    .hasRootCauseMessage("'a/b' is not a name for a feed: it takes 1 to 64 of A-Z a-z 0-9 . _ -,"
                            + " begins with a letter or digit, and does not end in .jpg or .mjpg");
        }
    }

    @Test
    void feedsBeforeABadOneEndWithTheStart() {
        Map<String, FlipbookProperties.FeedSource> sources = new LinkedHashMap<>();
        sources.put("good", FlipbookProperties.FeedSource.of("test"));
        sources.put("bad", new FlipbookProperties.FeedSource(null, 0, null, 80));
        FlipbookProperties properties = new FlipbookProperties("", DataSize.ofKilobytes(128), sources);
        Set<Thread> before = Thread.getAllStackTraces().keySet();

        assertThatThrownBy(() -> new FlipbookAutoConfiguration().feeds(properties))
                .isInstanceOf(BadFeedException.class);

        await().untilAsserted(() -> assertThat(
                        Thread.getAllStackTraces().keySet().stream().filter(thread -> !before.contains(thread)))
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("flipbook")));
    }

    private static void assertSentence(String source, String... parts) {
        assertThatThrownBy(() -> run("--flipbook.feeds.door=" + source)).satisfies(thrown -> {
            Throwable cause = thrown;
            while (!(cause instanceof BadFeedException)) {
                cause = Objects.requireNonNull(cause.getCause());
            }
            assertThat(cause).hasCauseInstanceOf(IOException.class);
            FailureAnalysis told = Objects.requireNonNull(new BadFeedException.Analyzer().analyze(cause));
            assertThat(told.getDescription()).contains(parts);
        });
    }

    @Test
    void metersComeAndGoWithTheirFeeds() {
        try (Feeds feeds = new Feeds()) {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            new FeedsMeters(feeds).bindTo(registry);
            feeds.feed("late").publish(Numbered.picture(1));
            assertThat(registry.get("flipbook.feeds").gauge().value()).isEqualTo(1);
            assertThat(registry.get("flipbook.frames")
                            .tag("feed", "late")
                            .functionCounter()
                            .count())
                    .isEqualTo(1);
            feeds.remove("late");
            assertThat(registry.get("flipbook.feeds").gauge().value()).isZero();
            assertThat(registry.find("flipbook.frames").functionCounter()).isNull();
        }
    }

    @Test
    void theMetadataNamesEveryProperty() throws IOException {
        try (InputStream file = Objects.requireNonNull(
                ConfigurationTest.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json"))) {
            String json = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            List<String> names = Arrays.stream(FlipbookProperties.class.getRecordComponents())
                    .map(component ->
                            component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT))
                    .toList();
            assertThat(names).allSatisfy(name -> assertThat(json).contains("\"name\": \"flipbook." + name + "\""));
        }
    }
}
