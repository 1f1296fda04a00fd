package io.spillway.daemon;

import picocli.CommandLine;
import picocli.CommandLine.IFactory;

/** Makes the verbs, each with the command they belong to. */
final class Commands implements IFactory {
    private final SpillwayCommand root;

    Commands(SpillwayCommand root) {
        this.root = root;
    }

    @Override
    public <K> K create(Class<K> type) throws Exception {
        try {
            return type.getDeclaredConstructor(SpillwayCommand.class).newInstance(root);
        } catch (NoSuchMethodException none) {
            return CommandLine.defaultFactory().create(type);
        }
    }
}
