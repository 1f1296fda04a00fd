package io.spillway.salt;

/** HTTP 401: the token is no longer good, or never was. */
final class Unauthorized extends RuntimeException {
    Unauthorized() {
        super("401");
    }
}
