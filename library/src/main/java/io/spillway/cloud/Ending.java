package io.spillway.cloud;

/** How a server that is SHUTOFF came to be so, by Nova's record of what was done to it. */
public enum Ending {
    /** Nova found it dead: nobody stopped it, and its memory was not on disk. */
    DIED,
    /** Somebody stopped it. */
    STOPPED,
    /** The record does not say, or its memory may be on disk. */
    UNTOLD
}
