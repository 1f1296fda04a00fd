package io.spillway.config;

import io.spillway.failure.BadInputException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where salt-api is and as whom we speak to it.
 *
 * @param url such as {@code https://10.0.0.1:8000}
 * @param username the user
 * @param password the user's password
 * @param ca the authority that signed salt-api's certificate, as PEM; empty for those that the JDK trusts
 * @param eauth Salt's word for how the user is known, {@code file} unless said otherwise
 */
public record SaltAccount(URI url, String username, String password, Optional<Path> ca, String eauth) {
    /** The way of authentication that Salt needs nothing else for. */
    public static final String FILE = "file";

    public SaltAccount {
        boolean http = "https".equals(url.getScheme()) || "http".equals(url.getScheme());
        boolean bare = url.getRawPath() == null || url.getRawPath().matches("/?");
        if (!http || url.getHost() == null || !bare) {
            throw new BadInputException(
                    null, "salt-api's url is " + url + ", right is one without a path, such as https://10.0.0.1:8000");
        }
    }

    @Override
    public String toString() {
        return "SaltAccount[url=" + url + ", username=" + username + ", ca=" + ca + ", eauth=" + eauth + "]";
    }
}
