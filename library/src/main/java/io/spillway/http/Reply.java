package io.spillway.http;

import java.net.http.HttpHeaders;

/**
 * A whole HTTP answer.
 *
 * @param status its code
 * @param body its text
 * @param headers its headers
 */
public record Reply(int status, String body, HttpHeaders headers) {
    /**
     * Whether what was asked for was done.
     *
     * @return true for 2xx
     */
    public boolean fine() {
        return status >= 200 && status < 300;
    }
}
