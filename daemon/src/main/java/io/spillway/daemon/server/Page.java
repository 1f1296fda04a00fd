package io.spillway.daemon.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The live page: one file, which may do no more than run its own script, wear its own style and ask this daemon.
 *
 * @param html the file
 * @param policy what a browser lets it do
 */
record Page(String html, String policy) {
    static final String PATH = "/";

    private static final String REST =
            "default-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    static Page load() {
        try (InputStream file = Page.class.getResourceAsStream("/page.html")) {
            if (file == null) {
                throw new IOException("page.html is not in the jar");
            }
            String html = new String(file.readAllBytes(), StandardCharsets.UTF_8);
            return new Page(
                    html,
                    "%s; script-src %s; style-src %s".formatted(REST, digest(html, "script"), digest(html, "style")));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** By it a browser knows our own. */
    private static String digest(String html, String element) {
        Matcher inner = Pattern.compile("<%1$s>(.*?)</%1$s>".formatted(element), Pattern.DOTALL)
                .matcher(html);
        if (!inner.find()) {
            throw new IllegalStateException("page.html has no " + element);
        }
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(inner.group(1).getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    void send(Response response, Callback callback) {
        var headers = response.getHeaders();
        headers.put(HttpHeader.CONTENT_TYPE, "text/html; charset=utf-8");
        headers.put("Content-Security-Policy", policy);
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put(HttpHeader.CACHE_CONTROL, "no-cache");
        response.write(true, ByteBuffer.wrap(html.getBytes(StandardCharsets.UTF_8)), callback);
    }
}
