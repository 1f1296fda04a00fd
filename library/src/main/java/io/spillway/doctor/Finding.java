package io.spillway.doctor;

/**
 * What one check came to.
 *
 * @param area what it is about
 * @param check what was looked at
 * @param verdict whether that is right
 * @param detail what was seen, in one line
 * @param mend what to do about it, in one line; empty if it is right
 */
public record Finding(Area area, String check, Verdict verdict, String detail, String mend) {}
