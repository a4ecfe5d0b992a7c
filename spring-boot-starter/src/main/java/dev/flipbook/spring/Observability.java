package dev.flipbook.spring;

import dev.flipbook.feed.Feeds;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Health and meters, if the application has Spring Boot's actuator. */
@Configuration(proxyBeanMethods = false)
class Observability {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class OfHealth {
        @Bean
        HealthIndicator flipbookHealthIndicator(Feeds feeds) {
            return new FeedsHealth(feeds);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class OfMeters {
        @Bean
        MeterBinder flipbookMeters(Feeds feeds) {
            return new FeedsMeters(feeds);
        }
    }
}
