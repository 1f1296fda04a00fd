package io.spillway.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A cloud that has no room, or answers 503: one line with the cause, nothing left, and the next run succeeds. */
@TestMethodOrder(OrderAnnotation.class)
class CloudFaultIT {
    private static final String NODE = "vn05";

    /** A server that answers every request with 503, as a load balancer without a backend does. */
    private static final String ANSWER_503 = """
            import http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_error(503)
            http.server.HTTPServer(("", 8774), Handler).serve_forever()
            """;

    @AfterAll
    static void leaveNothing() {
        Lab.spillway("down", NODE);
    }

    @Test
    @Order(1)
    void noValidHost() {
        asAdmin("[cloud.compute.disable_service(one) for one in cloud.compute.services(binary='nova-compute')]");
        try {
            failsAndLeavesNothing("no valid host");
        } finally {
            asAdmin("[cloud.compute.enable_service(one) for one in cloud.compute.services(binary='nova-compute')]");
        }
    }

    @Test
    @Order(2)
    void noQuota() {
        asAdmin("cloud.set_compute_quotas('spillway', instances=0)");
        try {
            failsAndLeavesNothing("quota");
        } finally {
            asAdmin("cloud.delete_compute_quotas('spillway')");
        }
    }

    @Test
    @Order(3)
    void novaAnswers503() {
        Lab.on("cloud", "systemctl", "stop", "nova-api");
        Lab.on("cloud", "systemd-run", "--quiet", "--unit=answer-503", "python3", "-c", ANSWER_503);
        try {
            Lab.Answer answer = Lab.spillway("nodes");
            assertThat(answer.exit()).isEqualTo(1);
            assertThat(answer.errors()).singleElement().asString().contains("503");
        } finally {
            Lab.on("cloud", "systemctl", "stop", "answer-503");
            Lab.startNova();
        }
    }

    /** Tokens of salt-api end in the middle of an operation: it logs in again and goes on. */
    @Test
    @Order(4)
    void thenThereIsRoomAndTokensExpire() throws IOException, InterruptedException {
        Process up = Lab.start("up", NODE);
        try (var errors = up.errorReader(StandardCharsets.UTF_8)) {
            assertThat(errors.readLine()).isNotNull();
            assertThat(Lab.on("ctl", "sh", "-c", "rm /var/cache/salt/master/tokens/*")
                            .exit())
                    .isZero();
            List<String> rest = errors.lines().toList();
            assertThat(up.waitFor()).as(String.join("\n", rest)).isZero();
        }
    }

    private static void failsAndLeavesNothing(String cause) {
        Lab.Answer up = Lab.spillway("up", NODE);
        assertThat(up.exit()).as(up.error()).isEqualTo(1);
        assertThat(up.errors().get(up.errors().size() - 1)).containsIgnoringCase(cause);
        assertThat(up.errors()).noneMatch(line -> line.startsWith("\tat "));
        assertThat(Lab.spillway("nodes").output()).noneMatch(line -> line.contains(NODE));
        assertThat(Lab.on("ctl", "salt-key", "--list=all").output()).doesNotContain(NODE);
    }

    private static void asAdmin(String statement) {
        String script = "import openstack; cloud = openstack.connect(cloud='admin'); " + statement;
        Lab.Answer answer = Lab.on("cloud", "python3", "-c", script);
        assertThat(answer.exit()).as(answer.error()).isZero();
    }
}
