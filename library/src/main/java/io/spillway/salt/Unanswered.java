package io.spillway.salt;

import io.spillway.failure.UnreachableException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/** Says in one line why salt-api gave no answer. */
final class Unanswered {
    private Unanswered() {}

    static UnreachableException by(URI url, String what, Duration deadline, Throwable cause) {
        String why;
        if (cause instanceof java.net.http.HttpConnectTimeoutException) {
            why = "no connection within %d s".formatted(SaltNetApi.CONNECT.toSeconds());
        } else if (cause instanceof HttpTimeoutException) {
            why = "no answer to %s within %d s".formatted(what, deadline.toSeconds());
        } else if (cause instanceof java.net.ConnectException) {
            why = "connection refused, or no way there";
        } else {
            Throwable root = cause.getCause() == null ? cause : cause.getCause();
            why = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        }
        return new UnreachableException(null, "salt-api (%s) does not answer: %s".formatted(url, why), cause);
    }
}
