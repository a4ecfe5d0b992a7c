package dev.flipbook.spring;

import dev.flipbook.servlet.FeedServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.core.MethodParameter;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodReturnValueHandler;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.mvc.method.annotation.ExceptionHandlerExceptionResolver;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Answers requests whose Spring MVC controller returns a {@link FeedResponse}. Placed before Spring's own handlers,
 * because the handler for a {@code @RestController} accepts every value.
 */
final class ServletFeedResponses implements HandlerMethodReturnValueHandler, SmartInitializingSingleton {

    private final List<RequestMappingHandlerAdapter> adapters;
    private final List<ExceptionHandlerExceptionResolver> resolvers;

    ServletFeedResponses(
            List<RequestMappingHandlerAdapter> adapters, List<ExceptionHandlerExceptionResolver> resolvers) {
        this.adapters = adapters;
        this.resolvers = resolvers;
    }

    @Override
    public void afterSingletonsInstantiated() {
        adapters.forEach(adapter -> adapter.setReturnValueHandlers(before(adapter.getReturnValueHandlers())));
        resolvers.forEach(resolver -> {
            var own = resolver.getReturnValueHandlers();
            resolver.setReturnValueHandlers(before(own == null ? List.of() : own.getHandlers()));
        });
    }

    private List<HandlerMethodReturnValueHandler> before(@Nullable List<HandlerMethodReturnValueHandler> others) {
        List<HandlerMethodReturnValueHandler> all = new ArrayList<>();
        all.add(this);
        all.addAll(others == null ? List.of() : others);
        return all;
    }

    @Override
    public boolean supportsReturnType(MethodParameter returnType) {
        return FeedResponse.class.isAssignableFrom(returnType.getParameterType());
    }

    @Override
    public void handleReturnValue(
            @Nullable Object value, MethodParameter returnType, ModelAndViewContainer container, NativeWebRequest web)
            throws IOException {
        container.setRequestHandled(true);
        HttpServletRequest request = web.getNativeRequest(HttpServletRequest.class);
        HttpServletResponse response = web.getNativeResponse(HttpServletResponse.class);
        if (request != null && response != null && value instanceof FeedResponse answer) {
            answer(answer, request, response);
        }
    }

    private static void answer(FeedResponse answer, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (answer instanceof FeedResponse.Live live) {
            FeedServlet.stream(live.feed(), request, response);
        } else if (answer instanceof FeedResponse.Snapshot snapshot) {
            FeedServlet.snapshot(snapshot.feed(), request, response);
        } else if (answer instanceof FeedResponse.Status status) {
            FeedServlet.status(status.json(), request, response);
        } else if (answer instanceof FeedResponse.Refusal refusal) {
            FeedServlet.refuse(refusal.status(), refusal.sentence(), request, response);
        }
    }
}
