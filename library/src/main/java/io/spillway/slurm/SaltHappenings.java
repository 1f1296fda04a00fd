package io.spillway.slurm;

import io.spillway.salt.SaltEvents;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** {@link Happenings} from Salt's event bus: the extension's engine, minions that start, salt-cloud. */
public final class SaltHappenings implements Happenings {
    /** Not {@code salt/auth}: a minion whose key is not accepted says that every ten seconds. */
    private static final Pattern OURS =
            Pattern.compile("spillway/slurm/.*|salt/minion/[^/]+/start|salt/cloud/[^/]+/(created|destroyed)");

    private final SaltEvents salt;

    /**
     * Listens to this bus.
     *
     * @param salt the bus
     */
    public SaltHappenings(SaltEvents salt) {
        this.salt = salt;
    }

    @Override
    public Listening listen(Consumer<String> happened) {
        return salt.listen(() -> happened.accept("connected to Salt's events"), tag -> {
            if (OURS.matcher(tag).matches()) {
                happened.accept(tag);
            }
        })::close;
    }
}
