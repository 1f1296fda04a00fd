package io.spillway.daemon.api;

import io.spillway.failure.SpillwayException;

/** Failures on their way over the socket and back. */
public final class Problems {
    private Problems() {}

    /**
     * The document of a failure.
     *
     * @param failure the failure
     * @return the document
     */
    public static Documents.Problem of(SpillwayException failure) {
        return new Documents.Problem(new Documents.Problem.Cause(
                failure.kind(), failure.getMessage(), failure.subject().orElse(null), failure.retryable()));
    }

    /**
     * The failure of a document.
     *
     * @param problem the document
     * @return the failure it was made of
     */
    public static SpillwayException failure(Documents.Problem problem) {
        Documents.Problem.Cause cause = problem.error();
        return SpillwayException.of(cause.kind(), cause.subject(), cause.message());
    }

    /**
     * The HTTP status of a failure.
     *
     * @param failure the failure
     * @return the status
     */
    public static int status(SpillwayException failure) {
        return switch (failure.kind()) {
            case "bad-input" -> 400;
            case "forbidden" -> 403;
            case "not-found" -> 404;
            case "refused" -> 409;
            case "deadline" -> 504;
            case "unreachable", "unavailable", "no-capacity", "stopped" -> 503;
            default -> 500;
        };
    }
}
