package io.spillway.daemon.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.spillway.config.DaemonConfig;
import io.spillway.daemon.FakeSite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The live page in a browser, over TLS, with a token. */
@Timeout(240)
class PageTest {
    /** What somebody may write as a reason. */
    private static final String NASTY = "<img src=x onerror=alert(1)> & </script>";

    @TempDir
    Path folder;

    private static void logIn(Browser browser, String token) throws Exception {
        browser.until("document.getElementById('login').hidden === false");
        browser.ask("document.getElementById('token').value = '%s'; document.querySelector('form button').click()"
                .formatted(token));
    }

    @Test
    void showsTheSiteAndFollowsIt() throws Exception {
        Optional<Path> chromium = Browser.installed();
        assumeTrue(chromium.isPresent(), "no chromium is installed: apt-get install chromium");
        FakeSite site = new FakeSite();
        site.ready("vn01");
        site.ready("vn02");
        DaemonConfig config = Daemons.config(folder, Optional.of(TlsTest.tcp(folder)));
        Daemon daemon = Daemons.start(site, config);
        // not a folder that goes with the test: the browser's children write after its end
        Path profile = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "chromium");
        try (Browser browser = new Browser(chromium.get(), profile)) {
            browser.open("https://localhost:%d/".formatted(daemon.port()));
            logIn(browser, "let me in");
            browser.until("document.getElementById('refused').textContent.includes('not known')");
            logIn(browser, "open sesame");
            browser.until("document.querySelectorAll('#nodes .READY').length === 2");
            browser.until("document.querySelector('#picture svg') !== null");
            browser.until("document.getElementById('plan').textContent === 'no policy is on'");
            assertThat(browser.ask("document.getElementById('site').textContent"))
                    .isEqualTo("fake");
            assertThat(browser.ask("document.getElementById('state').textContent"))
                    .isEqualTo("all parts answer");

            String answer = Daemons.ask(
                    config.socket(),
                    "POST",
                    "/v1/operations",
                    "{\"operation\": \"checkpoint\", \"nodes\": \"vn01\", \"reason\": \"%s\"}".formatted(NASTY));
            assertThat(Daemons.status(answer)).isEqualTo(200);
            Daemons.ask(config.socket(), "POST", "/v1/look", "");
            browser.until("document.querySelector('#nodes .CHECKPOINTED') !== null");
            browser.until("document.getElementById('decisions').textContent.includes('checkpoint vn01')");
            browser.until("document.querySelector('#picture').textContent.includes('vn01 checkpointed')");
            browser.until("document.getElementById('events').textContent.includes('suspend server')");
            assertThat(browser.ask("document.getElementById('decisions').textContent"))
                    .contains(NASTY);
            assertThat(browser.ask("document.images.length")).isEqualTo("0");
            assertThat(browser.complaints).isEmpty();
            browser.shot(Path.of("target", "page.png"));
        } finally {
            daemon.stop(Duration.ofSeconds(5));
        }
    }
}
