package io.spillway.doctor;

import io.spillway.model.Fact;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A release as Slurm and Salt number it.
 *
 * @param major the numbers that name a release: {@code 24.11}, {@code 3008}
 * @param minor what follows
 * @param text as it was told
 */
record Release(int major, int minor, String text) implements Comparable<Release> {
    private static final Pattern SLURM = Pattern.compile("(\\d{2})\\.(\\d{2})\\.(\\d+).*");
    private static final Pattern SALT = Pattern.compile("(\\d{4})(?:\\.(\\d+))?.*");

    /** Slurm's releases count by year and month. */
    static Fact<Release> slurm(String text) {
        Matcher found = SLURM.matcher(text);
        return found.matches()
                ? Fact.known(new Release(
                        Integer.parseInt(found.group(1)) * 100 + Integer.parseInt(found.group(2)),
                        Integer.parseInt(found.group(3)),
                        text))
                : Fact.unknown("'%s' is no version of Slurm".formatted(text));
    }

    static Fact<Release> salt(String text) {
        Matcher found = SALT.matcher(text);
        return found.matches()
                ? Fact.known(new Release(
                        Integer.parseInt(found.group(1)),
                        found.group(2) == null ? 0 : Integer.parseInt(found.group(2)),
                        text))
                : Fact.unknown("'%s' is no version of Salt".formatted(text));
    }

    @Override
    public int compareTo(Release other) {
        return Arrays.compare(new int[] {major, minor}, new int[] {other.major, other.minor});
    }
}
