package io.spillway.daemon.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/** A log level as syslog's number, which journald understands before a line. */
public final class Priority extends ClassicConverter {
    private static final String ERROR = "3";
    private static final String WARNING = "4";
    private static final String INFO = "6";
    private static final String DEBUG = "7";

    @Override
    public String convert(ILoggingEvent event) {
        return switch (event.getLevel().toInt()) {
            case Level.ERROR_INT -> ERROR;
            case Level.WARN_INT -> WARNING;
            case Level.INFO_INT -> INFO;
            default -> DEBUG;
        };
    }
}
