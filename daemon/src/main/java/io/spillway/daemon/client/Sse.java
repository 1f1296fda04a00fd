package io.spillway.daemon.client;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.Optional;

/**
 * One server-sent event.
 *
 * @param name its name
 * @param data its data, one line
 */
record Sse(String name, String data) {
    /** The next event; comments, which are heartbeats, are passed over. Empty at the stream's end. */
    static Optional<Sse> read(BufferedReader lines) throws IOException {
        String name = "";
        String data = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event:")) {
                name = line.substring("event:".length()).strip();
            } else if (line.startsWith("data:")) {
                data = line.substring("data:".length()).strip();
            } else if (line.isEmpty() && !data.isEmpty()) {
                return Optional.of(new Sse(name, data));
            }
        }
        return Optional.empty();
    }
}
