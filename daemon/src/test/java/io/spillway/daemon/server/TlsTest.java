package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.config.DaemonConfig;
import io.spillway.daemon.FakeSite;
import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Other machines come in over TLS, and only with a token. */
@Timeout(60)
class TlsTest {
    @TempDir
    Path folder;

    static DaemonConfig.Tcp tcp(Path folder) throws IOException, InterruptedException {
        Path keys = folder.resolve("keys.p12");
        int made = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "d",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        "hush-hush")
                .inheritIO()
                .start()
                .waitFor();
        assertThat(made).isZero();
        Path password = Files.writeString(folder.resolve("password"), "hush-hush\n");
        Path tokens = Files.writeString(
                folder.resolve("tokens"),
                "# who may come in\nportal " + HexFormat.of().formatHex(Tokens.digest("open sesame")) + "\n");
        return new DaemonConfig.Tcp("127.0.0.1", 0, keys, password, tokens);
    }

    private SSLContext believing(DaemonConfig.Tcp tcp) throws Exception {
        KeyStore store = KeyStore.getInstance(tcp.keystore().toFile(), "hush-hush".toCharArray());
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("d", store.getCertificate("d"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void onlyATokenOpens() throws Exception {
        DaemonConfig.Tcp tcp = tcp(folder);
        Daemon daemon = Daemons.start(new FakeSite(), Daemons.config(folder, Optional.of(tcp)));
        try {
            HttpClient client =
                    HttpClient.newBuilder().sslContext(believing(tcp)).build();
            URI uri = URI.create("https://localhost:%d/v1/nodes".formatted(daemon.port()));
            assertThat(ask(client, HttpRequest.newBuilder(uri)).statusCode()).isEqualTo(401);
            HttpResponse<String> page = ask(client, HttpRequest.newBuilder(uri.resolve("/")));
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                    .contains("default-src 'none'", "script-src 'sha256-")
                    .doesNotContain("unsafe");
            HttpResponse<String> wrong =
                    ask(client, HttpRequest.newBuilder(uri).header("Authorization", "Bearer open"));
            assertThat(wrong.statusCode()).isEqualTo(401);
            assertThat(wrong.body()).contains("who are you?").doesNotContain("sesame");
            HttpResponse<String> right =
                    ask(client, HttpRequest.newBuilder(uri).header("Authorization", "Bearer open sesame"));
            assertThat(right.statusCode()).isEqualTo(200);
            assertThat(right.body()).isEqualTo("{\"nodes\":[]}\n");
        } finally {
            daemon.stop(Duration.ofSeconds(5));
        }
    }

    private static HttpResponse<String> ask(HttpClient client, HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aTokenFileWithAMistakeNamesItsLine() throws IOException {
        Path file = Files.writeString(folder.resolve("tokens"), "# fine\nportal open-sesame\n");
        assertThatThrownBy(() -> Tokens.read(file))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("tokens:2: a line is a name")
                .hasMessageNotContaining("sesame");
    }
}
