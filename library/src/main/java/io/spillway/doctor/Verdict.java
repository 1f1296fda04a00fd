package io.spillway.doctor;

/** What a check came to. */
public enum Verdict {
    /** It is as it should be. */
    RIGHT,
    /** It works, and could be better. */
    ADVICE,
    /** It could not be found out. */
    UNKNOWN,
    /** It is not as it should be, and Spillway or users' jobs suffer for it. */
    WRONG
}
