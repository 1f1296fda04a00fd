package io.spillway.daemon;

/** What the command's end says. A Ctrl-C ends it with the shell's 130. */
final class Exit {
    static final int DONE = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int PARTLY = 3;

    private Exit() {}
}
