package io.spillway.daemon;

/** The command's entry. */
public final class Main {
    private Main() {}

    /**
     * Runs the command.
     *
     * @param args its arguments
     */
    public static void main(String[] args) {
        System.exit(2);
    }
}
