package io.spillway.cloud;

/** Whether a server is where Nova says, by its host's own word. */
public enum Presence {
    /** Its host has it. */
    THERE,
    /** Its host answers and has no such machine running: its memory is lost, though Nova may not have noticed yet. */
    GONE,
    /** Its host does not answer Nova: the server may run or not. */
    UNKNOWN
}
