package io.spillway.daemon.server;

import io.spillway.failure.BadInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Who may come in over TCP: names, and the SHA-256 of their tokens, so that the file is no secret to lose. */
final class Tokens {
    private final Map<String, byte[]> digests;

    private Tokens(Map<String, byte[]> digests) {
        this.digests = digests;
    }

    static Tokens read(Path file) {
        Map<String, byte[]> digests = new LinkedHashMap<>();
        try {
            int number = 0;
            for (String line : Files.readAllLines(file)) {
                number++;
                if (!line.isBlank() && !line.startsWith("#")) {
                    String[] words = line.strip().split("\\s+", -1);
                    if (words.length != 2 || !words[1].matches("[0-9a-fA-F]{64}")) {
                        throw new BadInputException(
                                file.toString(),
                                "%s:%d: a line is a name, a blank and the token's SHA-256, 64 hex digits"
                                        .formatted(file, number));
                    }
                    digests.put(words[0], HexFormat.of().parseHex(words[1]));
                }
            }
        } catch (IOException unreadable) {
            throw new BadInputException(
                    file.toString(),
                    "daemon.tcp.tokens: %s cannot be read: %s".formatted(file, unreadable.getMessage()),
                    unreadable);
        }
        return new Tokens(digests);
    }

    /** Whose token that is. All are compared, each in the same time, whatever the token. */
    Optional<String> whose(String token) {
        byte[] digest = digest(token);
        Optional<String> found = Optional.empty();
        for (Map.Entry<String, byte[]> one : digests.entrySet()) {
            if (MessageDigest.isEqual(one.getValue(), digest)) {
                found = Optional.of(one.getKey());
            }
        }
        return found;
    }

    static byte[] digest(String token) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
