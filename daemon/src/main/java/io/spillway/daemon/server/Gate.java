package io.spillway.daemon.server;

import io.spillway.failure.ForbiddenException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Over TCP only those with a token come in; over the Unix socket the file's group decides. */
final class Gate extends Handler.Wrapper {
    /** The connector's name that this stands before. */
    static final String TCP = "tcp";

    private static final String BEARER = "Bearer ";

    private final Tokens tokens;

    Gate(Handler behind, Tokens tokens) {
        super(behind);
        this.tokens = tokens;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (!TCP.equals(request.getConnectionMetaData().getConnector().getName())) {
            return super.handle(request, response, callback);
        }
        if (Page.PATH.equals(Request.getPathInContext(request))) {
            // the page tells nothing; it asks for the token and brings it with all that it wants to know
            return super.handle(request, response, callback);
        }
        String header = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        if (header != null
                && header.startsWith(BEARER)
                && tokens.whose(header.substring(BEARER.length())).isPresent()) {
            return super.handle(request, response, callback);
        }
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        Api.problem(
                401,
                new ForbiddenException(null, "who are you? the header `Authorization: Bearer TOKEN` would say"),
                response,
                callback);
        return true;
    }
}
