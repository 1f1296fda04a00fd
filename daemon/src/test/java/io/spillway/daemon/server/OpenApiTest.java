package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.spillway.config.DaemonConfig;
import io.spillway.daemon.FakeSite;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The description against the real server: every path and method it names, every answer against its schema. */
@Timeout(60)
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> BODIES = Map.of(
            "POST /v1/gate",
                    "{\"event\": \"begin\", \"job\": \"12\", \"nodes\": \"cn01\", \"time\": 1, \"patience\": 5,"
                            + " \"asked\": \"\", \"closed\": \"\", \"jobs\": {}}",
            "POST /v1/power", "{\"event\": \"resume\", \"nodes\": \"vn[01-02]\", \"reason\": \"for job 12\"}",
            "POST /v1/plans", "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\"}",
            "POST /v1/operations", "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\", \"timeout_seconds\": 60}");

    private final FakeSite site = new FakeSite();

    @TempDir
    Path folder;

    private Daemon daemon;
    private DaemonConfig config;
    private JsonNode api;

    @BeforeEach
    void start() throws InterruptedException, IOException {
        site.ready("vn01");
        config = Daemons.config(folder);
        daemon = Daemons.start(site, config);
        String served = Daemons.body(Daemons.ask(config.socket(), "GET", "/v1/openapi.yaml", ""));
        api = new YAMLMapper().readTree(served);
    }

    @AfterEach
    void stop() {
        daemon.stop(Duration.ofSeconds(5));
    }

    private void fits(String schema, String document) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        root.put("$ref", "#/components/schemas/" + schema);
        root.set("components", api.get("components"));
        var found = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(root)
                .validate(JSON.readTree(document));
        assertThat(found).as(schema + ": " + document).isEmpty();
    }

    @Test
    void everyPathAndMethodIsThereAndAnswersAsDescribed() throws IOException {
        List<String> seen = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : api.get("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                String call = method.getKey().toUpperCase(java.util.Locale.ROOT) + " " + path.getKey();
                seen.add(call);
                if (!call.equals("GET /v1/events")) {
                    answers(call, method.getValue());
                }
            }
        }
        assertThat(seen).hasSize(20);
    }

    private void answers(String call, JsonNode described) throws IOException {
        String[] words = call.split(" ", -1);
        String body = BODIES.getOrDefault(call, "");
        if (!body.isEmpty()) {
            fits(call.endsWith("/power") ? "Switching" : call.endsWith("/gate") ? "GateCall" : "Order", body);
        }
        String answer = Daemons.ask(config.socket(), words[0], words[1].replace("{pool}", "htc"), body);
        JsonNode response = described.at("/responses").get(Integer.toString(Daemons.status(answer)));
        assertThat(response).as(call + " answers " + answer).isNotNull();
        JsonNode schema = response.at("/content/application~1json/schema/$ref");
        if (schema.isTextual()) {
            fits(schema.asText().replaceFirst(".*/", ""), Daemons.body(answer));
        }
    }

    @Test
    void everyEventFitsItsSchema() throws IOException {
        Map<String, String> schemas = Map.of("begin", "Begin", "progress", "Progress", "end", "Operation");
        String events = Daemons.ask(config.socket(), "POST", "/v1/operations", BODIES.get("POST /v1/operations"));
        String name = "";
        int told = 0;
        for (String line : Daemons.body(events).lines().toList()) {
            if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ")) {
                fits(schemas.get(name), line.substring(6));
                told++;
            }
        }
        assertThat(told).isGreaterThan(3);
    }

    @Test
    void aProblemFitsItsSchema() throws IOException {
        for (String[] call : new String[][] {
            {"GET", "/v1/nowhere", ""}, {"POST", "/v1/plans", "{}"}, {"DELETE", "/v1/pools/none/breaker", ""}
        }) {
            String answer = Daemons.ask(config.socket(), call[0], call[1], call[2]);
            assertThat(Daemons.status(answer)).isBetween(400, 404);
            fits("Problem", Daemons.body(answer));
        }
    }
}
