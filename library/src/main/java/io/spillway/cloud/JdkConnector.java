package io.spillway.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.spillway.failure.FailedException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.Collectors;
import org.openstack4j.api.identity.EndpointURLResolver;
import org.openstack4j.core.transport.Config;
import org.openstack4j.core.transport.HttpExecutorService;
import org.openstack4j.core.transport.HttpRequest;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.ObjectMapperSingleton;

/**
 * openstack4j's way to the network, found by it as a service: inner workings, public for that reason only. Whatever is
 * not a 2xx is thrown as our own failure, because openstack4j would take a 503 on an action for success and a 404 on a
 * list for an empty one.
 */
public final class JdkConnector implements HttpExecutorService {
    private static final HttpClient DEFAULT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** For the service loader. */
    public JdkConnector() {}

    @Override
    public String getExecutorDisplayName() {
        return "Spillway's connector over java.net.http";
    }

    @Override
    public <R> HttpResponse execute(HttpRequest<R> request) {
        java.net.http.HttpRequest.Builder builder =
                java.net.http.HttpRequest.newBuilder(uri(request)).header("Accept", "application/json");
        request.getHeaders().forEach((name, value) -> {
            if (!name.equalsIgnoreCase("Content-Type")) {
                builder.setHeader(name, String.valueOf(value));
            }
        });
        Optional<String> body = body(request);
        if (body.isPresent()) {
            builder.header("Content-Type", "application/json");
        }
        BodyPublisher publisher = body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody);
        Service service = service(request);
        return new JdkResponse(
                service,
                service.send(
                        builder.method(request.getMethod().name(), publisher).build()));
    }

    /** Ours comes with the session; another's openstack4j on the same class path gets a plain client. */
    private static Service service(HttpRequest<?> request) {
        Config config = request.getConfig();
        EndpointURLResolver resolver = config == null ? null : config.getEndpointURLResolver();
        return resolver instanceof Session session
                ? session.serving(request.getUrl())
                : new Service("OpenStack", String.valueOf(request.getEndpoint()), DEFAULT);
    }

    /** openstack4j's own URL has the parameters already, but not encoded. */
    private static URI uri(HttpRequest<?> request) {
        String bare = request.getUrl().replaceFirst("\\?.*", "");
        if (!request.hasQueryParams()) {
            return URI.create(bare);
        }
        return URI.create(bare
                + request.getQueryParams().entrySet().stream()
                        .flatMap(entry -> entry.getValue().stream()
                                .map(value -> encoded(entry.getKey()) + "=" + encoded(String.valueOf(value))))
                        .collect(Collectors.joining("&", "?", "")));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static Optional<String> body(HttpRequest<?> request) {
        if (request.hasJson()) {
            return Optional.of(request.getJson());
        }
        Object entity = request.getEntity();
        if (entity == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    ObjectMapperSingleton.getContext(entity.getClass()).writeValueAsString(entity));
        } catch (JsonProcessingException e) {
            throw new FailedException(null, "a request of openstack4j cannot be written as JSON", e);
        }
    }
}
