package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jetty.autoconfigure.servlet.JettyServletWebServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.web.SecurityFilterChain;

/** Spring MVC on Tomcat with Spring Security, whose filters wrap each response. */
class TomcatTest extends ServerContract {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = JettyServletWebServerAutoConfiguration.class)
    static class Application {
        @Bean
        SecurityFilterChain someFeedsAreForSomePeople(HttpSecurity http) {
            return http.csrf(csrf -> csrf.disable())
                    .authorizeHttpRequests(requests -> requests.requestMatchers("/feeds/private.*")
                            .authenticated()
                            .anyRequest()
                            .permitAll())
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }
    }

    @Override
    WebApplicationType type() {
        return WebApplicationType.SERVLET;
    }

    @Override
    Class<?> configuration() {
        return Application.class;
    }

    @Override
    Map<String, Object> properties() {
        return Map.of(
                "server.tomcat.connection-timeout",
                "3s",
                "spring.security.user.name",
                "u",
                "spring.security.user.password",
                "p");
    }

    @Override
    String prefix() {
        return "";
    }

    @Test
    void aFeedIsBehindTheLoginThatTheApplicationAsksFor() throws IOException {
        try (Reader stranger = get("/feeds/private.mjpg");
                Reader user = get("/feeds/private.mjpg", "Authorization: Basic dTpw");
                Reader open = get("/feeds/first.mjpg")) {
            assertThat(stranger.status()).isEqualTo("401");
            assertThat(user.status()).isEqualTo("404"); // he may ask for what is not there
            assertThat(open.header("X-Frame-Options"))
                    .as("a header of Spring Security")
                    .isEqualTo("DENY");
        }
    }

    @Test
    void whoTakesNothingGoes() throws Exception {
        assertThatWhoTakesNothingGoes();
    }
}
