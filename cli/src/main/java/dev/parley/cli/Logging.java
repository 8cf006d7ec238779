package dev.parley.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.ConsoleTarget;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs warnings and errors to standard error, more with {@code -v}. In code, since reading an XML configuration would
 * take longer than a call.
 */
public final class Logging extends ContextAwareBase implements Configurator {
    private static int verbosity;
    private static boolean access;

    /**
     * How many times {@code -v} was given: 0 logs warnings, 1 what Parley does, 2 every detail of it, 3 the libraries'
     * details too.
     */
    static void verbosity(int times) {
        verbosity = times;
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            setLevels(context);
        }
    }

    /** Whether {@code -v} was given. */
    static boolean verbose() {
        return verbosity > 0;
    }

    /** Whether requests over HTTP are logged, whatever the verbosity. */
    static void access(boolean shown) {
        access = shown;
        verbosity(verbosity);
    }

    private static void setLevels(LoggerContext context) {
        context.getLogger(Logger.ROOT_LOGGER_NAME)
                .setLevel(verbosity >= 3 ? Level.DEBUG : verbosity == 2 ? Level.INFO : Level.WARN);
        // What Kafka's clients warn of while they connect or a topic is made, Parley reports if it lasts.
        context.getLogger("org.apache.kafka")
                .setLevel(verbosity >= 3 ? Level.DEBUG : verbosity > 0 ? Level.WARN : Level.OFF);
        context.getLogger("dev.parley.access").setLevel(access ? Level.INFO : null);
        context.getLogger("dev.parley")
                .setLevel(
                        switch (verbosity) {
                            case 0 -> Level.WARN;
                            case 1 -> Level.INFO;
                            case 2 -> Level.DEBUG;
                            default -> Level.TRACE;
                        });
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        // What a library logs may hold control characters of a peer, which the terminal would obey.
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0}: "
                + "%replace(%msg%n%ex){'[\\p{Cc}\\p{Cf}&&[^\\r\\n\\t]]', '?'}%nopex");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget(ConsoleTarget.SystemErr.getName());
        appender.setEncoder(encoder);
        appender.start();
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(appender);
        setLevels(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}
