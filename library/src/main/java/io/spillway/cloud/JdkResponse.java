package io.spillway.cloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.spillway.http.Reply;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.openstack4j.core.transport.ExecutionOptions;
import org.openstack4j.core.transport.HttpEntityHandler;
import org.openstack4j.core.transport.HttpResponse;
import org.openstack4j.core.transport.ObjectMapperSingleton;

/** An answer as openstack4j wants it. It has been read wholly: there is nothing to close. */
record JdkResponse(Service service, Reply reply) implements HttpResponse {
    @Override
    public <T> T getEntity(Class<T> type) {
        return HttpEntityHandler.handle(this, type, null, true);
    }

    @Override
    public <T> T getEntity(Class<T> type, ExecutionOptions<T> options) {
        return HttpEntityHandler.handle(this, type, options, true);
    }

    @Override
    public <T> T readEntity(Class<T> type) {
        try {
            return ObjectMapperSingleton.getContext(type).readValue(reply.body(), type);
        } catch (JsonProcessingException e) {
            throw service.noSense(e);
        }
    }

    @Override
    public int getStatus() {
        return reply.status();
    }

    @Override
    public String getStatusMessage() {
        return "HTTP " + reply.status();
    }

    @Override
    public String getContentType() {
        return reply.headers().firstValue("Content-Type").orElse("");
    }

    @Override
    public InputStream getInputStream() {
        return new ByteArrayInputStream(reply.body().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public @Nullable String header(String name) {
        return reply.headers().firstValue(name).orElse(null);
    }

    @Override
    public Map<String, String> headers() {
        return reply.headers().map().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().get(0)));
    }

    @Override
    public void close() {}
}
