package io.spillway.simulation.sweep;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All parts of a sweep: each combination of values, with each seed. Part 0 has the first values and the first seed, part 1
 * the second seed.
 *
 * @param fixed what is the same in all of them, for people
 * @param axes what is swept
 * @param policies what each part plays side by side
 * @param firstSeed the first seed
 * @param seeds how many
 */
public record Grid(Map<String, String> fixed, List<Axis> axes, List<String> policies, long firstSeed, int seeds) {
    public Grid {
        fixed = Collections.unmodifiableMap(new LinkedHashMap<>(fixed));
        axes = List.copyOf(axes);
        policies = List.copyOf(policies);
    }

    /**
     * How many combinations there are.
     *
     * @return 1 at least
     */
    public long combinations() {
        return axes.stream().mapToLong(axis -> axis.values().size()).reduce(1, Math::multiplyExact);
    }

    /**
     * How many parts there are.
     *
     * @return combinations times seeds
     */
    public long parts() {
        return Math.multiplyExact(combinations(), (long) seeds);
    }

    /** The values of a combination, in the order of the axes; of the last one each value comes before that of others. */
    List<String> values(int combination) {
        List<String> values = new ArrayList<>();
        int rest = combination;
        for (int i = axes.size() - 1; i >= 0; i--) {
            List<String> all = axes.get(i).values();
            values.add(0, all.get(rest % all.size()));
            rest /= all.size();
        }
        return values;
    }

    int combination(int part) {
        return part / seeds;
    }

    long seed(int part) {
        return firstSeed + part % seeds;
    }
}
