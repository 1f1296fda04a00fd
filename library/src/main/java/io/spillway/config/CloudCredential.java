package io.spillway.config;

import java.util.Map;

/** What Keystone knows us by. Its text never shows the secret. */
public sealed interface CloudCredential {
    /**
     * The name that messages tell.
     *
     * @return a user's or an application credential's
     */
    String who();

    /**
     * An application credential, which belongs to one user and one project.
     *
     * @param id its id
     * @param secret its secret
     */
    record Application(String id, String secret) implements CloudCredential {
        @Override
        public String who() {
            return "application credential " + id;
        }

        @Override
        public String toString() {
            return who();
        }
    }

    /**
     * A user and a password in a project. User and project are written as Keystone wants them: {@code id}, or
     * {@code name} and {@code domain}.
     *
     * @param user the user
     * @param password the password
     * @param project the project
     */
    record Password(Map<String, Object> user, String password, Map<String, Object> project) implements CloudCredential {
        public Password {
            user = Map.copyOf(user);
            project = Map.copyOf(project);
        }

        @Override
        public String who() {
            return "user " + user.getOrDefault("name", user.get("id"));
        }

        @Override
        public String toString() {
            return who() + " in project " + project;
        }
    }
}
