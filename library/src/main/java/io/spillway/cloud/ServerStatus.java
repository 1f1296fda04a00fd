package io.spillway.cloud;

/** What Nova says a server is. */
public enum ServerStatus {
    /** Being made. */
    BUILD,
    /** Running. */
    ACTIVE,
    /** Its memory is on its host's disk. */
    SUSPENDED,
    /** Its CPUs stand still. */
    PAUSED,
    /** Being live-migrated. */
    MIGRATING,
    /** Switched off: its memory is lost. */
    SHUTOFF,
    /** Nova gave up on it. */
    ERROR,
    /** Nova cannot say: the part of it that knows the server does not answer. It may be anything. */
    UNKNOWN,
    /** Something that we never ask for, such as RESCUE or SHELVED. */
    OTHER;

    /**
     * The status that Nova names so.
     *
     * @param word Nova's word
     * @return the status, {@link #OTHER} for words unknown to us
     */
    public static ServerStatus of(String word) {
        for (ServerStatus status : values()) {
            if (status.name().equalsIgnoreCase(word)) {
                return status;
            }
        }
        return OTHER;
    }
}
