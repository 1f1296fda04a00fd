package io.spillway.cloud;

/** HTTP 401: the token is no longer good, or the credentials never were. */
final class Unauthorized extends RuntimeException {
    Unauthorized(String service) {
        super(service + ": 401");
    }
}
