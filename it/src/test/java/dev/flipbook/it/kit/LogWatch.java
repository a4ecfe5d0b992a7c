package dev.flipbook.it.kit;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Collects everything that this process logs at the program's own level. Thread-safe. */
public final class LogWatch implements AutoCloseable {

    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();
    private final Logger root = ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger("ROOT");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    };

    public LogWatch() {
        appender.start();
        root.addAppender(appender);
    }

    /** Lines that carry a stack trace. */
    public List<String> traces() {
        return events.stream()
                .filter(event -> event.getThrowableProxy() != null)
                .map(event -> event.getFormattedMessage() + ": "
                        + event.getThrowableProxy().getClassName() + ": "
                        + event.getThrowableProxy().getMessage())
                .toList();
    }

    /** Forgets the lines so far, because they were expected. */
    public void forget() {
        events.clear();
    }

    /** Lines that hold this text. */
    public List<String> lines(String text) {
        return events.stream()
                .map(ILoggingEvent::getFormattedMessage)
                .filter(line -> line.contains(text))
                .toList();
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        appender.stop();
    }
}
