package dev.flipbook.spring;

import dev.flipbook.feed.Feeds;
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

/** Provides the feeds, and their paths if the application has a web server. */
@AutoConfiguration
@EnableConfigurationProperties(FlipbookProperties.class)
@Import({ServletConfiguration.class, ReactiveConfiguration.class, SendBuffers.class, Observability.class})
class FlipbookAutoConfiguration {

    /** The feeds, including those of the configuration. The application publishes to them. */
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
     * Ends the feeds when the application begins to shut down, and with them each viewer's response, after a whole
     * part. Otherwise the web server would wait for those responses until the end of its graceful shutdown.
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
