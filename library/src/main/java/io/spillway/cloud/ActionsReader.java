package io.spillway.cloud;

import com.fasterxml.jackson.databind.JsonNode;

/** Nova's record of what was done to a server, the newest first, as the end of its last run. */
final class ActionsReader {
    private ActionsReader() {}

    /**
     * A server that nova-compute finds dead is stopped by nova-compute itself: that stop has no user. It counts only if
     * the server ran before: what was suspended, or given another state by hand, may have its memory on disk; and after a
     * live migration that failed it may run where Nova does not look for it.
     */
    static Ending ending(JsonNode actions) {
        boolean found = false;
        for (JsonNode action : actions) {
            boolean failed = action.path("message").isTextual();
            switch (action.path("action").asText()) {
                case "stop" -> {
                    if (!action.path("user_id").isNull()) {
                        return Ending.STOPPED;
                    }
                    found = true;
                }
                case "suspend", "resetState" -> {
                    if (!failed) {
                        return Ending.UNTOLD;
                    }
                }
                case "live-migration" -> {
                    if (failed) {
                        return Ending.UNTOLD;
                    }
                    if (found) {
                        return Ending.DIED;
                    }
                }
                case "create",
                        "start",
                        "reboot",
                        "rebuild",
                        "resume",
                        "unpause",
                        "restore",
                        "unshelve",
                        "unrescue",
                        "evacuate" -> {
                    if (found) {
                        return Ending.DIED;
                    }
                    if (!failed && !action.path("action").asText().equals("start")) {
                        return Ending.UNTOLD;
                    }
                }
                default -> {
                    // locks, volumes and the like do not end a run
                }
            }
        }
        return Ending.UNTOLD;
    }
}
