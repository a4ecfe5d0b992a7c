package dev.flipbook.spring;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** Configuration for Spring MVC. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass(RequestMappingHandlerAdapter.class)
class ServletConfiguration {

    @Bean
    ServletFeedResponses flipbookServletFeedResponses(
            ObjectProvider<RequestMappingHandlerAdapter> adapters, ObjectProvider<HandlerExceptionResolver> resolvers) {
        return new ServletFeedResponses(
                adapters.stream().toList(),
                resolvers.stream()
                        .flatMap(resolver -> resolver instanceof HandlerExceptionResolverComposite composite
                                ? composite.getExceptionResolvers().stream()
                                : java.util.stream.Stream.of(resolver))
                        .filter(ExceptionHandlerExceptionResolver.class::isInstance)
                        .map(ExceptionHandlerExceptionResolver.class::cast)
                        .toList());
    }
}
