package io.spillway.daemon.server;

import io.spillway.failure.BadInputException;
import io.spillway.failure.FailedException;
import io.spillway.failure.SpillwayException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** What Jetty itself has to say of a request is said as all else is: one line of JSON, and no traces. */
final class Mistakes extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        Api.problem(status, failure(status, "HTTP " + status), response, callback);
        return true;
    }

    private static SpillwayException failure(int status, String reason) {
        return status < 500
                ? new BadInputException(null, "no request that can be answered: " + reason)
                : new FailedException(null, "a mistake in spillway itself; the daemon's log tells more");
    }
}
