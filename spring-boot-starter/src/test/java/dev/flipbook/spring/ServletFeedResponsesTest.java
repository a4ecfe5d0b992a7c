package dev.flipbook.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.web.method.annotation.ModelAttributeMethodProcessor;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.HandlerMethodReturnValueHandlerComposite;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.handler.HandlerExceptionResolverComposite;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/** The position of our handler among Spring MVC's own. */
class ServletFeedResponsesTest {

    private final HandlerMethodReturnValueHandler other = new ModelAttributeMethodProcessor(true);

    @Test
    void ourAnswersComeBeforeThoseOfControllersAndOfErrorHandlers() {
        RequestMappingHandlerAdapter adapter = new RequestMappingHandlerAdapter();
        adapter.setReturnValueHandlers(List.of(other));
        ExceptionHandlerExceptionResolver resolver = new ExceptionHandlerExceptionResolver();
        resolver.setReturnValueHandlers(List.of(other));

        ServletFeedResponses ours = responses(adapter, resolver);

        assertThat(adapter.getReturnValueHandlers()).containsExactly(ours, other);
        assertThat(handlers(resolver)).containsExactly(ours, other);
    }

    @Test
    void ourAnswersAreTakenWhereThereAreNoOthers() {
        RequestMappingHandlerAdapter adapter = new RequestMappingHandlerAdapter();
        ExceptionHandlerExceptionResolver resolver = new ExceptionHandlerExceptionResolver();

        ServletFeedResponses ours = responses(adapter, resolver);

        assertThat(adapter.getReturnValueHandlers()).containsExactly(ours);
        assertThat(handlers(resolver)).containsExactly(ours);
    }

    @Test
    void errorHandlersWithinOthersAreFound() {
        ExceptionHandlerExceptionResolver resolver = new ExceptionHandlerExceptionResolver();
        HandlerExceptionResolverComposite several = new HandlerExceptionResolverComposite();
        several.setExceptionResolvers(List.of(resolver));

        ServletFeedResponses ours = responses(new RequestMappingHandlerAdapter(), several);

        assertThat(handlers(resolver)).containsExactly(ours);
    }

    private static ServletFeedResponses responses(
            RequestMappingHandlerAdapter adapter, HandlerExceptionResolver resolver) {
        StaticListableBeanFactory beans =
                new StaticListableBeanFactory(Map.of("adapter", adapter, "resolver", resolver));
        ServletFeedResponses responses = new ServletConfiguration()
                .flipbookServletFeedResponses(
                        beans.getBeanProvider(RequestMappingHandlerAdapter.class),
                        beans.getBeanProvider(HandlerExceptionResolver.class));
        responses.afterSingletonsInstantiated();
        return responses;
    }

    private static List<HandlerMethodReturnValueHandler> handlers(ExceptionHandlerExceptionResolver resolver) {
        @Nullable HandlerMethodReturnValueHandlerComposite all = resolver.getReturnValueHandlers();
        return Objects.requireNonNull(all).getHandlers();
    }
}
