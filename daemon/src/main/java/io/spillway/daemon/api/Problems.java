package io.spillway.daemon.api;

import io.spillway.failure.BadInputException;
import io.spillway.failure.DeadlineException;
import io.spillway.failure.FailedException;
import io.spillway.failure.ForbiddenException;
import io.spillway.failure.NoCapacityException;
import io.spillway.failure.NotFoundException;
import io.spillway.failure.RefusedException;
import io.spillway.failure.SpillwayException;
import io.spillway.failure.StoppedException;
import io.spillway.failure.UnavailableException;
import io.spillway.failure.UnreachableException;

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
        String message = problem.error().message();
        String subject = problem.error().subject();
        return switch (problem.error().kind()) {
            case "bad-input" -> new BadInputException(subject, message);
            case "not-found" -> new NotFoundException(subject, message);
            case "refused" -> new RefusedException(subject, message);
            case "unreachable" -> new UnreachableException(subject, message);
            case "unavailable" -> new UnavailableException(subject, message);
            case "no-capacity" -> new NoCapacityException(subject, message);
            case "forbidden" -> new ForbiddenException(subject, message);
            case "deadline" -> new DeadlineException(subject, message);
            case "stopped" -> new StoppedException(subject, message);
            default -> new FailedException(subject, message);
        };
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
