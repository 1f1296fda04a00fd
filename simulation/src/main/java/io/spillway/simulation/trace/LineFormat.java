package io.spillway.simulation.trace;

import org.jspecify.annotations.Nullable;

/** What a line means. */
interface LineFormat {
    /**
     * The job of a line; null for a line that is not meant to be one.
     *
     * @throws Broken if the line is none of this format
     * @throws Unknown if it does not tell what a simulation needs
     */
    @Nullable TraceJob job(String line) throws Broken, Unknown;

    /** A line that is none. */
    final class Broken extends Exception {
        Broken(String why) {
            super(why, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }

    /** A job that tells too little. */
    final class Unknown extends Exception {
        Unknown(String why) {
            super(why, null, false, false);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
