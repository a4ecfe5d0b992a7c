package dev.flipbook.spring;

import dev.flipbook.Feeds;
import dev.flipbook.web.FeedLookup;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;

/** Feeds, and their paths on the application's web server where it has one. */
@AutoConfiguration
@EnableConfigurationProperties(FlipbookProperties.class)
@Import({ServletConfiguration.class, ReactiveConfiguration.class, SendBuffers.class, Observability.class})
class FlipbookAutoConfiguration {

    /** To publish to, with the feeds of the configuration. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    Feeds feeds(FlipbookProperties properties) {
        Feeds feeds = new Feeds();
        try {
            ConfiguredFeeds.addTo(feeds, properties);
        } catch (RuntimeException e) {
            feeds.close();
            throw e;
        }
        return feeds;
    }

    /**
     * Ends the feeds when the application begins to end, and with them each viewer's response, on the boundary of a part: the web
     * server would wait for these as long as its graceful shutdown lasts.
     */
    @Bean
    ApplicationListener<ContextClosedEvent> flipbookFeedsEnd(ApplicationContext context, Feeds feeds) {
        return event -> {
            if (event.getApplicationContext().equals(context)) {
                feeds.close();
            }
        };
    }

    @Bean
    @ConditionalOnWebApplication
    FeedController flipbookFeedController(Feeds feeds) {
        return new FeedController(new FeedLookup(feeds));
    }
}
